"""Row security and append-only tables as the roles meet them, over every table that declares them.

A statement that reads nothing is held by its own policy alone; one that looks for its rows is held by that of SELECT
too, and would hide a mistake in the other.
"""

import re
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import ProgrammingError

from safety.roles import acting_as, as_service
from safety.schema import AppendOnly
from safety.schema.inspect import security_of
from tests.database import undone
from tests.safety.rows import fill, our_models, person

TABLES = [model for model in our_models() if security_of(model)]
APPEND_ONLY = [m for m in our_models() if any(isinstance(c, AppendOnly) for c in m._meta.constraints)]
CHANGE = "UPDATE {} SET created_at = '2000-01-01T00:00Z'"
ROLES = {"owner": nullcontext, "service": as_service}


def given(command):
    return [model for model in TABLES if command in security_of(model).given]


def each(models):
    return pytest.mark.parametrize("model", models, ids=lambda model: model._meta.db_table)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """Two pairs of people who have nothing to do with each other."""
    with undone(django_db_blocker):
        me, partner, stranger, fourth = (person() for _ in range(4))
        yield SimpleNamespace(me=me, partner=partner, mine=fill(me, partner), theirs=fill(stranger, fourth))


@pytest.fixture
def world(scene, db):
    """What a test does with it is undone."""
    return scene


def run(statement, model):
    with connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))
        return cursor.rowcount


def rows_of(model, user):
    with acting_as(user.id):
        return model.objects.count()


@each(TABLES)
def test_the_row_every_test_of_tables_works_on_is_made(world, model):
    assert model in world.mine, f"tests/safety/rows.py makes no row in {model._meta.label}: add one to `fill`"


@each(TABLES)
def test_the_service_reads_every_row(world, model):
    with as_service():
        seen = set(model.objects.values_list("pk", flat=True))
    assert seen >= {world.mine[model].pk, world.theirs[model].pk}


@each([model for model in TABLES if model not in APPEND_ONLY])
def test_the_service_writes_every_row(world, model):
    everybody = model.objects.count()
    with as_service():
        assert run(CHANGE, model) == everybody


@each(given("update"))
def test_an_update_of_everything_changes_what_is_ones_own(world, model):
    own = rows_of(model, world.me)
    with acting_as(world.me.id):
        assert run(CHANGE, model) == own > 0


@each(given("delete"))
def test_a_delete_of_everything_deletes_what_is_ones_own(world, model):
    own = rows_of(model, world.me)
    with acting_as(world.me.id):
        assert run("DELETE FROM {}", model) == own > 0


@each([model for model in TABLES if model not in given("update")])
def test_what_is_not_given_to_update_is_not_even_updated_unread(world, model):
    with acting_as(world.me.id), pytest.raises(ProgrammingError, match="permission denied"):
        run(CHANGE, model)


def owner_of(model, command):
    """The column that says whose a row is that a client may write."""
    condition = security_of(model).given[command]
    found = re.match(r"(\w+) = \(SELECT nullif", condition)
    assert found, f"{model._meta.label}: test here what {command} admits by {condition}"
    return found[1]


def copy(row, user):
    """The row once more in a table of its own, as `user`'s; nothing but row security is in its way into the first."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM {table} WHERE id = %s", [row.pk])
        cursor.execute(f"UPDATE copied SET id = uuidv7(), {owner_of(type(row), 'insert')} = %s", [user.pk])
        cursor.execute("GRANT SELECT ON copied TO connect_client")
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


@each(given("insert"))
def test_a_row_is_inserted_as_ones_own(world, model):
    copy(world.mine[model], world.me)
    with acting_as(world.me.id):
        assert run("INSERT INTO {} SELECT * FROM copied", model) == 1


@each(given("insert"))
def test_a_row_is_not_inserted_as_somebody_elses(world, model):
    copy(world.mine[model], world.partner)
    with acting_as(world.me.id), pytest.raises(ProgrammingError, match="row-level security"):
        run("INSERT INTO {} SELECT * FROM copied", model)


@each(given("update"))
def test_a_row_is_not_handed_to_somebody_else(world, model):
    change = f"UPDATE {{}} SET {owner_of(model, 'update')} = '{world.partner.pk}'"
    with acting_as(world.me.id), pytest.raises(ProgrammingError, match="row-level security"):
        run(change, model)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", [CHANGE, "DELETE FROM {}"], ids=["update", "delete"])
@each(APPEND_ONLY)
def test_an_append_only_table_only_grows(world, model, statement, role):
    before = list(model.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), ROLES[role]():
        run(statement, model)
    assert list(model.objects.order_by("pk").values()) == before
