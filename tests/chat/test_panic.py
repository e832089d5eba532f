"""Getting out at once."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.conf import settings as configured
from django.utils import timezone

from chat.enums import CloseReason, State
from chat.models import Conversation
from chat.services import gates, presence
from connect.models import Disclosure
from matching.enums import ConnectionStatus, MatchStatus
from matching.models import Connection
from safety import evidence
from safety.enums import BlockSource, ReportStatus, Severity
from safety.models import Block, Report
from safety.services import blocks, reports
from safety.signals import user_blocked
from tests.chat.live import make_pair
from tests.chat.people import Web, make_user, send
from tests.safety.cases import moderator

pytestmark = pytest.mark.django_db


def path(two) -> str:
    return f"/api/conversations/{two.conversation.id}/panic-exit"


def panic(two, by=None, **said):
    return Web(by or two.a).post(path(two), said)


def begun():
    return make_pair(began=timezone.now())


def at_a_gate():
    pair = make_pair(began=timezone.now() - timedelta(minutes=10, seconds=30))
    pair.sweep(10)
    return pair


def revealed():
    pair = at_a_gate()
    for by in (pair.a, pair.b):
        pair.decide(by, "reveal_yes", 10.4)
    return pair


def test_what_the_clock_had_to_do_comes_first_and_keeps_nobody_in(monkeypatch):
    late, stuck = (make_pair(began=timezone.now() - timedelta(minutes=15)) for _ in range(2))
    panic(late)
    monkeypatch.setattr(gates, "catch_up", lambda conversation, now: 1 / 0)
    answer = panic(stuck)
    assert (late.windows[10][1], answer.status_code, answer.json()["state"]) == ("went_on", 200, "closed")


def test_it_ends_blocks_and_reports_at_once(two):
    send(two, "Go away", by=two.b)
    answer = panic(two, reason="threat", details="He knows my street.")
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
    assert two.fresh().close_reason == CloseReason.PANIC_EXIT
    block, report = Block.objects.get(), Report.objects.get()
    assert (block.blocker_id, block.blocked_id, block.source) == (two.a, two.b, BlockSource.PANIC_EXIT)
    assert (str(report.id), report.status, report.reason_code) == (
        answer.json()["report_id"],
        ReportStatus.OPEN,
        "threat",
    )
    frozen = orjson.loads(reports.read_evidence(report=report, by=moderator()))
    assert [message["text"] for message in frozen["messages"]] == ["Go away"]


def test_nothing_has_to_be_said_and_it_is_urgent_all_the_same(two):
    assert panic(two).status_code == 200
    assert Report.objects.get().severity == Severity.HIGH


JSON = "application/json"


def panic_raw(two, raw, content_type=JSON, by=None):
    return Web(by or two.a)._client.generic("POST", path(two), raw, content_type=content_type)


@pytest.mark.parametrize(
    "raw, content_type",
    [
        (b'{"reason": "because"}', JSON),
        (b'{"reason": ["threat"], "details": 5, "more": 1}', JSON),
        (b'{"reason": null}', JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b"null", JSON),
        (b'{"details": "\xff"}', JSON),
        (b"x" * (configured.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), JSON),
        (b"<a/>", "text/xml"),
        (b"reason=threat", "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"{}", "nonsense"),
    ],
)
def test_no_form_of_words_keeps_anybody_in(two, raw, content_type):
    assert panic_raw(two, raw, content_type).status_code == 200
    assert (two.fresh().state, Report.objects.get().reason_code) == (State.CLOSED, "other")


def test_what_was_said_too_long_is_cut(two):
    assert panic(two, reason="threat", details="x" * 2001).status_code == 200
    report = Report.objects.get()
    assert (report.reason_code, reports.details_of(report)) == ("threat", "x" * 2000)


def test_what_can_be_read_is_taken_whatever_it_says_it_is(two):
    assert panic_raw(two, b'{"reason": "threat"}', "text/plain").status_code == 200
    assert Report.objects.get().reason_code == "threat"


def test_to_a_stranger_a_broken_body_shows_nothing(two):
    assert panic_raw(two, b"{", by=make_user().id).status_code == 404


@pytest.mark.parametrize("made", [begun, at_a_gate, revealed])
def test_it_is_for_every_state(made):
    pair = made()
    assert panic(pair, by=pair.b).status_code == 200
    assert pair.fresh().close_reason == CloseReason.PANIC_EXIT


def test_one_that_has_ended_stays_as_it_ended_and_the_rest_is_done(two):
    Web(two.b).post(f"/api/conversations/{two.conversation.id}/end")
    assert panic(two).status_code == 200
    assert two.fresh().close_reason == CloseReason.USER_END
    assert (Block.objects.count(), Report.objects.count()) == (1, 1)


def test_twice_is_once(two):
    assert panic(two).json() == panic(two).json()
    assert (Block.objects.count(), Report.objects.count()) == (1, 1)


def test_to_anybody_else_there_is_nothing_to_leave(two):
    assert panic(two, by=make_user().id).status_code == 404
    assert not Report.objects.exists()


def test_what_is_right_is_never_too_often_and_what_finds_nothing_is(two, settings):
    few = {"account": "3/day", "address": "4/day", "sensitive": False}
    settings.LIMITS = {**settings.LIMITS, "panic": few}
    web = Web(two.a)
    nowhere = [web.post(f"/api/conversations/{uuid4()}/panic-exit").status_code for _ in range(5)]
    assert nowhere == [404] * 3 + [429] * 2
    assert {web.post(path(two)).status_code for _ in range(5)} == {200}


def test_it_needs_no_redis(two, redis_gone):
    presence._redis.cache_clear()
    assert (panic(two).status_code, two.fresh().state) == (200, State.CLOSED)
    presence._redis.cache_clear()


def test_it_answers_though_the_conversation_cannot_be_read(two):
    send(two, "Go away", by=two.b)
    Conversation.objects.update(data_key=b"lost")
    assert (panic(two).status_code, Report.objects.count()) == (200, 1)


def test_it_answers_though_the_evidence_fails(two, monkeypatch):
    def broken(subject_id, reporter_id):
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(evidence._collectors, "conversation", broken)
    assert panic(two).status_code == 200
    assert orjson.loads(reports.read_evidence(report=Report.objects.get(), by=moderator())) == {"unavailable": True}


def test_what_follows_cannot_undo_it(two):
    def broken(**kwargs):
        raise RuntimeError("a fault of ours")

    user_blocked.connect(broken)
    try:
        assert panic(two).status_code == 200
    finally:
        user_blocked.disconnect(broken)
    assert two.fresh().state == State.CLOSED


def test_what_they_have_besides_ends_a_moment_later():
    pair = revealed()
    panic(pair)
    assert blocks.part_due(now=timezone.now()) == 1
    assert Connection.objects.get().status == ConnectionStatus.BLOCKED
    assert not Disclosure.objects.live().exists()
    pair.match.refresh_from_db()
    assert pair.match.status == MatchStatus.CLOSED


def test_the_other_is_told_what_anybody_is_told_whose_talk_ended():
    left, ended = make_pair(began=timezone.now()), make_pair(began=timezone.now())
    panic(left)
    Web(ended.a).post(f"/api/conversations/{ended.conversation.id}/end")
    assert left.told() == ended.told()
    assert left.fresh().survivor == ended.fresh().survivor == "b"
