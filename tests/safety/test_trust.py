"""The ledger of trust, and what writes into it."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from connect.models import AccountDeletion, User
from safety import personal_data
from safety.enums import ReportReason, Severity, TrustSource
from safety.models import AuditLog, TrustScore, TrustScoreEvent
from safety.roles import acting_as, as_service
from safety.services import appeals, cases, retention, trust
from safety.trust import Bounds, next_day
from tests.factories import UserFactory
from tests.safety.cases import WARNING, filed, moderator, taken
from tests.safety.ledgers import moved, score_of
from tests.safety.refusals import refusal_of
from tests.safety.rows import person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOURCES = TrustSource
ledger = TrustScoreEvent.objects.order_by("seq")


@pytest.fixture
def me():
    return person().id


def deltas(user):
    return list(ledger.filter(user=user).values_list("delta", flat=True))


# Events.


def test_an_event_moves_the_score_and_leaves_its_component(me, now):
    moved(me, 3, now=now)
    found = score_of(me)
    assert (found.score, found.components["reflection"], found.engine_version) == (53, 3.0, "trust-1 90/730")


def test_the_same_source_and_reference_move_it_once(me, now):
    ref = uuid4()
    first, second = moved(me, 3, ref=ref, now=now), moved(me, -4, ref=ref, now=now + DAY)
    assert (first.id, deltas(me)) == (second.id, [3])


def test_events_are_numbered_as_they_came_also_with_a_clock_that_lags(me, now):
    events = [moved(me, 1, now=now), moved(me, 1, now=now - DAY)]
    assert [(event.seq, event.at) for event in events] == [(1, now), (2, now)]


def test_what_a_bound_cuts_is_on_record(me, now):
    moved(me, 4, now=now)
    cut = moved(me, 4, now=now)
    assert (cut.delta, cut.asked, score_of(me).cooldown_applied) == (0, 4, True)
    moved(me, 4, now=now + DAY)
    assert (deltas(me), score_of(me).cooldown_applied) == ([4, 0, 4], False)


def test_a_narrower_bound_holds_too(me, now):
    moved(me, 4, now=now, within=Bounds(-1, 1))
    assert deltas(me) == [1]


def test_who_has_left_has_no_ledger(me, now):
    for status in ("deletion_pending", "deleted"):
        User.objects.filter(id=me).update(status=status)
    assert moved(me, 3, now=now) is moved(uuid4(), 3, now=now) is None
    assert not TrustScore.objects.exists()


def test_leaving_the_queue_again_and_again_costs_only_so_much_a_day(me, now):
    with transaction.atomic():
        for _ in range(5):
            trust.penalize_cooldown(user_id=me, source_ref_id=uuid4(), now=now)
        trust.penalize_cooldown(user_id=me, source_ref_id=uuid4(), now=now + DAY)
    assert deltas(me) == [-2, -2, -2, 0, 0, -2]


def test_scores_of_many_in_one_query(me, now, django_assert_num_queries):
    other = person().id
    moved(me, 3, now=now)
    with transaction.atomic(), as_service(), django_assert_num_queries(1):
        assert trust.scores([me, other]) == {me: 53, other: 50}


# Confirmed reports.


def confirmed(now, reason=ReportReason.HARASSMENT, ground=ReportReason.HARASSMENT, severity=None):
    report, by = filed(reason=reason, now=now), moderator()
    with transaction.atomic():
        if severity:
            cases.rate(report=report.id, by=by, severity=severity, now=now)
        action = cases.act(
            report=report.id, by=by, measure=WARNING, reason_code=ground, statement="You insulted them.", now=now
        )
    return report, action


@pytest.mark.parametrize("severity, delta", [("low", -5), ("medium", -10), ("high", -20), ("critical", -30)])
def test_a_confirmed_report_weighs_by_its_severity(now, severity, delta):
    report, _ = confirmed(now, severity=Severity(severity) if severity != "medium" else None)
    event = ledger.get(user=report.reported_id)
    assert (event.delta, event.source_ref_id, event.metadata) == (delta, report.id, {"severity": severity})


def test_one_that_is_dismissed_weighs_nothing(now):
    report = filed()
    cases.dismiss(report=report.id, by=moderator(), statement="Nothing of it is true.", now=now)
    assert not ledger.exists()


def test_neither_does_one_out_of_concern(now):
    confirmed(now, reason=ReportReason.SELF_HARM)
    confirmed(now, ground=ReportReason.SELF_HARM)
    assert not ledger.exists()


def appealed_and(overturn, action, now):
    with transaction.atomic():
        appeal = appeals.file(action=action.id, by=action.against_id, text="I did not.", now=now)
        appeals.decide(appeal=appeal.id, by=moderator(), overturn=overturn, decision="So.", now=now)


def test_an_overturned_one_is_taken_back_by_an_event_of_its_own_from_the_same_moment(now):
    report, action = confirmed(now)
    appealed_and(True, action, now + DAY)
    first, second = ledger.filter(user=report.reported_id)
    assert (first.delta, second.delta, second.reverses, second.counts_from) == (-10, 10, first.id, first.counts_from)
    assert score_of(report.reported_id).score == 50


def test_an_upheld_one_is_not(now):
    report, action = confirmed(now)
    appealed_and(False, action, now + DAY)
    assert deltas(report.reported_id) == [-10]


def test_an_overturned_action_without_a_report_took_nothing_off(me, now):
    appealed_and(True, taken(me, now=now), now)
    assert not ledger.exists()


def test_taking_back_twice_is_once_and_what_never_was_is_nothing(me, now):
    ref = uuid4()
    moved(me, -10, SOURCES.REPORT_CONFIRMED, ref=ref, now=now)
    undo = {"user_id": me, "source": SOURCES.REPORT_CONFIRMED, "now": now}
    with transaction.atomic():
        once, twice = (trust.take_back(source_ref_id=ref, **undo) for _ in range(2))
        assert trust.take_back(source_ref_id=uuid4(), **undo) is None
        assert trust.take_back(source_ref_id=ref, **undo | {"user_id": uuid4()}) is None
    assert (once.id, deltas(me)) == (twice.id, [-10, 10])


# Reviews.


def review(me, by, now, delta=10, reason="They were right.", ref=None):
    given = {"user_id": me, "by": by, "delta": delta, "reason": reason, "ref": ref or uuid4(), "now": now}
    with transaction.atomic():
        return trust.review(**given)


def test_a_moderator_moves_a_score_with_a_reason(me, now):
    event = review(me, moderator(), now)
    assert (score_of(me).score, event.metadata) == (60, {"reason": "They were right."})
    assert AuditLog.objects.get(action="trust_reviewed", entity_id=me).data == {"delta": 10}


def test_the_same_form_sent_twice_is_one_review(me, now):
    ref, by = uuid4(), moderator()
    review(me, by, now, ref=ref)
    review(me, by, now, ref=ref)
    assert deltas(me) == [10]


@pytest.mark.parametrize("delta", [0, 26, -26])
def test_a_review_has_bounds(me, now, delta):
    assert refusal_of(review, me=me, by=moderator(), now=now, delta=delta) == "review_out_of_bounds"


def test_a_review_has_a_reason(me, now):
    assert refusal_of(review, me=me, by=moderator(), now=now, reason=" ") == "statement_required"


def test_nobody_reviews_themselves_or_a_colleague(now):
    by, colleague = moderator(), moderator()
    assert refusal_of(review, me=by, by=by, now=now) == "own_case"
    assert refusal_of(review, me=colleague, by=by, now=now) == "staff_case"
    assert refusal_of(review, me=uuid4(), by=by, now=now) == "not_found"


# Decay.


def test_a_day_later_the_score_has_decayed_and_others_see_it(me, now):
    moved(me, -20, SOURCES.REPORT_CONFIRMED, now=now)
    assert (score_of(me).band, score_of(me).due_at) == ("usual", next_day(now))
    assert trust.settle_due(now=now) == 0
    assert trust.settle_due(now=next_day(now)) == 1
    found = score_of(me)
    assert (found.band, found.score, found.due_at) == ("low", 30, next_day(now) + DAY)


def test_back_in_the_middle_nobody_looks_again(me, now):
    moved(me, 3, now=now)
    trust.settle_due(now=now + 740 * DAY)
    assert (score_of(me).score, score_of(me).due_at) == (50, None)


def test_a_score_that_somebody_is_at_waits(me, now):
    moved(me, 3, now=now)
    TrustScore.objects.update(due_at=now)
    assert trust.settle_due(now=next_day(now)) == 1
    assert trust.settle_due(now=next_day(now)) == 0


# The scores and the ledger.


def checked():
    told = StringIO()
    try:
        call_command("trust", check=True, stdout=told, stderr=told)
    except CommandError as failed:
        return f"{told.getvalue()}{failed}"
    return told.getvalue()


def test_what_is_stored_is_what_the_ledger_makes(me, now):
    moved(me, 3, now=now)
    moved(me, -20, SOURCES.REPORT_CONFIRMED, now=now + 3 * DAY)
    trust.settle_due(now=now + 9 * DAY)
    assert checked() == "Every score is what its ledger makes of it.\n"


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"score": 99}, "score 99, by the ledger 53"),
        ({"components": {}}, "components {}"),
        ({"engine_version": "trust-0"}, "made by trust-0"),
        ({"last_seq": 2}, "numbers [1], by the ledger [2]"),
    ],
)
def test_what_is_not_is_named_and_mended(me, now, wrong, named):
    moved(me, 3, now=now)
    TrustScore.objects.update(**wrong)
    assert named in checked()
    if "last_seq" not in wrong:
        call_command("trust", recompute=True, stdout=StringIO())
        assert checked() == "Every score is what its ledger makes of it.\n"


def test_a_ledger_without_a_score_is_named(me, now):
    moved(me, 3, now=now)
    TrustScore.objects.all().delete()
    assert f"{me}: events and no score" in checked()


# How long it is kept, and what becomes of it.


def test_an_event_goes_after_three_years_and_the_scores_agree(me, now):
    moved(me, 3, now=now - 3 * 366 * DAY)
    moved(me, 2, now=now - 2 * 365 * DAY - DAY)
    trust.settle_due(now=now)
    assert retention.apply(now=now)["safety/trustscoreevent"] == 1
    assert (deltas(me), checked()) == ([2], "Every score is what its ledger makes of it.\n")


def test_nothing_makes_it_sooner(me, now):
    moved(me, 3, now=now - 2 * 366 * DAY)
    with transaction.atomic(), as_service(), connection.cursor() as cursor:
        cursor.execute("SELECT safety_drop_trust(%s, 100)", [now])
        assert cursor.fetchone() == (0,)


def test_an_export_tells_of_what_others_said_the_direction_alone(me, now):
    moved(me, 3, now=now)
    moved(me, -10, SOURCES.REPORT_CONFIRMED, now=now)
    review(me, moderator(), now)
    moved(me, 2, SOURCES.CONVERSATION, now=now)
    (part,) = [part for part in personal_data.parts() if part.model is TrustScoreEvent]
    told = [part.show(event, me) for event in part.rows(me).order_by("seq")]
    assert [(row["direction"], row.get("delta"), row.get("reason")) for row in told] == [
        ("up", None, None),
        ("down", -10, ""),
        ("up", 10, "They were right."),
        ("up", None, None),
    ]


FORGET = "SELECT safety_forget_trusted(%s, %s)"


def forget(user, tombstone, role=as_service):
    with transaction.atomic(), role(), connection.cursor() as cursor:
        cursor.execute(FORGET, [user, tombstone])
        return cursor.fetchone()[0]


def test_of_who_leaves_the_ledger_stays_under_a_tombstone_without_words(me, now):
    review(me, moderator(), now)
    User.objects.filter(id=me).update(status="deletion_pending")
    AccountDeletion.objects.create(user_id=me, due_at=now - DAY)
    tombstone = uuid4()
    assert forget(me, tombstone) == 1
    assert list(ledger.values_list("user_id", "delta", "metadata")) == [(tombstone, 10, {})]
    UserFactory(id=tombstone)  # as the erasure itself does, before the foreign keys are looked at


@pytest.mark.parametrize("why", ["not due", "somebody", "the client"])
def test_nobody_else_is_replaced(me, now, why):
    moved(me, 3, now=now)
    if why != "not due":
        User.objects.filter(id=me).update(status="deletion_pending")
        AccountDeletion.objects.create(user_id=me, due_at=now - DAY)
    tombstone = person().id if why == "somebody" else uuid4()
    role = (lambda: acting_as(me)) if why == "the client" else as_service
    with pytest.raises(DatabaseError):
        forget(me, tombstone, role)
    assert ledger.get().user_id == me
