"""What protection holds of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet

from safety import limits, trust
from safety.enums import DECIDED, ActionKind, AppealStatus, TrustSource
from safety.models import (
    Appeal,
    AuditLog,
    Block,
    BlockedIdentity,
    IdempotencyKey,
    ModerationAction,
    Report,
    SafetyFlag,
    StandingIdentity,
    TextTrace,
    TrustScore,
    TrustScoreEvent,
)
from safety.parts import both, deletes, empties, older, replaces, sweeping
from safety.personal_data import Erasure, Leaving, Part, Retention, before_erasure, needed_while, register
from safety.services import appeals, reports

ERASED = "(erased)"
BY_OTHERS = {TrustSource.REFLECTION, TrustSource.CONVERSATION}
EMPTY_CASE: dict[str, Any] = {"details": None, "evidence": None, "evidence_key": None}


def has_open_case(person: UUID) -> bool:
    """Whether a report by or against this person, or an appeal of theirs, waits for its decision."""
    cases = Report.objects.undecided().filter(Q(reporter=person) | Q(reported=person))
    return cases.exists() or Appeal.objects.open().filter(appellant=person).exists()


def forget_appeals(model: type[Model], leaving: Leaving) -> int:
    """What they wrote and were answered; whose they are follows from the action."""
    own = Appeal.objects.filter(appellant=leaving.person)
    own.exclude(decision_text="").update(decision_text=ERASED)
    own.update(text=b"", text_key=b"")
    return 0


def forget_reasons(model: type[Model], leaving: Leaving) -> int:
    """What was written of them, but for what is in force; that something was decided stays."""
    Report.objects.filter(reported=leaving.person).exclude(decision_text="").update(decision_text=ERASED)
    own = ModerationAction.objects.against(leaving.person)
    standing = own.live(leaving.now).binding().values("id")
    own.exclude(id__in=standing).update(statement_of_reasons=ERASED)
    own.update(left_at=leaving.now)
    return 0


def forget_identities(model: type[Model], leaving: Leaving) -> int:
    """By what they would be recognised, unless something is in force against them; an open case has held this up."""
    own = StandingIdentity.objects.filter(user=leaving.person)
    if not ModerationAction.objects.against(leaving.person).live(leaving.now).binding().exists():
        own.delete()
    return own.update(user=leaving.tombstone, left_at=leaving.now)


def over(model: type[Model], moment: datetime) -> QuerySet[Any]:
    """Actions without effect for so long, or about people who left so long ago, whose appeals are decided."""
    ended = Q(expires_at__lte=moment) | Q(revoked_at__lte=moment) | Q(kind=ActionKind.WARNING, created_at__lte=moment)
    ended |= Q(left_at__lte=moment)
    return ModerationAction.objects.filter(ended).exclude(appeal__status=AppealStatus.OPEN)


def drop_with_appeals(actions: QuerySet[Any]) -> None:
    Appeal.objects.filter(action__in=actions).delete()
    actions.delete()


def forget_person(model: type[Model], leaving: Leaving) -> int:
    """The one change that the audit admits; the function behind it asks again whether the account is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT safety_forget_person(%s, %s)", [leaving.person, leaving.tombstone])
    return 0  # entries have no foreign keys


def drop_audit(model: type[Model], moment: datetime, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT safety_drop_audit(%s, %s)", [moment, most])
        return int(cursor.fetchone()[0])


def forget_trusted(model: type[Model], leaving: Leaving) -> int:
    """The one change that the ledger of trust admits; the function behind it asks again whether the account is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT safety_forget_trusted(%s, %s)", [leaving.person, leaving.tombstone])
        return int(cursor.fetchone()[0])


def drop_trust(model: type[Model], moment: datetime, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT safety_drop_trust(%s, %s)", [moment, most])
        return int(cursor.fetchone()[0])


def forget_limits(person: UUID, now: datetime) -> None:
    limits.forget(person)


def _block(block: Any, person: UUID) -> dict[str, Any]:
    return {"alias": block.alias, "source": block.source, "created_at": block.created_at}


def _report(report: Any, person: UUID) -> dict[str, Any]:
    names = ("id", "subject_kind", "reason_code", "status", "created_at")
    return {"details": reports.details_of(report), **{name: getattr(report, name) for name in names}}


def _entry(entry: Any, person: UUID) -> dict[str, Any]:
    return {"created_at": entry.created_at, "action": entry.action, "entity": entry.entity}


def _action(action: Any, person: UUID) -> dict[str, Any]:
    names = ("kind", "reason_code", "statement_of_reasons", "created_at", "expires_at", "revoked_at")
    return {name: getattr(action, name) for name in names}


def _appeal(appeal: Any, person: UUID) -> dict[str, Any]:
    names = ("status", "decision_text", "created_at", "decided_at")
    return {"text": appeals.text_of(appeal), **{name: getattr(appeal, name) for name in names}}


def _trust(score: Any, person: UUID) -> dict[str, Any]:
    return {"score": trust.shown(score.score), "band": score.band, "updated_at": score.updated_at}


def _moved(event: Any, person: UUID) -> dict[str, Any]:
    """Of what others said the direction alone: from its size somebody could reckon what the last of them said, or how
    far the other of a talk is trusted.
    """
    exact = {} if event.source in BY_OTHERS else {"delta": event.delta, "reason": _reason(event)}
    direction = "up" if event.delta > 0 else "down" if event.delta < 0 else "unchanged"
    return {"at": event.at, "source": event.source, "direction": direction, **exact}


def _reason(event: Any) -> str:
    reason: str = event.metadata.get("reason", "")
    return reason


def _of_staff(*columns: str) -> Erasure:
    return replaces(*columns, words="staff who leave are replaced by a random id")


def declare() -> None:
    before_erasure(forget_limits)
    needed_while(has_open_case)
    register(*_records(), *_blocks_made(), *_cases(), *_signs(), *_trusted())


def _records() -> list[Part]:
    return [
        Part(
            AuditLog,
            "What you did, as far as it is recorded",
            "to find out what happened when something went wrong",
            Erasure("kept with a random id in the place of yours", forget_person, last=True),
            belongs=("actor_id",),
            shown=_entry,
            seen_by="you; moderators",
            retention=Retention("audit", "the entry", drop_audit),
        ),
        Part(
            IdempotencyKey,
            "Replies kept for a request that is sent again",
            "so that nothing happens twice",
            deletes("user"),
            withheld="copies of what you were answered",
            lasts="24 hours",
            seen_by="nobody",
        ),
    ]


def _blocks_made() -> list[Part]:
    return [
        Part(
            Block,
            "Whom you blocked, by the name you knew them by",
            "to keep you apart",
            both(deletes("blocker"), empties("blocked", words="those against you kept for the other without you")),
            belongs=("blocker",),
            shown=_block,
            seen_by="you; moderators",
        ),
    ]


def _cases() -> list[Part]:
    return [
        Part(
            Report,
            "What you reported",
            "to protect you and others",
            both(replaces("reporter", "reported", cleared=EMPTY_CASE), _of_staff("assigned_to", "decided_by")),
            belongs=("reporter",),
            shown=_report,
            seen_by="you; moderators",
            retention=older("reports", "updated_at", "its decision", status__in=DECIDED, actions=None),
        ),
        Part(
            ModerationAction,
            "What moderators did about you, and why",
            "to protect others, and to tell you the reasons",
            both(
                Erasure("the reasons deleted, unless it is in force", forget_reasons, last=True),
                replaces("against", "by", "revoked_by"),
            ),
            belongs=("against",),
            shown=_action,
            seen_by="you; moderators",
            retention=Retention("reports", "its end, or from your leaving", sweeping(over, drop_with_appeals)),
        ),
        Part(
            Appeal,
            "What you said against it, and the answer",
            "so that somebody else looks at it again",
            both(Erasure("the words deleted", forget_appeals, last=True), _of_staff("decided_by")),
            belongs=("appellant",),
            shown=_appeal,
            seen_by="you; moderators",
            lasts="as long as what it is about",
        ),
    ]


def _signs() -> list[Part]:
    return [
        Part(
            SafetyFlag,
            "Signs that something may be wrong",
            "to protect others",
            both(deletes("user"), _of_staff("resolved_by")),
            withheld="whoever knew of them would work around them",
            seen_by="moderators",
            retention=older("reports", "created_at", "the day"),
        ),
        Part(
            TextTrace,
            "Keyed numbers of what you said first, or may not say",
            "to find who says the same to everybody",
            deletes("user"),
            withheld="whoever knew of them would work around them",
            seen_by="nobody",
            lasts="a day",
        ),
        Part(
            BlockedIdentity,
            "Keyed hashes of the addresses of whom others blocked",
            "so that a block outlives the account",
            deletes("block__blocker", words="those of others kept while their block stands"),
            withheld="that somebody blocked you is theirs to know",
            seen_by="nobody",
            lasts="as long as the block",
        ),
        Part(
            StandingIdentity,
            "Keyed hashes of what you are reached by, while an action or a case against you stands",
            "so that it outlives the account",
            Erasure("kept without you while an action is in force; else deleted", forget_identities, last=True),
            withheld="hashes of what stands in your account",
            seen_by="nobody",
            retention=older("reports", "left_at", "your leaving, or until nothing stands any more"),
        ),
    ]


def _trusted() -> list[Part]:
    why = "so that people meet others who treat them well"
    return [
        Part(
            TrustScore,
            "How far you are trusted, in steps of 5",
            why,
            deletes("user"),
            shown=_trust,
            seen_by="you; a connection, as low, usual or high; moderators",
        ),
        Part(
            TrustScoreEvent,
            "What moved how far you are trusted; of what others said of you, whether up or down",
            why,
            Erasure("kept with a random id in the place of yours", forget_trusted, last=True),
            shown=_moved,
            seen_by="you; moderators",
            retention=Retention("trust", "the day", drop_trust),
        ),
    ]
