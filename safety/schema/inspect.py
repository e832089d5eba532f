"""What the models declare, held against what the database has."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from safety.schema.canonical import canonical
from safety.schema.row_security import RowSecurity

_TABLES = "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)"
_POLICIES = """
SELECT tablename, policyname, array_to_string(roles, ','), cmd, coalesce(qual, ''), coalesce(with_check, '')
FROM pg_policies WHERE schemaname = 'public'
"""
_POLICIES_OF_COPY = """
SELECT policyname, array_to_string(roles, ','), cmd, coalesce(qual, ''), coalesce(with_check, '')
FROM pg_policies WHERE schemaname = pg_my_temp_schema()::regnamespace::text AND tablename = %s
"""
# Whatever the client role has, by itself or as one of everybody (grantee 0), on tables, views or single columns; and
# the web's login role, which must have nothing.
_GRANTS = """
SELECT c.relname, lower(held.privilege_type) || CASE held.grantee
  WHEN 'connect_client'::regrole THEN '' WHEN 0 THEN ' as everybody' ELSE ' as the login' END
FROM pg_class c, aclexplode(c.relacl) held
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'S'
  AND held.grantee IN (0, 'connect_client'::regrole, 'connect_web'::regrole)
UNION
SELECT c.relname, lower(held.privilege_type) || ' of ' || a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) held
WHERE c.relnamespace = 'public'::regnamespace
  AND held.grantee IN (0, 'connect_client'::regrole, 'connect_web'::regrole)
"""

# name, role, command, and the two conditions as PostgreSQL writes them.
Policy = tuple[str, str, str, str, str]


def security_of(model: type[models.Model]) -> RowSecurity | None:
    return next((c for c in model._meta.constraints if isinstance(c, RowSecurity)), None)


def secured_models() -> Iterator[tuple[type[models.Model], RowSecurity]]:
    """Every model that declares row security, with what it declares."""
    return ((model, security) for model in apps.get_models() if (security := security_of(model)))


def personal_models() -> Iterator[type[models.Model]]:
    """Every model with a foreign key to a person, and the person."""
    user = apps.get_model(settings.AUTH_USER_MODEL)
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.get_fields()
        if model is user or any(f.is_relation and f.related_model is user and f.concrete for f in fields):
            yield model


def undeclared() -> list[type[models.Model]]:
    """Models with a person's data that have neither row security nor a stated exemption."""
    exempt = set(settings.ROW_SECURITY_EXEMPT)
    return [m for m in personal_models() if security_of(m) is None and m._meta.label not in exempt]


def gaps() -> list[str]:
    """Each difference between declared and installed row security, in words. Needs the right to make temp tables."""
    declared = {model._meta.db_table: security for model, security in secured_models()}
    enabled, policies, grants = _installed(list(declared))
    found = [f"{table}: row security is not forced" for table in declared if not enabled.get(table)]
    for table, security in declared.items():
        # Of a table that is not there its absence says everything.
        expected = _expected(table, security) if table in enabled else set()
        installed = policies.get(table, set())
        found += [f"{table}: policy missing: {row[0]}" for row in sorted(expected - installed)]
        found += [f"{table}: policy not declared: {row[0]}" for row in sorted(installed - expected)]
        if table in enabled and grants.get(table, set()) != set(security.given):
            found.append(f"{table}: client may {sorted(grants.get(table, set()))}, declared {sorted(security.given)}")
    return found + [f"{table}: client has rights but no policies" for table in sorted(set(grants) - set(declared))]


def _expected(table: str, security: RowSecurity) -> set[Policy]:
    """The declared policies as PostgreSQL writes them, seen on a passing copy of the table that has its name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table})")
        for statement in security.policy_statements(table):
            cursor.execute(statement)
        cursor.execute(_POLICIES_OF_COPY, [table])
        found = {_policy(*row) for row in cursor.fetchall()}
        cursor.execute(f"DROP TABLE pg_temp.{table}")
    return found


def _installed(tables: list[str]) -> tuple[dict[str, bool], dict[str, set[Policy]], dict[str, set[str]]]:
    policies: dict[str, set[Policy]] = {}
    grants: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [tables])
        enabled = dict(cursor.fetchall())
        cursor.execute(_POLICIES)
        for table, *policy in cursor.fetchall():
            policies.setdefault(table, set()).add(_policy(*policy))
        cursor.execute(_GRANTS)
        for table, privilege in cursor.fetchall():
            grants.setdefault(table, set()).add(privilege)
    return enabled, policies, grants


def _policy(name: str, role: str, command: str, using: str, check: str) -> Policy:
    return name, role, command, canonical(using), canonical(check)
