-- The roles of a cluster; run as superuser, safe to repeat. Passwords are set by config.embedded.roles.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'connect_owner', 'connect_client', 'connect_service', 'connect_web', 'connect_worker'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
    END LOOP;
END
$$;

-- Migrations, backups and the making of test databases: every row is theirs to see.
ALTER ROLE connect_owner LOGIN CREATEDB BYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION INHERIT;

-- The two roles work is done in; row policies hold for both.
ALTER ROLE connect_client NOLOGIN NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE connect_service NOLOGIN NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;

-- The web inherits nothing, so that a statement outside SET LOCAL ROLE is refused.
ALTER ROLE connect_web LOGIN NOINHERIT NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
GRANT connect_client, connect_service TO connect_web WITH INHERIT FALSE, SET TRUE;

-- A worker has the service's rights from the start and may act as a client.
ALTER ROLE connect_worker LOGIN INHERIT NOBYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
GRANT connect_service TO connect_worker WITH INHERIT TRUE, SET TRUE;
GRANT connect_client TO connect_worker WITH INHERIT FALSE, SET TRUE;

-- The owner can step into each role, which is how tests show what the role may not do.
GRANT connect_client, connect_service, connect_web, connect_worker TO connect_owner WITH INHERIT FALSE, SET TRUE;
