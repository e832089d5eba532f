"""Live conversations in figures."""

from datetime import timedelta

import pytest

from chat.metrics import figures
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
