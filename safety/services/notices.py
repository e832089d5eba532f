"""What people are told of a moderator's decisions. How it reaches them is the business of the app above."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from safety.enums import ActionKind, AppealStatus, ReportStatus
from safety.models import Appeal, ModerationAction, Report
from safety.signals import person_told

OUTCOMES = {
    ReportStatus.OPEN: "We have your report and will look into it.",
    ReportStatus.TRIAGED: "A moderator is looking into your report.",
    ReportStatus.ACTIONED: "We looked into your report and took measures.",
    ReportStatus.DISMISSED: "We looked into your report and found nothing that breaks our rules. "
    "The two of you stay apart for as long as you want it.",
}
TITLES = {
    ActionKind.WARNING: "You were warned",
    ActionKind.RESTRICTION: "Your account is restricted",
    ActionKind.SUSPENSION: "Your account is suspended",
    ActionKind.BAN: "Your account is closed to you",
}
MAILED = {ActionKind.SUSPENSION, ActionKind.BAN}
CARRIED = "It was decided about another account, which had the same address, number or sign-in as yours. "
APPEAL_HINT = "If you think this is wrong, you can appeal; another moderator will decide."
MOOT = "What you appealed against was taken back. There is nothing left to decide."


@dataclass(frozen=True)
class Notice:
    """One thing to tell one person; `letter` is what also goes to them by mail, if anything does."""

    user_id: UUID
    about: Literal["report", "action", "appeal", "case"]
    about_id: UUID
    title: str
    message: str = ""
    letter: str = ""


def tell_of_action(action: ModerationAction, *, now: datetime) -> None:
    """Say what was done; who is kept out, and so reads no notifications, gets it with all reasons by mail."""
    kind = ActionKind(action.kind)
    until = f"Until {action.expires_at:%d %B %Y, %H:%M} UTC. " if action.expires_at else ""
    hint = f"{CARRIED if action.carried_from_id else ''}{until}{APPEAL_HINT}"
    letter = f"{TITLES[kind]}.\n\n{action.statement_of_reasons}\n\n{hint}\n" if kind in MAILED else ""
    _tell(Notice(action.against_id, "action", action.id, TITLES[kind], hint, letter), now)


def tell_of_end(action: ModerationAction, *, now: datetime) -> None:
    """Say that an action is over, by its date or because it was taken back."""
    words = "It was taken back." if action.revoked_at else "Its time is over."
    _tell(Notice(action.against_id, "action", action.id, f"Your {action.kind} has ended", words), now)


def tell_overseer(report: Report, overseer: UUID, *, now: datetime) -> None:
    """Tell who may decide it, by mail too, that a case about a member of staff waits; no word of what it says."""
    title, words = "A case about a member of staff", "It waits in the queue for an admin to decide."
    _tell(Notice(overseer, "case", report.id, title, words, f"{title}. {words}\n"), now)


def tell_outcome(report: Report, *, now: datetime) -> None:
    """Tell a reporter that their report is decided, and no more of the other than that."""
    outcome = OUTCOMES[ReportStatus(report.status)]
    _tell(Notice(report.reporter_id, "report", report.id, "Your report was decided", outcome), now)


def tell_of_appeal(appeal: Appeal, *, now: datetime) -> None:
    """Say how an appeal ended; by mail too, since who is suspended reads no notifications."""
    if appeal.status == AppealStatus.MOOT:
        title, words = "Your appeal is closed", MOOT
        letter = f"{MOOT}\n"
    else:
        title, words = "Your appeal was decided", f"The decision is {appeal.status}."
        letter = f"Your appeal was decided: the decision is {appeal.status}.\n\n{appeal.decision_text}\n"
    _tell(Notice(appeal.appellant_id, "appeal", appeal.id, title, words, letter), now)


def _tell(notice: Notice, now: datetime) -> None:
    person_told.send(sender=Notice, notice=notice, now=now)
