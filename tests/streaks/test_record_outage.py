"""`manage.py record_outage`."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from safety.models import AuditLog
from streaks.models import Outage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)
STARTS, ENDS = "2026-03-01T18:00+00:00", "2026-03-01T20:30+00:00"


@pytest.fixture(autouse=True)
def the_day_after(monkeypatch):
    monkeypatch.setattr("config.clock.now", lambda: NOW)


def test_an_outage_is_on_record_and_due_to_be_mended():
    said = StringIO()
    call_command("record_outage", STARTS, ENDS, note="the network", stdout=said)
    outage = Outage.objects.get()
    assert (outage.starts_at.isoformat(), outage.ends_at.isoformat()) == (
        "2026-03-01T18:00:00+00:00",
        "2026-03-01T20:30:00+00:00",
    )
    assert (outage.note, outage.due_at is not None) == ("the network", True)
    assert AuditLog.objects.get(action="outage_recorded").entity_id == outage.id
    assert "2026-03-01 18:00" in said.getvalue()


@pytest.mark.parametrize(
    "given",
    [
        (ENDS, STARTS),
        ("yesterday", ENDS),
        ("2026-03-01T18:00", ENDS),
        (STARTS, "2026-03-03T18:00+00:00"),
        ("2026-02-20T18:00+00:00", STARTS),
        ("2026-01-01T18:00+00:00", "2026-01-01T19:00+00:00"),
        ("0001-01-01T00:00+00:00", "0001-01-02T00:00+00:00"),
    ],
)
def test_what_is_no_span_of_time_of_late_is_refused(given):
    with pytest.raises(CommandError):
        call_command("record_outage", *given)
    assert not Outage.objects.exists()
