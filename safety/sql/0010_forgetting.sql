-- Append-only tables admit two changes, each through one function below. It runs as the owner of the table and names
-- what it is about to do; whoever else sets that name is not the owner, and is refused as before.
CREATE OR REPLACE FUNCTION safety_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF current_setting('safety.amending', true) = TG_TABLE_NAME || ' ' || TG_OP
     AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME;
END $body$;

-- Put a tombstone in the place of a person who has left, wherever the audit names them. How many entries.
CREATE FUNCTION safety_forget_person(person uuid, tombstone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
DECLARE
  held jsonpath := format('$.** ? (@ == "%s")', person);
  changed bigint;
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
  PERFORM set_config('safety.amending', 'safety_auditlog UPDATE', true);
  UPDATE safety_auditlog
  SET actor_id = CASE WHEN actor_id = person THEN tombstone ELSE actor_id END,
      entity_id = CASE WHEN entity_id = person THEN tombstone ELSE entity_id END,
      data = CASE WHEN data @? held THEN replace(data::text, person::text, tombstone::text)::jsonb ELSE data END
  WHERE actor_id = person OR entity_id = person OR (action <> 'transition' AND data @? held);
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN changed;
END $body$;

-- Delete the oldest entries from before a moment, and none that is younger than seven years whatever the moment. How
-- many.
CREATE FUNCTION safety_drop_audit(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
DECLARE
  latest timestamptz := least(before, clock_timestamp() - interval '7 years');
  -- Ids begin with the milliseconds of their making, so that the oldest entries are found at one end of the index.
  bound uuid := rpad(lpad(to_hex((extract(epoch FROM latest) * 1000)::bigint), 12, '0'), 32, '0')::uuid;
  dropped bigint;
BEGIN
  PERFORM set_config('safety.amending', 'safety_auditlog DELETE', true);
  DELETE FROM safety_auditlog WHERE id IN (
    SELECT id FROM safety_auditlog WHERE id < bound AND created_at < latest ORDER BY id LIMIT most
    FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS dropped = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN dropped;
END $body$;

REVOKE ALL ON FUNCTION safety_forget_person(uuid, uuid), safety_drop_audit(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION safety_forget_person(uuid, uuid), safety_drop_audit(timestamptz, integer) TO connect_service;
