-- The one change that the ledger of points admits: the entries of somebody who left go, being nobody else's. How many.
CREATE FUNCTION streaks_forget_xp(person uuid) RETURNS bigint
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
  PERFORM set_config('safety.amending', 'streaks_xpentry DELETE', true);
  DELETE FROM streaks_xpentry WHERE user_id = person;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN changed;
END $body$;

REVOKE ALL ON FUNCTION streaks_forget_xp(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION streaks_forget_xp(uuid) TO connect_service;
