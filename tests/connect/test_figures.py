"""Figures of days: what each app's SQL counts, made anew as often as one likes."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from chat.enums import CloseReason
from chat.models import DecisionGate, GateWindow
from chat.services import conversations, reports, reveals
from config import figures as registry
from config import measuring, tally
from config.figures import Bars, Lines, Means, Term
from connect.models import AnalyticsEvent, DailyFigure
from connect.services import figures
from matching.enums import MatchStatus
from matching.models import DiscoveryBatch, MatchFeedback, MatchingRun, MeetReflection, QueueEntry
from safety.models import Report, TrustScore, TrustScoreEvent
from safety.services import cases
from streaks.models import CheckIn, Streak
from tests.chat.people import make_two, send
from tests.factories import MatchFactory, UserFactory
from tests.safety.cases import moderator
from tests.safety.rows import fill, person

pytestmark = pytest.mark.django_db


def made(metric, now=None):
    figures.make(now=now or timezone.now())
    rows = DailyFigure.objects.filter(metric=metric).values_list("bucket").annotate(Sum("number"), Sum("total"))
    return {bucket: (number, total) if total else number for bucket, number, total in rows}


def test_matches_by_how_far_they_came():
    MatchFactory(status=MatchStatus.PROPOSED)
    two = make_two()
    MatchFeedback.objects.create(match=two.match, user_id=two.a, rating=4, engine_version="1")
    assert made("match") == {"proposed": 2, "accepted": 1, "judged": 1}


def test_what_is_said_of_a_live_talk_counts_as_feedback(now):
    match = MatchFactory(pathway="live", status=MatchStatus.ACCEPTED_BOTH)
    MeetReflection.objects.create(match=match, user=match.user_a, vibe_score=4, meet_outcome="again", given_at=now)
    assert made("match")["judged"] == 1


def test_conversations_by_how_far_they_came():
    quiet, talking = make_two(), make_two()
    send(talking, "Hello"), send(talking, "Hello you", by=talking.b), send(quiet, "Anybody?")
    offer = reveals.request(conversation_id=talking.conversation.id, by=talking.a, now=timezone.now())
    reveals.accept(reveal_id=offer.id, by=talking.b, now=timezone.now())
    assert made("talk") == {"opened": 2, "talked": 1, "revealed": 1}
    assert made("message") == {"blind": 3}


def test_a_conversation_counts_as_reported_once_however_often_it_was():
    reported, _ = make_two(), make_two()
    for by in (reported.a, reported.b):
        reports.about_conversation(
            conversation_id=reported.conversation.id, by=by, reason="spam", details="", now=timezone.now()
        )
    report(subject_id=reported.match.id), report(subject_kind="person", subject_id=reported.a)
    assert made("talk") == {"opened": 2, "reported": 1}


def test_a_request_that_the_end_of_a_conversation_left_is_told_from_one_that_waits(now):
    left, waiting = make_two(), make_two()
    for two in (left, waiting):
        reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    conversations.close(conversation_id=left.conversation.id, reason=CloseReason.USER_END, by=left.b, now=now)
    found = made("reveal")
    assert sum(found.values()) == 2
    assert found["pending"] == 1


def test_versions_and_pathways_are_kept_apart():
    MatchFactory(engine_version="connect-v2"), MatchFactory(engine_version="connect-v1")
    figures.make(now=timezone.now())
    rows = DailyFigure.objects.filter(metric="match").values_list("engine_version", "pathway", "number")
    assert set(rows) == {("connect-v1", "compatibility", 1), ("connect-v2", "compatibility", 1)}


def test_components_are_summed_where_there_are_any():
    MatchFactory(score_breakdown={"values": 60, "astro": None}), MatchFactory(score_breakdown={"values": 80})
    MatchFactory(score_breakdown={"values": 90}, status=MatchStatus.ACCEPTED_BOTH)
    assert made("score_proposed") == {"values": (3, 230)}
    assert made("score_accepted") == {"values": (1, 90)}


def test_runs_in_figures(now):
    for gini in (0.25, 0.5):
        run = MatchingRun.objects.create(due_at=now, engine_version="v1")
        for status in ("running", "finished"):
            run.status = status
            run.save()
        MatchingRun.objects.filter(id=run.id).update(
            pool_size=100, left_without=20, alone=5, exposure_gini=gini, finished_at=now
        )
    assert made("run") == {"pool": (2, 200), "left_without": (2, 40), "alone": (2, 10), "gini": (2, 0.75)}


def test_discovery_batches_by_whether_they_were_full(now):
    user = UserFactory()
    rows = fill(user, person())
    DiscoveryBatch.objects.filter(id=rows[DiscoveryBatch].id).update(exhausted=False)
    assert made("batch") == {"full": 1}
    assert made("connection") == {"compatibility": 1}


def waited(status, seconds, reason="", match=None):
    now = timezone.now()
    since = now - timedelta(seconds=seconds)
    entry = QueueEntry.objects.create(user=UserFactory(), enqueued_at=since, waiting_since=since, seen_at=now)
    QueueEntry.objects.filter(id=entry.id).update(status=status, dequeued_at=now, queue_reason=reason, match=match)


def test_waits_in_the_queue_by_how_they_ended_and_how_long_they_took():
    match = MatchFactory()
    waited("matched", 20, match=match), waited("matched", 90, match=match)
    waited("cancelled", 5, "left"), waited("expired", 400)
    assert made("queue") == {"matched": (2, 110), "left": (1, 5), "expired": (1, 400)}
    assert made("wait") == {"30": 1, "120": 1}


def test_gates_by_their_minute_and_what_came_of_them(now):
    two = make_two()
    for minute, outcome in ((10, "went_on"), (20, "revealed"), (30, "void")):
        gate = GateWindow.objects.create(
            conversation=two.conversation, gate_minute=minute, opens_at=now, closes_at=now + timedelta(minutes=2)
        )
        for changes in ({"status": "open"}, {"status": "resolved", "outcome": outcome, "resolved_at": now}):
            GateWindow.objects.filter(id=gate.id).update(**changes)
    for person_id, decision in ((two.a, "reveal_yes"), (two.b, "not_yet")):
        DecisionGate.objects.create(
            conversation=two.conversation, gate_minute=10, user_id=person_id, decision=decision, decided_at=now
        )
    assert made("gate") == {"10 went_on": 1, "20 revealed": 1}
    assert made("vote") == {"reveal_yes": 1, "not_yet": 1}


def report(**fields):
    now = timezone.now()
    values = {"subject_kind": "match", "subject_id": uuid4(), "reason_code": "spam", "severity": "low", "priority": 1}
    return Report.objects.create(reporter=UserFactory(), reported=UserFactory(), due_at=now, **values | fields)


def test_reports_by_how_long_they_waited(now):
    report(severity="critical"), report()
    cases.dismiss(report=report().id, by=moderator(), statement="Nothing of it is true.", now=now + timedelta(hours=2))
    assert made("report") == {"critical": 1, "low": 2}
    found = made("decision")
    assert (found["waiting"], round(found["half_day"][1])) == (2, 2)


def test_trust_by_what_moved_it_and_its_mean_as_of_today(now):
    for score in (50, 70):
        TrustScore.objects.create(user=UserFactory(), score=score, engine_version="trust-v1", updated_at=now)
    for seq, delta in ((1, 3), (2, -1)):
        TrustScoreEvent.objects.create(
            user=UserFactory(),
            seq=seq,
            delta=delta,
            asked=delta,
            source="reflection",
            source_ref_id=uuid4(),
            at=now,
            counts_from=now,
        )
    DailyFigure.objects.create(metric="trust_score", day=now.date() - timedelta(days=1), number=9, total=450)
    assert made("trust") == {"reflection": (2, 2)}
    days = DailyFigure.objects.filter(metric="trust_score").order_by("day").values_list("number", "total")
    assert list(days) == [(9, 450), (2, 120)]


def checked_in(streak, date, *people):
    for user in people:
        values = {"user": user, "local_date": date, "cycle": 1, "effort_signal": "steady"}
        CheckIn.objects.create(streak=streak, checked_in_at=timezone.now(), **values)


def test_streaks_by_how_far_they_came_at_best(now):
    me, other = UserFactory(), person()
    rows = fill(me, other)
    streak, today = rows[Streak], now.date()
    checked_in(streak, today, other)
    checked_in(streak, today + timedelta(days=1), me, other)
    checked_in(streak, today + timedelta(days=2), me)
    assert made("streak") == {"00": 1, "01": 1, "02": 1}


def test_events_with_how_many_people_told_them(now):
    for user in (UserFactory(), UserFactory()):
        for _ in range(2):
            AnalyticsEvent.objects.create(
                user=user, client_id=uuid4(), event_name="app_opened", occurred_at=now, ingested_at=now
            )
    assert made("event") == {"app_opened": (4, 2)}


def test_requests_and_frames_of_today_and_yesterday(now, monkeypatch):
    tally._counts.clear()
    for days in (3, 1, 0):
        monkeypatch.setattr("config.clock.now", lambda days=days: now - timedelta(days=days))
        measuring.count_frame("ping", "ack", 0.1), measuring.count_frame("ping", "failed", 0.6)
    Client().get("/api/settings"), Client().get("/admin/login/")
    figures.make(now=now)
    rows = DailyFigure.objects.filter(metric__in=["api", "frame", "frame_slow"]).order_by("day", "metric", "bucket")
    frames = [("frame", "ack", 1), ("frame", "failed", 1), ("frame_slow", "", 1)]
    assert list(rows.values_list("metric", "bucket", "number")) == [*frames, ("api", "2xx", 1), *frames]
    assert {name[1] for name in tally.read() if name[0] == measuring.DAY} == {
        (now - timedelta(days=days)).date().isoformat() for days in (1, 0)
    }


def test_what_was_counted_of_requests_stays_while_redis_is_away(now, monkeypatch):
    tally._counts.clear()
    measuring.count_frame("ping", "ack", 0.1)
    figures.make(now=now)
    monkeypatch.setattr(tally, "read", dict)
    assert figures.make(now=now) == 0
    assert DailyFigure.objects.get(metric="frame").number == 1


def test_people_who_were_erased_count_no_more(now):
    gone, _ = UserFactory(), UserFactory()
    for status in ("deletion_pending", "deleted"):
        type(gone).objects.filter(id=gone.id).update(status=status)
    assert made("signup") == {"": 1}


def test_made_again_nothing_changes():
    make_two()
    figures.make(now=timezone.now())
    before = list(DailyFigure.objects.order_by("id").values())
    assert figures.make(now=timezone.now()) == 0
    assert list(DailyFigure.objects.order_by("id").values()) == before


def test_what_comes_late_comes_in_and_what_is_gone_goes(now):
    match = MatchFactory(engine_version="v1")
    figures.make(now=now)
    type(match).objects.filter(id=match.id).update(engine_version="v2")
    assert made("match") == {"proposed": 1}
    assert DailyFigure.objects.get(metric="match").engine_version == "v2"


def test_what_is_older_than_is_counted_anew_stays(now):
    day = (now - configured.FIGURES_MADE_ANEW).date()
    for days in (0, 1):
        DailyFigure.objects.create(metric="match", day=day - timedelta(days=days), bucket="proposed", number=9)
    figures.make(now=now)
    assert [row.day for row in DailyFigure.objects.filter(metric="match")] == [day - timedelta(days=1)]


def test_a_day_is_counted_from_its_midnight(now):
    midnight = datetime.combine(now.date(), time(), UTC)
    for moment in (midnight, midnight - timedelta(microseconds=1)):
        match = MatchFactory()
        type(match).objects.filter(id=match.id).update(created_at=moment)
    figures.make(now=now)
    days = DailyFigure.objects.filter(metric="match").order_by("day").values_list("day", "number")
    assert list(days) == [((now - timedelta(days=1)).date(), 1), (now.date(), 1)]


def test_the_least_id_of_a_moment_comes_before_every_other():
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s < uuidv7(), %s > uuidv7()", [figures.least_id(now), figures.least_id(now + timedelta(1))]
        )
        assert cursor.fetchone() == (True, True)


def terms(panel):
    match panel:
        case Bars():
            return [term for _, term in panel.parts] + ([panel.whole] if panel.whole else [])
        case Lines():
            return [term for line in panel.lines for term in (line.of, line.per) if term]
        case Means():
            return [Term(metric) for _, metric in panel.pair]


def test_each_metric_has_one_source_and_each_panel_draws_metrics_there_are():
    metrics = [metric for source in registry.sources() for metric in source.metrics]
    assert len(metrics) == len(set(metrics))
    assert {term.metric for panel in registry.panels() for term in terms(panel)} <= set(metrics)


def test_each_part_of_bars_is_one_bucket():
    parts = [term for panel in registry.panels() if isinstance(panel, Bars) for term in terms(panel)]
    assert None not in {term.bucket for term in parts}


def test_every_metric_that_is_made_is_declared_by_its_source(now):
    fill(UserFactory(), person())
    figures.make(now=now)
    metrics = {metric for source in registry.sources() for metric in source.metrics}
    assert set(DailyFigure.objects.values_list("metric", flat=True)) <= metrics
