"""Two events of one person at the same moment: real threads, real connections."""

from uuid import uuid4

import pytest

from safety.models import TrustScoreEvent
from safety.services import trust_audit
from tests.safety.ledgers import moved, score_of
from tests.safety.rows import person
from tests.safety.test_case_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_at_once_none_is_lost_and_the_day_is_spent_once(now):
    me, ref = person().id, uuid4()
    acts = [
        lambda: moved(me, 3, now=now),
        lambda: moved(me, 3, ref=ref, now=now),
        lambda: moved(me, 3, ref=ref, now=now),
    ]
    assert together(*acts) == [True] * 3
    events = list(TrustScoreEvent.objects.order_by("seq").values_list("seq", "delta"))
    assert ([seq for seq, _ in events], sorted(delta for _, delta in events)) == ([1, 2], [1, 3])
    assert (score_of(me).score, list(trust_audit.differences())) == (54, [])
