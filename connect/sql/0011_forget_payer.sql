-- Put a tombstone in the place of a person who has left, in the books that only grow. How many rows.
CREATE FUNCTION connect_forget_payer(person uuid, tombstone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
DECLARE
  payments bigint;
  credits bigint;
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
  PERFORM set_config('safety.amending', 'connect_payment UPDATE', true);
  UPDATE connect_payment SET user_id = tombstone WHERE user_id = person;
  GET DIAGNOSTICS payments = ROW_COUNT;
  PERFORM set_config('safety.amending', 'connect_creditentry UPDATE', true);
  UPDATE connect_creditentry SET user_id = tombstone WHERE user_id = person;
  GET DIAGNOSTICS credits = ROW_COUNT;
  PERFORM set_config('safety.amending', '', true);
  RETURN payments + credits;
END $body$;

REVOKE ALL ON FUNCTION connect_forget_payer(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION connect_forget_payer(uuid, uuid) TO connect_service;
