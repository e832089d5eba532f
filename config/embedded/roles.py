"""The database roles, their passwords, and the database; for embedded and for operated clusters alike."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from config.embedded.postgres import DATABASE, OWNER

SQL = Path(__file__).resolve().parents[1] / "sql"
PASSWORDS = {
    "connect_owner": "DATABASE_OWNER_PASSWORD",
    "connect_web": "DATABASE_WEB_PASSWORD",
    "connect_worker": "DATABASE_WORKER_PASSWORD",
}


def prepare_cluster(superuser_url: str, values: Mapping[str, str]) -> None:
    """Bring a cluster to the state the application expects; safe to repeat.

    `superuser_url` names any superuser; `values` holds the passwords of the three login roles.
    """
    with _connect(superuser_url, "template1") as connection:
        ensure_roles(connection, {role: values[key] for role, key in PASSWORDS.items()})
        ensure_rights(connection)
    with _connect(superuser_url, "postgres") as connection:
        ensure_database(connection)
    with _connect(superuser_url, DATABASE) as connection:
        ensure_rights(connection)


def ensure_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Make the five roles with their memberships and set the passwords of those that log in."""
    connection.execute(_read("roles.sql"))
    for role, password in passwords.items():
        # The verifier is computed here, so that no password reaches the server's log in clear.
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def ensure_rights(connection: Connection) -> None:
    """Give the connected database the extension and the rights on its schema."""
    connection.execute(_read("database.sql"))


def ensure_database(connection: Connection) -> None:
    """Make the application's database and let only our roles enter it."""
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
        # From template1 with its extension and rights; it cannot be done inside a transaction.
        connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
    grant = "GRANT CONNECT ON DATABASE {} TO connect_web, connect_worker, connect_client, connect_service"
    connection.execute(sql.SQL(grant).format(sql.Identifier(DATABASE)))


def _connect(url: str, database: str) -> Connection:
    return psycopg.connect(url, dbname=database, autocommit=True, connect_timeout=10)


def _read(name: str) -> sql.SQL:
    return sql.SQL((SQL / name).read_text())  # our own file, not a person's input
