"""The queue as operators see it: metrics and admin pages."""

from datetime import timedelta

import pytest
from django.db import transaction

from matching import metrics_of_queue
from matching.models import QueueEntry
from matching.services import pairing
from safety.roles import as_service
from tests.config.desk import make_roles, member_of, page
from tests.matching.waiters import friend, join, leave

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def samples():
    """Every figure by its name and labels."""
    with transaction.atomic(), as_service():
        families = list(metrics_of_queue.figures())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_waits_pairs_and_who_waits_are_counted(now):
    join(friend(now), now - 4 * SECOND)
    join(friend(now), now - 15 * SECOND)
    pairing.sweep(now=now)
    join(friend(now), now - 60 * SECOND)
    gone = friend(now)
    join(gone, now)
    leave(gone, now)
    found = samples()
    assert found["matching_queue_waiting",] == 1
    assert found["matching_queue_longest_wait_seconds",] == pytest.approx(60, abs=5)
    ended = {name[1]: value for name, value in found.items() if name[0] == "matching_queue_ended"}
    assert ended == {"matched": 2, "cancelled": 1, "expired": 0}
    assert found["matching_queue_pairs",] == 1
    within = [found["matching_queue_wait_seconds_bucket", bound] for bound in ("2", "5", "20", "+Inf")]
    assert (within, found["matching_queue_wait_seconds_gsum",]) == ([0, 1, 2, 2], 19)


@pytest.mark.parametrize(("role", "answer"), [("moderator", 200), ("admin", 200), ("analyst", 403)])
def test_who_of_the_staff_sees_a_wait(now, role, answer):
    entry = join(friend(now), now)
    make_roles()
    assert member_of(role).get(page(QueueEntry, "change", entry.id)).status_code == answer
