-- The one change that check-ins admit: a tombstone in the place of somebody who left. Those of a streak both have left go
-- with it. How many stay under the tombstone.
CREATE FUNCTION streaks_forget_person(person uuid, tombstone uuid) RETURNS bigint
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
  PERFORM set_config('safety.amending', 'streaks_checkin DELETE', true);
  DELETE FROM streaks_checkin c USING streaks_streak s JOIN connect_user u
    ON u.id = CASE WHEN s.user_low_id = person THEN s.user_high_id ELSE s.user_low_id END
  WHERE c.streak_id = s.id AND person IN (s.user_low_id, s.user_high_id) AND u.status = 'deleted';
  PERFORM set_config('safety.amending', 'streaks_checkin UPDATE', true);
  UPDATE streaks_checkin SET user_id = tombstone WHERE user_id = person;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN changed;
END $body$;

REVOKE ALL ON FUNCTION streaks_forget_person(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION streaks_forget_person(uuid, uuid) TO connect_service;
