"""Writing what reveals tell.

A job is claimed and the claim committed before a writer is asked, who may be somebody outside. What comes back is
looked at for what would give the other away, and then kept: once for each person and reveal.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from connect.enums import Purpose, WriterName
from connect.models import Consent
from connect.writers.base import Framed, first_fit
from connect.writers.leaks import Secrets
from connect.writers.secrets import secrets_of
from matching.models import Connection
from safety.models import apart
from safety.roles import as_service
from streaks import writers
from streaks.enums import MilestoneStatus
from streaks.models import MilestoneReveal, RevealContent, RevealJob
from streaks.services import conversions, facts, locks, telling
from streaks.writers import phrases
from streaks.writers.base import Facts

logger = structlog.get_logger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=10)


def write_due(*, now: datetime) -> int:
    """Write a batch of the contents that are due; how many were seen to."""
    jobs = _claim(now)
    for job_id, reveal_id in jobs:
        _write(job_id, reveal_id, now)
    return len(jobs)


def frame(known: Facts, secrets: Secrets) -> Framed:
    """A text that gives nobody away, and who wrote it: the chosen writer, else the template, else of no facts."""
    names = (_writer_of(known), WriterName.TEMPLATE)
    framed = first_fit(names, lambda name: writers.by_name(name).text(known), secrets)
    return framed or (phrases.UNSPOKEN[known.language], WriterName.TEMPLATE)


def _writer_of(known: Facts) -> WriterName:
    """There is nothing for a model to write where there are no facts."""
    return writers.chosen() if known.words else WriterName.TEMPLATE


def _claim(now: datetime) -> list[tuple[UUID, UUID]]:
    with transaction.atomic(), as_service():
        due = RevealJob.objects.claimable(now).order_by("due_at").select_for_update(skip_locked=True)
        found = list(due.values_list("id", "reveal_id")[:BATCH])
        claimed = RevealJob.objects.filter(id__in=[job_id for job_id, _ in found])
        claimed.update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    return found


def _write(job_id: UUID, reveal_id: UUID, now: datetime) -> None:
    """A fault is logged and keeps only its own reveal waiting, until the claim runs out."""
    try:
        gathered = _gather(reveal_id, now)
        if gathered is None:
            _drop(job_id, reveal_id, now)
        else:
            _keep(job_id, reveal_id, gathered[0], frame(*gathered), now)
    except Exception:
        logger.exception("reveal_not_written", reveal_id=str(reveal_id))


def _gather(reveal_id: UUID, now: datetime) -> tuple[Facts, Secrets] | None:
    """What to write from; None where there is nobody to tell of any more."""
    with transaction.atomic(), as_service():
        reveal = MilestoneReveal.objects.select_related("streak").filter(id=reveal_id).first()
        if reveal is None or not _together(reveal):
            return None
        secrets = secrets_of(reveal.streak.other(reveal.user_id), now.date())
        return facts.of(reveal), secrets


def _together(reveal: MilestoneReveal) -> bool:
    standing = Connection.objects.standing().filter(~apart("user_low", "user_high"))
    return standing.filter(id=reveal.streak.connection_id).exists()


def _drop(job_id: UUID, reveal_id: UUID, now: datetime) -> None:
    """Nothing is written any more; what was paid for becomes credits."""
    with transaction.atomic(), as_service():
        reveal = _hold(reveal_id)
        if reveal is not None:
            _give_back(reveal, now)
        RevealJob.objects.filter(id=job_id).delete()


def _keep(job_id: UUID, reveal_id: UUID, known: Facts, framed: Framed, now: datetime) -> None:
    """Unlock the reveal with its content, unless that was done meanwhile.

    What is made of facts that went away meanwhile is written anew.
    """
    with transaction.atomic(), as_service():
        reveal = _hold(reveal_id)
        job = RevealJob.objects.filter(id=job_id)
        if reveal is None or _decide(reveal, known, framed, now):
            job.delete()
        else:
            job.update(due_at=now, claimed_until=None)


def _decide(reveal: MilestoneReveal, known: Facts, framed: Framed, now: datetime) -> bool:
    """Whether it is done with: unlocked, or given back where the two have parted or what was paid for tells nothing."""
    together = _together(reveal)
    if together and facts.of(reveal) != known:
        return False
    if together and not (reveal.payment_id and framed[0] == phrases.UNSPOKEN[known.language]):
        _unlock(reveal, known.language, framed, now)
    else:
        _give_back(reveal, now)
    return True


def _hold(reveal_id: UUID) -> MilestoneReveal | None:
    """What waits for its content, with the pair and the other's consent locked; None where nothing waits.

    The consent comes first, as it does for who takes one back: that waits, and then finds what it has to delete.
    """
    waiting = MilestoneReveal.objects.filter(
        id=reveal_id, status__in=[MilestoneStatus.EARNED, MilestoneStatus.PURCHASED]
    ).select_related("streak")
    reveal = waiting.first()
    if reveal is None:
        return None
    subject = reveal.streak.other(reveal.user_id)
    list(Consent.objects.live().filter(user=subject, purpose=Purpose.MATCHING).select_for_update())
    locks.pair_and_streak(reveal.streak_id, by=None)
    return waiting.select_for_update(no_key=True, of=("self",)).first()


def _give_back(reveal: MilestoneReveal, now: datetime) -> None:
    """What was paid for is locked again, and the payment becomes credits."""
    payment = reveal.payment
    if payment is None:
        return
    reveal.status, reveal.payment = MilestoneStatus.LOCKED, None
    reveal.save(update_fields=["status", "payment"])
    if conversions.convert(payment, now):
        telling.credited(payment.user_id, payment.id)


def _unlock(reveal: MilestoneReveal, language: str, framed: Framed, now: datetime) -> None:
    text, writer = framed
    RevealContent.objects.create(
        reveal=reveal,
        user_id=reveal.user_id,
        subject_id=reveal.streak.other(reveal.user_id),
        content={"title": phrases.TITLES[language][reveal.number - 1], "text": text},
        writer=writer,
        written_at=now,
    )
    reveal.status, reveal.unlocked_at = MilestoneStatus.UNLOCKED, now
    reveal.save(update_fields=["status", "unlocked_at"])
    telling.unlocked(reveal.user_id, reveal.streak_id)


def unlock_last(reveal: MilestoneReveal, now: datetime) -> None:
    """The last reveal needs no writer: who the other is they show each other themselves. Needs the service role."""
    known = facts.of(reveal)
    text = writers.by_name(WriterName.TEMPLATE).text(known)
    _unlock(reveal, known.language, (text, WriterName.TEMPLATE), now)


def forget(*, user_id: UUID) -> int:
    """Delete what others were told of a person that was made of what they gave for matching; how many."""
    with as_service():
        told = RevealContent.objects.filter(subject=user_id, reveal__number__in=facts.ASKED)
        count: int = told.delete()[0]
    return count
