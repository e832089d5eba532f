"""Asking for help against the other side of a match or a conversation, or against somebody one sees."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from chat import acquaintances
from chat.enums import MessageType, RevealState
from chat.models import Conversation, Message, MessagePicture
from chat.sealing import Box, MessageUnreadable
from config.errors import NotYours
from connect.models import Disclosure, Profile
from connect.services import kept_pictures
from matching.models import Match
from safety.enums import BlockSource, ReportReason
from safety.models import Report
from safety.roles import as_service
from safety.services import reports
from safety.services.blocks import FORMER_ALIAS

logger = structlog.get_logger(__name__)

EVIDENCE_MESSAGES = 1000
EVIDENCE_PICTURES = 10
UNNAMED = "Your match"
# What others see of a profile; neither name nor birth date.
SHOWN = ("nickname", "city", "country", "bio", "languages")


def about_conversation(
    *,
    conversation_id: UUID,
    by: UUID,
    reason: ReportReason,
    details: str,
    now: datetime,
    source: BlockSource = BlockSource.REPORT,
) -> Report:
    """Report the other side of a conversation, whatever its state; it ends at once. Raises NotYours."""
    with as_service():
        conversation = Conversation.objects.of(by).filter(id=conversation_id).first()
    if conversation is None:
        raise NotYours()
    other = conversation.other(by)
    return reports.file(
        by=by,
        against=other,
        subject_kind="conversation",
        subject_id=conversation.id,
        reason=reason,
        details=details,
        alias=conversation.pseudonym_of(other),
        now=now,
        source=source,
    )


def about_match(*, match_id: UUID, by: UUID, reason: ReportReason, details: str, now: datetime) -> Report:
    """Report the other side of a match of whatever kind; of its conversation, if they have one. Raises NotYours."""
    with as_service():
        match = Match.objects.of(by).filter(id=match_id).first()
        conversation_id = Conversation.objects.filter(match=match_id).values_list("id", flat=True).first()
        kind, other = ("match", match.other(by)) if match else acquaintances.known(match_id, by) or ("", None)
    if other is None:
        raise NotYours()
    if match and conversation_id:
        return about_conversation(conversation_id=conversation_id, by=by, reason=reason, details=details, now=now)
    return reports.file(
        by=by,
        against=other,
        subject_kind=kind,
        subject_id=match_id,
        reason=reason,
        details=details,
        alias=UNNAMED,
        now=now,
    )


def about_person(*, user_id: UUID, by: UUID, reason: ReportReason, details: str, now: datetime) -> Report:
    """Report somebody one sees, or saw: blocking does not take from the other what they knew. Raises NotYours."""
    with as_service():
        known = Disclosure.objects.filter(viewer=by, subject=user_id).exists()
        nickname = Profile.objects.filter(user=user_id).values_list("nickname", flat=True).first()
    if not known:
        raise NotYours()
    return reports.file(
        by=by,
        against=user_id,
        subject_kind="person",
        subject_id=user_id,
        reason=reason,
        details=details,
        alias=nickname or FORMER_ALIAS,
        now=now,
    )


def conversation_evidence(conversation_id: UUID, reporter_id: UUID) -> dict[str, Any] | None:
    """What was said, opened, by pseudonym and side; the newest thousand messages, oldest first."""
    with as_service():
        conversation = Conversation.objects.of(reporter_id).filter(id=conversation_id).first()
        if conversation is None:
            return None
        return _transcript(conversation, reporter_id)


def person_evidence(user_id: UUID, reporter_id: UUID) -> dict[str, Any] | None:
    """What a person showed of themselves, and what the two said once they saw each other; never under pseudonyms."""
    with as_service():
        profile = Profile.objects.filter(user=user_id).first()
        seen = Conversation.objects.of(reporter_id).of(user_id).filter(reveal_state=RevealState.MUTUAL)
        talks = [_transcript(conversation, reporter_id) for conversation in seen.order_by("id")]
    shown = {name: getattr(profile, name) for name in SHOWN} if profile else {}
    return {"profile": shown, "conversations": talks}


def match_evidence(match_id: UUID, reporter_id: UUID) -> dict[str, Any] | None:
    """A match nobody has spoken in: where it stands."""
    with as_service():
        match = Match.objects.of(reporter_id).filter(id=match_id).first()
    if match is None:
        return None
    return {"pathway": match.pathway, "status": match.status, "reported_by": match.side_of(reporter_id)}


def _transcript(conversation: Conversation, reporter_id: UUID) -> dict[str, Any]:
    said = Message.objects.filter(conversation=conversation, seq__isnull=False).order_by("-seq")
    newest = list(said[:EVIDENCE_MESSAGES])
    box, shown = _box(conversation), _pictures(newest)
    return {
        "kind": conversation.kind,
        "state": conversation.state,
        "reported_by": conversation.side_of(reporter_id),
        "pseudonyms": {"a": conversation.pseudonym_a, "b": conversation.pseudonym_b},
        "messages": [_exhibit(conversation, box, message, shown.get(message.id)) for message in reversed(newest)],
    }


def _box(conversation: Conversation) -> Box | None:
    """None when the conversation's key is lost or tampered with; nobody is kept from reporting by that."""
    try:
        return Box(conversation)
    except MessageUnreadable:
        return None


def _pictures(newest: Sequence[Message]) -> dict[UUID, str]:
    """The newest pictures in base64, by their messages; one that cannot be had keeps nobody from reporting."""
    sent = [message.id for message in newest if message.type == MessageType.IMAGE][:EVIDENCE_PICTURES]
    found = {}
    for row in MessagePicture.objects.filter(message__in=sent) if sent else ():
        try:
            found[row.id] = b64encode(b"".join(kept_pictures.content(row))).decode()
        except Exception:
            logger.exception("evidence_picture_failed", message_id=str(row.id))
    return found


def _exhibit(conversation: Conversation, box: Box | None, message: Message, picture: str | None) -> dict[str, Any]:
    is_image = message.type == MessageType.IMAGE
    try:
        text, readable = (box.open(message), True) if box else (None, False)
    except MessageUnreadable:  # itself part of the case; the report must not fail over it
        text, readable = None, False
    return {
        "seq": message.seq,
        "type": message.type,
        "side": conversation.side_of(message.sender_id) if message.sender_id else "",
        "pseudonym": conversation.pseudonym_of(message.sender_id),
        "sent_at": message.sent_at.isoformat(),
        "retracted_at": message.retracted_at.isoformat() if message.retracted_at else None,
        "readable": picture is not None or message.retracted_at is not None if is_image else readable,
        "text": None if is_image else text,
        "picture": picture,
    }
