-- The two changes that the ledger of trust admits. A tombstone in the place of somebody who left, without what
-- moderators wrote of them; how many events.
CREATE FUNCTION safety_forget_trusted(person uuid, tombstone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
DECLARE changed bigint;
BEGIN
  IF NOT EXISTS (
    SELECT FROM connect_user u JOIN connect_accountdeletion d ON d.user_id = u.id
    WHERE u.id = person AND u.status IN ('deletion_pending', 'deleted') AND d.due_at <= clock_timestamp()
  ) THEN
    RAISE EXCEPTION 'this account is not due to be erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF tombstone IS NULL OR EXISTS (SELECT FROM connect_user WHERE id = tombstone) THEN
    RAISE EXCEPTION 'a tombstone is nobody''s id' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('safety.amending', 'safety_trustscoreevent UPDATE', true);
  UPDATE safety_trustscoreevent SET user_id = tombstone, metadata = '{}' WHERE user_id = person;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN changed;
END $body$;

-- Delete the oldest events from before a moment, and none that is younger than three years whatever the moment. How
-- many.
CREATE FUNCTION safety_drop_trust(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
DECLARE
  latest timestamptz := least(before, clock_timestamp() - interval '1095 days');
  dropped bigint;
BEGIN
  PERFORM set_config('safety.amending', 'safety_trustscoreevent DELETE', true);
  DELETE FROM safety_trustscoreevent WHERE id IN (
    SELECT id FROM safety_trustscoreevent WHERE at < latest ORDER BY at LIMIT most FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS dropped = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN dropped;
END $body$;

REVOKE ALL ON FUNCTION safety_forget_trusted(uuid, uuid), safety_drop_trust(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION safety_forget_trusted(uuid, uuid), safety_drop_trust(timestamptz, integer) TO connect_service;
