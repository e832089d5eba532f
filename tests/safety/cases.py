"""Reports, and the staff who decide them."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from safety.enums import ActionKind, ReportReason
from safety.services import actions, appeals, reports
from safety.services.actions import Measure
from tests.safety.rows import person

WARNING = Measure(ActionKind.WARNING)
RESTRICTION = Measure(ActionKind.RESTRICTION)
WEEK = Measure(ActionKind.SUSPENSION, timedelta(days=7))
BAN = Measure(ActionKind.BAN)
MEASURES = {measure.kind.value: measure for measure in (WARNING, RESTRICTION, WEEK, BAN)}


def moderator():
    return person(is_staff=True).id


@transaction.atomic
def filed(by=None, against=None, reason=ReportReason.HARASSMENT, now=None, details="They said it."):
    """A report about nothing that is stored; its evidence is empty."""
    return reports.file(
        by=by or person().id,
        against=against or person().id,
        subject_kind="match",
        subject_id=uuid4(),
        reason=reason,
        details=details,
        alias="Quiet Fox",
        now=now or timezone.now(),
    )


@transaction.atomic
def taken(against, measure=WARNING, now=None, by=None):
    """An action against somebody, without a report."""
    return actions.take(
        against=against,
        by=by or moderator(),
        measure=measure,
        reason_code=ReportReason.HARASSMENT,
        statement="You insulted somebody.",
        now=now or timezone.now(),
    )


@transaction.atomic
def appealed(measure=WARNING, now=None):
    """An open appeal against an action."""
    user = person().id
    action = taken(user, measure, now)
    return appeals.file(action=action.id, by=user, text="I did not.", now=now or timezone.now())
