"""Who may call each operation. A new operation states it here, by its operation id, or the tests name it.

`PUBLIC`      anybody, signed in or not
`OWN`         everybody signed in, about themselves alone
`named(…)`    it names a thing: as whom the thing can be reached, and by everybody else it is not to be found

An operation that takes an id in its path, query or body has a `named(…)` for each. `despite` lists the standings an
account may be in and still call it.
"""

from dataclasses import dataclass, field
from typing import Any

from connect.models import DeviceSession, Notification
from safety.models import Block
from tests.faults.world import Subject, World

NOBODY_ELSE = frozenset({"owner"})
BOTH = frozenset({"owner", "partner"})
PARTNER = frozenset({"partner"})
FRIEND = frozenset({"friend"})
ANY_STANDING = frozenset({"restricted", "deletion_pending"})


@dataclass(frozen=True)
class Audience:
    """`who` reaches the thing that `parameter` names; `sent` is the rest of a body that makes sense.

    `knows` says who is refused like everybody else and yet knows that it is there, so that queries may differ.
    """

    who: frozenset[str] = frozenset()
    parameter: str = ""
    subject: Subject | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    despite: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()


PUBLIC = Audience(public=True)
OWN = Audience()
OWN_DESPITE = Audience(despite=ANY_STANDING)


def named(
    parameter: str,
    subject: Subject,
    who: frozenset[str],
    *,
    despite: frozenset[str] = frozenset(),
    knows: frozenset[str] = frozenset(),
    **sent: Any,
) -> Audience:
    return Audience(who, parameter, subject, sent, despite=despite, knows=knows)


def conversation(world: World) -> Any:
    return world.conversation.id


def match(world: World) -> Any:
    return world.match.id


def offer(world: World) -> Any:
    return world.offer.id


def notification(world: World) -> Any:
    return world.own(Notification)


def session(world: World) -> Any:
    return world.own(DeviceSession)


def block(world: World) -> Any:
    return world.own(Block)


def person(world: World) -> Any:
    return world.owner.id


in_conversation = named("conversation_id", conversation, BOTH)

AUDIENCES: dict[str, list[Audience]] = {
    "register": [PUBLIC],
    "register_confirm": [PUBLIC],
    "login": [PUBLIC],
    "refresh": [PUBLIC],
    "logout": [OWN_DESPITE],
    "sessions_list": [OWN_DESPITE],
    "sessions_revoke": [named("session_id", session, NOBODY_ELSE, despite=ANY_STANDING)],
    "consents_list": [OWN],
    "consents_set": [OWN],
    "profile_read": [OWN],
    "profile_replace": [OWN],
    "profile_change": [OWN],
    "birth_read": [OWN],
    "birth_replace": [OWN],
    "birth_delete": [OWN],
    "profile_chart": [OWN],
    "interests_profile_read": [OWN],
    "interests_profile_replace": [OWN],
    "non_negotiables_read": [OWN],
    "non_negotiables_replace": [OWN],
    "off_limits_read": [OWN],
    "off_limits_replace": [OWN],
    "preferences_read": [OWN],
    "preferences_replace": [OWN],
    "readiness_read": [OWN],
    "readiness_replace": [OWN],
    "values_read": [OWN],
    "values_replace": [OWN],
    "notifications_list": [OWN],
    "notifications_delete": [named("notification_id", notification, NOBODY_ELSE)],
    "notifications_mark_read": [named("notification_id", notification, NOBODY_ELSE)],
    "people_read": [named("person_id", person, FRIEND)],
    "conversations_list": [OWN],
    "conversations_retrieve": [in_conversation],
    "conversations_end": [in_conversation],
    "conversations_messages_list": [in_conversation],
    "conversations_messages_send": [in_conversation],
    # What it names besides, by its seq, the owner said: the partner reads it and cannot take it back.
    "conversations_messages_retract": [named("conversation_id", conversation, NOBODY_ELSE, knows=PARTNER)],
    "conversations_read": [in_conversation],
    "blocks_list": [OWN_DESPITE],
    "blocks_create": [
        named("conversation_id", conversation, BOTH, despite=ANY_STANDING),
        named("match_id", match, BOTH, despite=ANY_STANDING),
        # Who was shown to them once may be blocked in turn.
        named("user_id", person, FRIEND | {"blocked"}, despite=ANY_STANDING),
    ],
    "blocks_delete": [named("block_id", block, NOBODY_ELSE, despite=ANY_STANDING)],
    "connect_activate": [OWN],
    "connect_deactivate": [OWN],
    "connect_status": [OWN],
    "connect_match": [OWN],
    "connect_chat_list": [named("blindChatId", conversation, BOTH)],
    "connect_chat_send": [named("blindChatId", conversation, BOTH)],
    "connect_respond": [named("matchId", match, BOTH, action="accept")],
    "connect_feedback": [named("matchId", match, BOTH, rating=4)],
    "connect_reveal": [
        named("matchId", match, BOTH, action="request"),
        named("matchId", match, BOTH, action="withdraw"),
        named("revealId", offer, PARTNER, action="accept"),
        named("revealId", offer, PARTNER, action="decline"),
    ],
    "connect_report": [
        named("matchId", match, BOTH, reason="spam"),
        named("blindChatId", conversation, BOTH, reason="spam"),
    ],
}
