"""What has to hold around the tables: the roles and who may take them, the extension, functions with owner's rights."""

from collections.abc import Callable, Iterator
from itertools import compress
from typing import Any

from django.db import connection

# As config/sql/roles.sql makes them, in the order _ROLES reads them.
ATTRIBUTES = ("LOGIN", "INHERIT", "BYPASSRLS", "SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION")
ROLES = {
    "connect_owner": {"LOGIN", "INHERIT", "BYPASSRLS", "CREATEDB"},
    "connect_client": {"INHERIT"},
    "connect_service": {"INHERIT"},
    "connect_web": {"LOGIN"},
    "connect_worker": {"LOGIN", "INHERIT"},
}
# (member, role it may take, whether it has that role's rights without taking it)
MEMBERSHIPS = {
    ("connect_web", "connect_client", False),
    ("connect_web", "connect_service", False),
    ("connect_worker", "connect_client", False),
    ("connect_worker", "connect_service", True),
    *(("connect_owner", role, False) for role in ROLES if role != "connect_owner"),
}
EXTENSION = "vector"
_ROLES = """
SELECT rolname, ARRAY[rolcanlogin, rolinherit, rolbypassrls, rolsuper, rolcreatedb, rolcreaterole, rolreplication]
FROM pg_roles WHERE rolname = ANY(%s)
"""
_MEMBERSHIPS = """
SELECT m.rolname, r.rolname, a.inherit_option FROM pg_auth_members a
JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
WHERE m.rolname = ANY(%s) AND (a.set_option OR a.inherit_option)
"""
_UNPINNED = """
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
  AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=%%')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""


def gaps() -> dict[str, list[str]]:
    """Part of the cluster -> what is not as it has to be, in words."""
    checks: dict[str, Callable[[], Iterator[str]]] = {
        "roles": _of_roles,
        "extension": _of_extension,
        "functions with owner's rights": _of_functions,
    }
    return {part: list(check()) for part, check in checks.items()}


def _of_roles() -> Iterator[str]:
    found = {name: set(compress(ATTRIBUTES, flags)) for name, flags in _rows(_ROLES, list(ROLES))}
    for role, declared in ROLES.items():
        if role not in found:
            yield f"{role} is missing"
            continue
        yield from (f"{role} lacks {name}" for name in sorted(declared - found[role]))
        yield from (f"{role} must not have {name}" for name in sorted(found[role] - declared))
    held = {tuple(row) for row in _rows(_MEMBERSHIPS, list(ROLES))}
    yield from (f"{member} {_taking(role, on)} is missing" for member, role, on in sorted(MEMBERSHIPS - held))
    yield from (f"{member} {_taking(role, on)} is not declared" for member, role, on in sorted(held - MEMBERSHIPS))


def _taking(role: str, inherited: bool) -> str:
    return f"having the rights of {role}" if inherited else f"taking {role}"


def _of_extension() -> Iterator[str]:
    if not _rows("SELECT 1 FROM pg_extension WHERE extname = %s", EXTENSION):
        yield f"{EXTENSION} is not installed"


def _of_functions() -> Iterator[str]:
    return (f"{name} runs with its owner's rights under a search_path of the caller" for (name,) in _rows(_UNPINNED))


def _rows(sql: str, *params: str | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
