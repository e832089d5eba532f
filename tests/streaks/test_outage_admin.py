"""Staff put an outage of ours on record."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from safety.models import AuditLog
from streaks.models import Outage
from streaks.services import outages, rollover
from tests.config.desk import make_roles, member_of, page
from tests.streaks.builders import at, both, stored, streak

pytestmark = pytest.mark.django_db
FORMS = {0: "%Y-%m-%d", 1: "%H:%M:%S"}
"""Of the two fields in which the form asks for a moment, by the clock of the server."""


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


def test_what_took_no_time_or_goes_on_is_refused(boss):
    now = timezone.now()
    for span in ((at(2, 19), at(2, 18)), (at(2, 18), at(2, 18)), (now - timedelta(hours=1), now + timedelta(hours=1))):
        assert record(boss, *span).status_code == 200
    assert not Outage.objects.exists()


def test_it_stays_as_it_was_recorded(boss):
    record(boss, at(2, 18), at(2, 19))
    outage = Outage.objects.get()
    assert boss.post(page(Outage, "change", outage.pk), {"note": "nothing"}).status_code == 403
    assert boss.post(page(Outage, "delete", outage.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role, status", [("moderator", 403), ("analyst", 403), ("admin", 302)])
def test_who_records_one(role, status):
    make_roles()
    assert record(member_of(role), at(2, 18), at(2, 19)).status_code == status
