-- The service role may work on every table that exists now or is made later by this owner; the client role gets its
-- rights table by table, from RowSecurity.
GRANT USAGE ON SCHEMA public TO connect_client, connect_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO connect_service;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO connect_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO connect_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO connect_service;

-- Trigger function of append-only tables.
CREATE FUNCTION safety_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME;
END $body$;
