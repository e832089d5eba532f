-- What every database starts with; run as superuser, in template1 first, so that test databases have it too.
-- The schema belongs to whoever owns the database (pg_database_owner), which is connect_owner. PUBLIC keeps USAGE:
-- the web's login role has to find the type `vector`, and no table can be read by it.
CREATE EXTENSION IF NOT EXISTS vector;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO connect_client, connect_service;
