"""Row security as the real client role, over every table that declares it (fault 8)."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from connect.models import Consent, Disclosure, User, ValueScore
from faces.models import Face
from safety.roles import acting_as
from safety.schema.inspect import security_of
from tests.database import undone
from tests.safety.rows import fill, our_models, person

TABLES = [model for model in our_models() if security_of(model)]
COMMON = [model for model in TABLES if security_of(model).given.get("select") == "true"]
"""What is the same for everybody, and nobody's."""
READABLE = [model for model in TABLES if "select" in security_of(model).given and model not in COMMON]
CLOSED = [model for model in TABLES if model not in [*READABLE, *COMMON]]
PAIRS = [model for model in READABLE if " IN (" in security_of(model).given["select"]]
THROUGH_PAIRS = [model for model in READABLE if "EXISTS (SELECT 1 FROM" in security_of(model).given["select"]]
OWNED = [model for model in READABLE if model not in PAIRS and "parent" not in security_of(model).given["select"]]
PROBES = {
    "insert": "INSERT INTO {} DEFAULT VALUES",
    "update": "UPDATE {} SET id = id WHERE false",
    "delete": "DELETE FROM {} WHERE false",
    "select": "SELECT 1 FROM {} WHERE false",
}

label = pytest.mark.parametrize


def name(value):
    return value._meta.db_table if isinstance(value, type) else None


# Of which a likeness of two needs several rows, and whose each is.
SEVERAL = {Consent: "user", Disclosure: "viewer", Face: "user"}


def own(model, user, row):
    """The keys of somebody's rows: of most tables the one that was made about them."""
    if model not in SEVERAL:
        return {row.pk} if row else set()
    return set(model.objects.filter(**{SEVERAL[model]: user}).values_list("pk", flat=True))


def visible(model, user):
    with acting_as(user.id if user else None):
        return set(model.objects.values_list("pk", flat=True))


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """Two pairs of people who have nothing to do with each other."""
    with undone(django_db_blocker):
        me, partner, stranger, fourth = (person() for _ in range(4))
        yield SimpleNamespace(
            me=me, partner=partner, stranger=stranger, mine=fill(me, partner), theirs=fill(stranger, fourth)
        )


@pytest.fixture
def world(scene, db):
    """What a test does with it is undone."""
    return scene


def test_every_table_of_ours_declares_row_security():
    assert our_models() == TABLES


@label("model", READABLE, ids=name)
def test_a_person_sees_their_own_row_and_no_other(world, model):
    assert visible(model, world.me) == own(model, world.me, world.mine[model])


@label("model", READABLE, ids=name)
def test_a_stranger_sees_theirs_and_none_of_mine(world, model):
    assert visible(model, world.stranger) == own(model, world.stranger, world.theirs[model])


@label("model", COMMON, ids=name)
def test_what_is_common_is_read_by_everybody_and_written_by_nobody(world, model):
    assert world.mine[model].pk in visible(model, world.stranger)
    assert set(security_of(model).given) == {"select"}
    assert not [field for field in model._meta.concrete_fields if field.related_model is User]


@label("model", READABLE, ids=name)
def test_nobody_sees_no_row(world, model):
    assert visible(model, None) == set()


@label("model", [*PAIRS], ids=name)
def test_the_partner_sees_the_row_of_the_pair(world, model):
    assert visible(model, world.partner) == {world.mine[model].pk}


@label("model", [m for m in OWNED if m is not User], ids=name)
def test_the_partner_sees_nothing_that_is_only_mine(world, model):
    assert visible(model, world.partner) == own(model, world.partner, None)


@label("model", CLOSED, ids=name)
def test_a_table_without_a_condition_cannot_be_read(world, model):
    with pytest.raises(ProgrammingError, match="permission denied"):
        visible(model, world.me)


@label("model", PAIRS + THROUGH_PAIRS, ids=name)
def test_what_belongs_to_two_is_not_written_by_one(model):
    given = set(security_of(model).given)
    assert given == {"select"} or model._meta.db_table == "connect_profile"


@label("command", sorted(PROBES))
@label("model", TABLES, ids=name)
def test_the_client_may_do_exactly_what_is_declared(world, model, command):
    statement = PROBES[command].format(model._meta.db_table)
    with acting_as(world.me.id), connection.cursor() as cursor:
        if command in security_of(model).given:
            assert _is_permitted(cursor, statement)
        else:
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(statement)


def _is_permitted(cursor, statement):
    """Granted: whatever else may be wrong with the row, it is not the right on the table."""
    try:
        cursor.execute(statement)
    except Exception as exc:
        return "permission denied" not in str(exc)
    return True


@label("model", [m for m in READABLE if "update" in security_of(m).given], ids=name)
def test_an_update_does_not_reach_a_foreign_row(world, model):
    with acting_as(world.stranger.id):
        assert model.objects.filter(pk=world.mine[model].pk).update(created_at="2000-01-01T00:00Z") == 0


@label("model", [m for m in READABLE if "update" in security_of(m).given], ids=name)
def test_an_update_reaches_ones_own_row(world, model):
    with acting_as(world.me.id):
        assert model.objects.filter(pk=world.mine[model].pk).update(created_at="2000-01-01T00:00Z") == 1


@label("model", [m for m in READABLE if "update" in security_of(m).given], ids=name)
def test_a_row_cannot_be_handed_to_another_person(world, model):
    with acting_as(world.me.id), pytest.raises(ProgrammingError, match="row-level security"):
        model.objects.filter(pk=world.mine[model].pk).update(**{_owner(model): world.partner})


def _owner(model):
    return next(field.name for field in model._meta.concrete_fields if field.related_model is User)


@label("model", [m for m in READABLE if "delete" in security_of(m).given], ids=name)
def test_a_delete_does_not_reach_a_foreign_row(world, model):
    with acting_as(world.stranger.id):
        assert model.objects.filter(pk=world.mine[model].pk).delete()[0] == 0


def insert_value(user_id):
    statement = "INSERT INTO connect_valuescore (user_id, value_key, score) VALUES (%s, 'family', 1)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [user_id])


def test_a_row_is_inserted_for_oneself(world):
    with acting_as(world.me.id):
        insert_value(world.me.id)
        assert ValueScore.objects.filter(value_key="family").count() == 1


@label("whom", ["partner", "missing"])
def test_a_foreign_key_does_not_tell_who_exists(world, whom):
    user_id = {"partner": world.partner.id, "missing": uuid4()}[whom]
    with acting_as(world.me.id), pytest.raises(ProgrammingError, match="row-level security"):
        insert_value(user_id)


def test_a_condition_that_raises_is_not_evaluated_on_a_foreign_row(world):
    trap = "SELECT id FROM connect_user WHERE CASE WHEN email = %s THEN 1/(length(email) * 0) ELSE 1 END = 1"
    with acting_as(world.me.id), connection.cursor() as cursor:
        cursor.execute(trap, [world.partner.email])
        assert cursor.fetchall() == [(world.me.id,)]


def test_statistics_do_not_show_foreign_values(world):
    shown = "SELECT count(*) FROM pg_stats WHERE tablename = 'connect_user'"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE connect_user")
        cursor.execute(shown)
        as_owner = cursor.fetchone()[0]
        with acting_as(world.me.id):
            cursor.execute(shown)
            assert (as_owner > 0, cursor.fetchone()[0]) == (True, 0)


def test_no_view_is_readable_by_the_client(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace "
            "AND has_table_privilege('connect_client', oid, 'SELECT')"
        )
        assert cursor.fetchall() == []


def test_no_function_with_the_owners_rights_can_be_called_by_the_client(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
            "AND prorettype <> 'trigger'::regtype AND has_function_privilege('connect_client', oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []


@label("level, expected", [("face", False), ("card", True), ("identity", True)])
def test_a_profile_shows_from_a_card_on(world, level, expected):
    profile = type(world.mine[Disclosure])._meta.apps.get_model("connect", "Profile")
    Disclosure.objects.filter(viewer=world.me).update(level=level)
    theirs = profile.objects.create(user=world.partner, nickname="Heron")
    assert (theirs.pk in visible(profile, world.me)) is expected


def test_a_revoked_disclosure_shows_nothing(world):
    profile = type(world.mine[Disclosure])._meta.apps.get_model("connect", "Profile")
    Disclosure.objects.filter(viewer=world.me).update(level="identity", revoked_at="2020-01-01T00:00Z")
    theirs = profile.objects.create(user=world.partner, nickname="Heron")
    assert theirs.pk not in visible(profile, world.me)
