DROP FUNCTION safety_drop_audit(timestamptz, integer);
DROP FUNCTION safety_forget_person(uuid, uuid);
CREATE OR REPLACE FUNCTION safety_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME;
END $body$;
