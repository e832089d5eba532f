"""Getting out at once."""

from datetime import datetime
from uuid import UUID

from chat.enums import CloseReason
from chat.services import conversations, gates, reports
from config import hints, isolation
from safety.enums import BlockSource, ReportReason
from safety.models import Report


def leave(*, conversation_id: UUID, by: UUID, reason: ReportReason, details: str, now: datetime) -> Report:
    """End a conversation for both, block the other and report them with what was said, in one transaction.

    It is for every kind and every state, and twice is once; one that has ended already stays as it ended. What follows
    for matches, connections and streaks is a row with a due time, and nothing that goes wrong there can undo this.
    Raises NotYours.
    """
    report = reports.about_conversation(
        conversation_id=conversation_id, by=by, reason=reason, details=details, now=now, source=BlockSource.PANIC_EXIT
    )
    isolation.each(gates.walk, [(conversation_id, now)], failed="gate_not_walked")
    conversations.close(conversation_id=conversation_id, reason=CloseReason.PANIC_EXIT, by=by, now=now)
    hints.after_commit("connect.tasks.part_blocked")
    return report
