"""What staff change of the hobbies there are to choose."""

import pytest

from connect.models import HobbyOption
from safety.models import AuditLog
from tests.config.desk import make_roles, member_of, page
from tests.factories import HobbyFactory, HobbyOptionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kites():
    return HobbyOptionFactory(code="kites", name="Kites", is_active=True)


@pytest.fixture
def boss():
    make_roles()
    return member_of("admin")


def change(client, option, **given):
    return client.post(page(HobbyOption, "change", option.pk), given)


def test_one_is_taken_off_the_list_on_record(boss, kites, api):
    change(boss, kites, name="Flying kites")
    kites.refresh_from_db()
    assert (kites.name, kites.is_active) == ("Flying kites", False)
    entry = AuditLog.objects.get(action="hobby_option_set")
    assert (entry.entity_id, entry.data["is_active"], entry.data["code"]) == (kites.id, False, "kites")
    offered = api(UserFactory()).get("/api/hobby_options").json()["hobby_options"]
    assert "kites" not in {option["code"] for option in offered}


def test_who_chose_it_keeps_it(boss, kites, api):
    user = HobbyFactory(option=kites).user
    change(boss, kites, name="Flying kites")
    (kept,) = api(user).get("/api/profile/hobbies").json()["hobbies"]
    assert kept["option"]["name"] == "Flying kites"


def test_what_ships_keeps_its_name_and_its_code(boss):
    chess = HobbyOptionFactory(code="chess", name="Chess")
    change(boss, chess, name="Draughts", code="draughts", category="outdoors", is_active="on")
    chess.refresh_from_db()
    assert (chess.name, chess.code, chess.is_active) == ("Chess", "chess", True)


@pytest.mark.parametrize("role, status", [("moderator", 403), ("analyst", 403), ("admin", 302)])
def test_who_changes_them(kites, role, status):
    make_roles()
    assert change(member_of(role), kites, name="Flying kites", is_active="on").status_code == status
