"""Staff put an outage of ours on record."""

from datetime import UTC, timedelta

import pytest

from safety.models import AuditLog
from streaks.models import Outage
from streaks.services import outages, rollover
from tests.config.desk import make_roles, member_of, page
from tests.streaks.builders import at, both, stored, streak

pytestmark = pytest.mark.django_db
FORMS = {0: "%Y-%m-%d", 1: "%H:%M:%S"}
"""Of the two fields in which the form asks for a moment, by the clock of the server."""


@pytest.fixture(autouse=True)
def soon_after(monkeypatch):
    monkeypatch.setattr("config.clock.now", lambda: at(3, 2))


@pytest.fixture
def boss():
    make_roles()
    return member_of("admin")


def record(client, starts_at, ends_at):
    given = {"note": "the database was gone"}
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        given |= {f"{name}_{part}": f"{moment.astimezone(UTC):{form}}" for part, form in FORMS.items()}
    return client.post(page(Outage, "add"), given)


def test_one_is_recorded_and_mends_what_it_broke(boss):
    made = streak()
    both(made, 1)
    rollover.roll_over(now=at(3, 1))
    assert stored(made).status == "reset"
    assert record(boss, at(2, 18), at(2, 19)).status_code == 302
    outage = Outage.objects.get()
    assert (outage.starts_at, outage.ends_at, outage.note) == (at(2, 18), at(2, 19), "the database was gone")
    assert AuditLog.objects.get(action="outage_recorded", actor_id__isnull=False).entity_id == outage.id
    outages.mend_due(now=outage.due_at)
    assert stored(made).current_day == 1


@pytest.mark.parametrize(
    "starts_at, ends_at, field, said",
    [
        (at(2, 19), at(2, 18), "ends_at", "ends after it starts"),
        (at(2, 18), at(2, 18), "ends_at", "ends after it starts"),
        (at(3, 1), at(3, 3), "ends_at", "not ended yet"),
        (at(2) - timedelta(days=4), at(2), "ends_at", "at most 3 days"),
        (at(2) - timedelta(days=31), at(2) - timedelta(days=30), "starts_at", "at most 30 days ago"),
        (at(2).replace(year=1000), at(2).replace(year=9998), "ends_at", "not ended yet"),
    ],
)
def test_what_cannot_have_been_is_refused_at_its_field(boss, starts_at, ends_at, field, said):
    reply = record(boss, starts_at, ends_at)
    errors = reply.context["adminform"].form.errors
    assert (reply.status_code, list(errors), said in errors[field][0]) == (200, [field], True)
    assert not Outage.objects.exists()


def test_the_longest_there_is_is_recorded(boss):
    assert record(boss, at(2) - timedelta(days=3), at(2)).status_code == 302


def test_it_stays_as_it_was_recorded(boss):
    record(boss, at(2, 18), at(2, 19))
    outage = Outage.objects.get()
    assert boss.post(page(Outage, "change", outage.pk), {"note": "nothing"}).status_code == 403
    assert boss.post(page(Outage, "delete", outage.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role, status", [("moderator", 403), ("analyst", 403), ("admin", 302)])
def test_who_records_one(role, status):
    make_roles()
    assert record(member_of(role), at(2, 18), at(2, 19)).status_code == status
