"""One real row in every table of ours: what the tests that go over all tables work on."""

from datetime import timedelta
from importlib import import_module
from itertools import count
from uuid import uuid4

from django.apps import apps
from django.utils import timezone

from chat.models import (
    Conversation,
    ConversationEvent,
    DecisionGate,
    GateWindow,
    HeldMessage,
    Message,
    MessagePicture,
    Prompt,
    Reveal,
)
from connect import models as people
from matching.models import (
    Chart,
    Connection,
    ConnectionEvent,
    DiscoveryBatch,
    DiscoveryCard,
    DiscoveryEntry,
    DiscoveryFilter,
    EngineParameters,
    Interest,
    InterestWipe,
    Match,
    MatchFeedback,
    MatchingRun,
    MatchingShard,
    MeetReflection,
    PoolEntry,
    QueueEntry,
    Server,
)
from matching.vectors import LANGUAGE_BYTES, WIDTH
from safety.crypto import Cipher, new_data_key, wrap
from safety.models import (
    Appeal,
    AuditLog,
    Block,
    BlockedIdentity,
    IdempotencyKey,
    ModerationAction,
    ModerationRule,
    Report,
    SafetyFlag,
    StandingIdentity,
    TextTrace,
    TrustScore,
    TrustScoreEvent,
)
from streaks.models import (
    CheckIn,
    CreditProtection,
    DailyPromptAnswer,
    MilestoneReveal,
    Nudge,
    NudgePayment,
    Outage,
    RecoveryPayment,
    RevealContent,
    RevealJob,
    RevealMilestone,
    Streak,
    WeeklyIntent,
    XpEntry,
)
from tests.safety.rows_of_faces import likeness

APPS = ["safety", "connect", "matching", "chat", "streaks", "faces"]
SECRET_TEXT = b"ciphertext-of-a-secret"
NUMBERS = {
    name: value
    for name, value in import_module("matching.migrations.0004_first_parameters").FIRST.items()
    if name not in {"number", "note"}
}
_numbers = count(1)


def our_models():
    return [model for label in APPS for model in apps.get_app_config(label).get_models()]


def person(**fields):
    fields.setdefault("email", f"person{next(_numbers)}-{uuid4().hex[:8]}@example.org")
    return people.User.objects.create(password="argon2$not-a-hash", **fields)


def live_session(user, **fields):
    now = timezone.now()
    values = {"refresh_token_hash": uuid4().hex, "device_label": "phone", "last_used_at": now}
    return people.DeviceSession.objects.create(
        **{"user": user, "expires_at": now + timedelta(days=1), **values, **fields}
    )


def fill(me, other):
    """A row in every table, about `me` (and `other` where it takes two); model -> instance."""
    return {type(row): row for rows in (_own(me), _paired(me, other), _protection(me, other)) for row in rows}


def _own(me):
    now = timezone.now()
    made = people
    yield me
    session = live_session(me)
    yield session
    yield made.Profile.objects.create(user=me, nickname="Otter", name="Olga Otter", birth_date="1990-01-02")
    yield made.BirthData.objects.create(user=me, latitude="52.5", longitude="13.4", timezone="Europe/Berlin")
    yield made.ConnectProfile.objects.create(user=me, is_active=True)
    yield made.Consent.objects.create(user=me, purpose="matching", version="v1", granted_at=now)
    yield made.Notification.objects.create(user=me, type="match_proposed", title="Somebody for you")
    option = made.HobbyOption.objects.create(code=f"hobby-{next(_numbers)}", name="Otter spotting", category="nature")
    yield option
    yield made.Hobby.objects.create(user=me, option=option, description="By the river, before breakfast.")
    yield made.Photo.objects.create(
        user=me,
        position=1,
        file=f"photos/00/{uuid4()}.jpg",
        file_key=b"wrapped-key",
        size=1000,
        digest=uuid4().hex * 2,
        width=800,
        height=1000,
        has_face=True,
        quality=0.8,
        analyzer="classical-1",
    )
    yield made.AuthIdentity.objects.create(user=me, provider="password", provider_subject=uuid4().hex)
    yield made.PreferenceSettings.objects.create(
        user=me,
        conversation_depth="deep",
        contact_frequency="daily",
        directness_score=50,
        humor_score=50,
        response_pace="quick",
        group_comfort="any",
        friendship_intention="long_term",
    )
    yield made.ValueScore.objects.create(user=me, value_key="honesty", score=70)
    yield made.InterestScore.objects.create(user=me, interest_key="music", score=70)
    yield made.OffLimitsTopic.objects.create(user=me, topic_key="politics")
    yield made.NonNegotiable.objects.create(user=me, dimension="value", key="honesty", priority_rank=1)
    yield made.ReadinessAnswer.objects.create(user=me, question_key="closure", answer=4)
    question, _ = made.PersonalityQuestion.objects.get_or_create(
        version="mini-ipip-1",
        key="party_life",
        defaults={"position": 1, "dimension": "extraversion", "reversed": False},
    )
    yield question
    yield made.PersonalityAnswer.objects.create(user=me, question=question, answer=4)
    dimensions = ("extraversion", "agreeableness", "imagination")
    numbers = {"scores": dict.fromkeys(dimensions, 75.0), "confidence": dict.fromkeys(dimensions, 0.65)}
    yield made.PersonalityScore.objects.create(user=me, version="1", **numbers)
    device = made.PushDevice.objects.create(
        user=me, session=session, endpoint=f"https://push.example/{uuid4().hex}", p256dh="public-key", auth="auth-key"
    )
    yield device
    yield made.PushDelivery.objects.create(user=me, device=device, notification_id=uuid4(), due_at=now)
    yield made.OutgoingMail.objects.create(to=me.email, subject="Your code", body="123456", due_at=now)
    yield made.OutgoingSms.objects.create(to="+4915112345678", body="123456", due_at=now)
    yield made.PasswordReset.objects.create(email=me.email, code_hash="c", expires_at=now)
    yield made.PhoneVerification.objects.create(user=me, phone="+4915112345678", code_hash="c", expires_at=now)
    yield made.VerificationSignal.objects.create(user=me, kind="email", verified_at=now)
    yield made.PendingRegistration.objects.create(
        email=f"new-{uuid4().hex}@example.org", password="hash-of-a-password", code_hash="c", expires_at=now
    )
    told = {"client_id": uuid4(), "event_name": "app_opened", "properties": {"platform": "web"}}
    yield made.AnalyticsEvent.objects.create(user=me, occurred_at=now, ingested_at=now, **told)
    yield made.DailyFigure.objects.create(day=now.date(), metric="event", bucket=uuid4().hex, number=7)
    yield made.DataExport.objects.create(user=me, due_at=now)
    yield made.AccountDeletion.objects.create(user=me, due_at=now)
    yield from _paid(me, now)
    yield from _rituals(me, now)
    yield Chart.objects.create(user=me, astrology={"sun": 1}, due_at=now)
    yield DiscoveryFilter.objects.create(person=me, server="partner", genders=["male"])
    yield DiscoveryEntry.objects.create(
        user=me, visible=True, has_room=True, flagged=False, min_age=18, max_age=99, exposure=0, built_at=now
    )
    yield PoolEntry.objects.create(user=me, key=[1.0] * WIDTH, languages=bytes(LANGUAGE_BYTES), due_at=now)


def _rituals(me, now):
    prompt, _ = Prompt.objects.get_or_create(
        code="daily_otters",
        defaults={"prompt_type": "daily", "stage": 1, "text_en": "Any otters today?", "text_de": "Otter gesehen?"},
    )
    yield prompt
    yield DailyPromptAnswer.objects.create(
        user=me, prompt=prompt, local_date=now.date(), answer="An-answer-of-mine", answered_at=now
    )
    monday = now.date() - timedelta(days=now.date().weekday())
    yield WeeklyIntent.objects.create(user=me, week_start_date=monday, intent="An-intent-of-mine", updated_at=now)
    yield XpEntry.objects.create(
        user=me, xp_delta=10, source_type="daily_answer", source_ref_id=uuid4(), awarded_at=now
    )


def _paid(me, now):
    made = people
    payment = made.Payment.objects.create(
        user=me, item="recovery", subject_id=uuid4(), amount=199, currency="eur", provider="sandbox"
    )
    yield payment
    yield made.PaymentState.objects.create(payment=payment, number=1, status="pending", at=now)
    yield made.PaymentJob.objects.create(payment=payment, due_at=now, client_secret="a-client-secret")
    yield made.Subscription.objects.create(user=me, tier="plus", provider="sandbox", begun_at=now, due_at=now)
    yield made.CreditEntry.objects.create(
        user=me, amount=100, currency="eur", reason="goodwill", source_id=uuid4(), at=now
    )
    yield made.BillingDifference.objects.create(
        provider="sandbox", entity="payment", entity_id=payment.id, ours="pending", theirs="settled", at=now
    )


def _paired(me, other):
    now = timezone.now()
    first, second = sorted([me, other], key=lambda user: user.id)
    yield people.Disclosure.objects.create(
        viewer=me, subject=other, level="face", source="reveal", source_id=uuid4(), granted_at=now
    )
    run = MatchingRun.objects.create(due_at=now)
    yield MatchingShard.objects.create(run=run, number=0, meetings=b"")
    for status in ("running", "finished"):
        run.status = status
        run.save()
    yield run
    yield EngineParameters.objects.create(number=1000 + next(_numbers), created_by=me, **NUMBERS)
    yield _waited(me, now)
    match = Match.objects.create(
        user_a=first,
        user_b=second,
        total_score=70,
        engine_version="1",
        weight_profile="1",
        expires_at=now,
        run=run,
    )
    yield match
    yield MatchFeedback.objects.create(match=match, user=me, rating=4, notes="private-notes", engine_version="1")
    yield MeetReflection.objects.create(
        match=match, user=me, vibe_score=5, meet_outcome="again", feedback_tags=["kind"], given_at=now
    )
    yield from _talk(me, other, match, now)
    connection = Connection.objects.create(user_low=first, user_high=second, origin="compatibility", match=match)
    yield connection
    yield ConnectionEvent.objects.create(connection=connection, event_type="created")
    yield Server.objects.get_or_create(code="partner", defaults={"name": "Partner", "sort_order": 1})[0]
    batch = DiscoveryBatch.objects.create(person=me, server="partner", made_at=now, exhausted=True)
    yield batch
    snapshot = {"city": "", "age_band": "30-34", "distance": "unknown", "hobbies": []}
    yield DiscoveryCard.objects.create(
        batch=batch, owner=me, subject=other, position=1, snapshot=snapshot, shown_at=now
    )
    yield Interest.objects.create(sender=me, receiver=other, server="partner", card=uuid4())
    yield InterestWipe.objects.create(user=me, connection=connection, interests=1)
    yield from _days(me, other, connection, now)
    yield from likeness(me, other, connection, now)


def _waited(me, now):
    """A wait that somebody ended."""
    entry = QueueEntry.objects.create(user=me, enqueued_at=now, waiting_since=now, seen_at=now)
    entry.status, entry.queue_reason, entry.dequeued_at = "cancelled", "left", now
    entry.save()
    return entry


def _days(me, other, connection, now):
    today = now.date()
    streak = Streak.objects.create(
        connection=connection,
        user_low=connection.user_low,
        user_high=connection.user_high,
        timezone="UTC",
        started_on=today,
        day=today,
        due_at=now + timedelta(days=1),
    )
    yield streak
    yield CheckIn.objects.create(
        streak=streak, user=me, local_date=today, cycle=1, effort_signal="steady", checked_in_at=now
    )
    yield Nudge.objects.create(streak=streak, sender=me, receiver=other, local_date=today, number=1, sent_at=now)
    yield Outage.objects.create(starts_at=now - timedelta(hours=1), ends_at=now)
    yield from _reached(me, other, streak, now)


def _reached(me, other, streak, now):
    milestone, _ = RevealMilestone.objects.get_or_create(tier="free", number=1, defaults={"day_required": 4})
    yield milestone
    payment = people.Payment.objects.filter(user=me, item="recovery").latest("id")
    yield RecoveryPayment.objects.create(streak=streak, breaker=me, day=now.date(), pay_with="money", payment=payment)
    yield NudgePayment.objects.create(streak=streak, sender=me, day=now.date(), pay_with="money", payment=payment)
    yield CreditProtection.objects.create(
        payment=payment, streak=streak, payer=me, opened_at=now, ends_at=now + timedelta(days=1)
    )
    reveal = MilestoneReveal.objects.create(streak=streak, user=me, number=1)
    yield reveal
    yield RevealJob.objects.create(reveal=reveal, due_at=now)
    content = {"title": "What draws them", "text": "A-told-secret"}
    yield RevealContent.objects.create(
        reveal=reveal, user=me, subject=other, content=content, writer="template", written_at=now
    )


def _talk(me, other, match, now):
    conversation = Conversation.objects.create(
        kind="blind",
        match=match,
        user_a=match.user_a,
        user_b=match.user_b,
        pseudonym_a="Quiet Fox",
        pseudonym_b="Blue Heron",
        data_key=b"wrapped-key",
        last_seq=1,
        last_activity_at=now,
    )
    yield conversation
    message = Message.objects.create(
        conversation=conversation,
        sender=me,
        seq=1,
        client_id=uuid4().hex,
        content_ciphertext=SECRET_TEXT,
        sent_at=now,
    )
    yield message
    yield ConversationEvent.objects.create(conversation=conversation, seq=1, type="message", side="a", message=message)
    yield MessagePicture.objects.create(
        id=message.id,
        message=message,
        file=f"messages/00/{uuid4()}.jpg",
        file_key=b"wrapped-key",
        size=1000,
        digest=uuid4().hex * 2,
        width=800,
        height=1000,
    )
    yield HeldMessage.objects.create(message=message, label="threat", risk=80)
    yield GateWindow.objects.create(
        conversation=conversation, gate_minute=10, opens_at=now, closes_at=now + timedelta(minutes=2)
    )
    yield DecisionGate.objects.create(
        conversation=conversation, gate_minute=10, user=me, decision="not_yet", decided_at=now
    )
    yield Reveal.objects.create(
        match=match, conversation=conversation, requested_by=me, requested_to=other, expires_at=now
    )


def appeal_of(action, text="It was no spam."):
    key = new_data_key()
    appeal = Appeal(action=action, action_by=action.by, appellant=action.against, text_key=wrap(key))
    appeal.text = Cipher(key).seal(text.encode(), appeal.id.bytes)
    appeal.save(force_insert=True)
    return appeal


def _protection(me, other):
    now = timezone.now()
    block = Block.objects.create(blocker=me, blocked=other, source="manual", alias="Someone")
    yield block
    yield BlockedIdentity.objects.create(block=block, digest=uuid4().hex)
    yield IdempotencyKey.objects.create(user=me, key=uuid4().hex, scope="POST /x", request_hash="h", expires_at=now)
    yield Report.objects.create(
        reporter=me,
        reported=other,
        subject_kind="match",
        subject_id=uuid4(),
        reason_code="spam",
        severity="low",
        priority=1,
        due_at=now,
    )
    action = ModerationAction.objects.create(
        against=me, by=other, kind="warning", reason_code="spam", statement_of_reasons="It was spam."
    )
    yield action
    yield appeal_of(action)
    yield SafetyFlag.objects.create(user=me, kind="risky_text", source_kind="message", source_id=uuid4())
    yield StandingIdentity.objects.create(user=me, digest=uuid4().hex)
    yield TextTrace.objects.create(user=me, kind="opener", place_id=uuid4(), mark=1, expires_at=now)
    yield TrustScore.objects.create(user=me, score=46, engine_version="trust-1", last_seq=1, updated_at=now)
    yield TrustScoreEvent.objects.create(
        user=me,
        seq=1,
        delta=-4,
        asked=-4,
        source="reflection",
        source_ref_id=uuid4(),
        metadata={"reason": "A-trusted-secret"},
        counts_from=now,
        at=now,
    )
    yield ModerationRule.objects.create(
        label="threat", language="en", kind="keyword", view="squeezed", pattern=f"word {next(_numbers)}", risk=50
    )
    yield AuditLog.objects.filter(entity_id=me.id).latest("created_at")
