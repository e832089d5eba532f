"""Live conversations in figures."""

from datetime import timedelta

import pytest

from chat.enums import CloseReason
from chat.metrics import JOBS, figures
from chat.services import conversations, survivors
from tests.chat.live import BEGAN, make_pair
from tests.chat.people import Web

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_quarter_past(monkeypatch) -> None:
    monkeypatch.setattr("config.clock.now", lambda: BEGAN + timedelta(minutes=15))


def found() -> dict[tuple[str, str], float]:
    return {(s.name, "".join(s.labels.values())): s.value for metric in figures() for s in metric.samples}


def test_gates_are_counted_by_what_came_of_them():
    asked, ended = make_pair(), make_pair()
    asked.sweep(10)
    ended.decide(ended.a, "end_chat", 10.5)
    told = found()
    assert told["chat_gates_open", ""] == 1
    assert [told["chat_gates_resolved", name] for name in ("revealed", "went_on", "ended", "void")] == [0, 0, 1, 2]
    assert told["chat_live_conversations", "decision_gate"] == 1


def test_so_are_panic_exits_by_kind(two):
    Web(two.a).post(f"/api/conversations/{two.conversation.id}/panic-exit")
    told = found()
    assert [told["chat_panic_exits", kind] for kind in ("blind", "live", "direct")] == [1, 0, 0]


def lags(name, minute):
    (kind,) = (kind for kind in JOBS if kind.name == name)
    return kind.behind(BEGAN + timedelta(minutes=minute))


def test_a_talk_that_both_decided_the_last_gate_of_is_late_when_its_time_is_over():
    pair = make_pair()
    pair.sweep(30)
    for person in (pair.a, pair.b):
        pair.decide(person, "not_yet", 30.5, gate=30)
    assert lags("end_talks", 31.9) == (0, 0)
    assert lags("end_talks", 33) == (60, 1)
    pair.sweep(33)
    assert lags("end_talks", 34) == (0, 0)


def test_who_was_left_behind_is_late_until_they_wait_again():
    pair = make_pair()
    conversations.close(
        conversation_id=pair.conversation.id, reason=CloseReason.USER_END, by=pair.a, now=pair.minute(5)
    )
    assert lags("requeue_survivors", 6) == (60, 1)
    survivors.requeue(now=pair.minute(6))
    assert lags("requeue_survivors", 7) == (0, 0)
