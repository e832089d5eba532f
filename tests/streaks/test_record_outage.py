"""`manage.py record_outage`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from safety.models import AuditLog
from streaks.models import Outage

pytestmark = pytest.mark.django_db
STARTS, ENDS = "2026-03-01T18:00+00:00", "2026-03-01T20:30+00:00"


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


@pytest.mark.parametrize("given", [(ENDS, STARTS), ("yesterday", ENDS), ("2026-03-01T18:00", ENDS)])
def test_what_is_no_span_of_time_is_refused(given):
    with pytest.raises(CommandError):
        call_command("record_outage", *given)
    assert not Outage.objects.exists()
