"""Who may call each operation. A new operation states it here, by its operation id, or the tests name it.

`PUBLIC`      anybody, signed in or not
`OWN`         everybody signed in, about themselves alone
`named(…)`    it names a thing: as whom the thing can be reached, and by everybody else it is not to be found

An operation that takes an id in its path, query or body has a `named(…)` for each. `despite` lists the standings an
account may be in and still call it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from connect.models import Consent
from faces.models import FaceMatch
from tests.faults.world import Subject, World

NOBODY_ELSE = frozenset({"owner"})
BOTH = frozenset({"owner", "partner"})
PARTNER = frozenset({"partner"})
FRIEND = frozenset({"friend"})
# Who was shown to them once may be blocked and reported in turn.
ONCE_SHOWN = FRIEND | {"blocked"}
IN_NEED = frozenset({"restricted", "deletion_pending"})
ANY_STANDING = IN_NEED | {"suspended"}


@dataclass(frozen=True)
class Audience:
    """`who` reaches the thing that `parameter` names; `sent` is the rest of a body that makes sense.

    `knows` says who is refused like everybody else and yet knows that it is there, so that queries may differ;
    `missing` is the status of what is not there, for a secret to be guessed that answers like a wrong guess.
    """

    who: frozenset[str] = frozenset()
    parameter: str = ""
    subject: Subject | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    despite: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()
    missing: int = 404


PUBLIC = Audience(public=True)
OWN = Audience()
OWN_IN_NEED = Audience(despite=IN_NEED)
OWN_DESPITE = Audience(despite=ANY_STANDING)


def named(
    parameter: str,
    subject: Subject,
    who: frozenset[str],
    *,
    despite: frozenset[str] = frozenset(),
    knows: frozenset[str] = frozenset(),
    missing: int = 404,
    **sent: Any,
) -> Audience:
    return Audience(who, parameter, subject, sent, despite=despite, knows=knows, missing=missing)


def conversation(world: World) -> Any:
    return world.conversation.id


def match(world: World) -> Any:
    return world.match.id


def offer(world: World) -> Any:
    return world.offer.id


def connection(world: World) -> Any:
    """Of the owner and the friend; only the owner answered what a summary is made of."""
    return world.connection.id


def person(world: World) -> Any:
    return world.owner.id


def likeness(world: World) -> Any:
    """Of the owner's face and the friend's."""
    return FaceMatch.objects.of(world.owner.id).of(world.friend.id).get().id


def agreed_likeness(world: World) -> Any:
    """The same, when the friend agrees to a picture out of both."""
    for purpose in ("baby_images", "face_analysis"):
        Consent.objects.get_or_create(
            user=world.friend,
            purpose=purpose,
            revoked_at=None,
            defaults={"version": "v1", "granted_at": timezone.now()},
        )
    return likeness(world)


def row_of(label: str) -> Subject:
    """The owner's row in a table, which `tests.safety.rows.fill` makes."""
    return lambda world: world.own(apps.get_model(label))


def session(world: World) -> Any:
    return world.session.id


own_face = named("face_id", row_of("faces.Face"), NOBODY_ELSE)
in_likeness = named("match_id", likeness, FRIEND | NOBODY_ELSE)
in_conversation = named("conversation_id", conversation, BOTH)
in_streak = named("streak_id", row_of("streaks.Streak"), NOBODY_ELSE)

AUDIENCES: dict[str, list[Audience]] = {
    "register": [PUBLIC],
    "register_confirm": [PUBLIC],
    "login": [PUBLIC],
    "refresh": [PUBLIC],
    "logout": [OWN_DESPITE],
    "sessions_list": [OWN_DESPITE],
    "sessions_revoke": [named("session_id", row_of("connect.DeviceSession"), NOBODY_ELSE, despite=ANY_STANDING)],
    "consents_list": [OWN_DESPITE],
    "consents_set": [OWN_DESPITE],
    "personality_questions": [OWN],
    "personality_answer": [OWN],
    "push_devices_register": [OWN],
    "push_devices_remove": [named("device_id", row_of("connect.PushDevice"), NOBODY_ELSE)],
    "connections_personality_summary": [named("connection_id", connection, FRIEND)],
    "profile_read": [OWN],
    "profile_replace": [OWN],
    "profile_change": [OWN],
    "photos_list": [OWN],
    "photos_add": [OWN],
    "photos_order": [OWN],
    "photos_delete": [named("photo_id", row_of("connect.Photo"), NOBODY_ELSE)],
    "photos_file": [PUBLIC],
    "celebrities_list": [PUBLIC],
    "celebrities_picture": [PUBLIC],
    "matches_celebrities": [named("face_id", row_of("faces.Face"), NOBODY_ELSE)],
    "faces_list": [OWN],
    "faces_add": [OWN],
    "faces_read": [own_face],
    "faces_delete": [own_face],
    "faces_default": [own_face],
    "faces_file": [PUBLIC],
    "match_jobs_read": [named("job_id", row_of("faces.MatchJob"), NOBODY_ELSE)],
    "face_matches_top": [OWN],
    "face_matches_read": [in_likeness],
    "reactions_list": [OWN],
    "reactions_react": [in_likeness],
    "reactions_withdraw": [in_likeness],
    "hobby_options_list": [OWN],
    "hobbies_list": [OWN],
    "hobbies_save": [OWN],
    "hobbies_delete": [named("hobby_id", row_of("connect.Hobby"), NOBODY_ELSE)],
    "gov_id_prove": [OWN],
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
    "events_record": [OWN],
    "notifications_list": [OWN],
    "notifications_delete": [named("notification_id", row_of("connect.Notification"), NOBODY_ELSE)],
    "notifications_mark_read": [named("notification_id", row_of("connect.Notification"), NOBODY_ELSE)],
    "people_read": [named("person_id", person, FRIEND)],
    "conversations_list": [OWN],
    "conversations_retrieve": [in_conversation],
    "conversations_end": [in_conversation],
    "conversations_decision_gate": [named("conversation_id", conversation, BOTH, gate_minute=10, decision="not_yet")],
    "conversations_reveal_consent": [in_conversation],
    "conversations_panic_exit": [named("conversation_id", conversation, BOTH, despite=IN_NEED)],
    "conversations_messages_list": [in_conversation],
    "conversations_messages_send": [in_conversation],
    # What it names besides, by its seq, the owner said: the partner reads it and cannot take it back.
    "conversations_images_send": [in_conversation],
    "messages_image": [PUBLIC],
    "conversations_messages_retract": [named("conversation_id", conversation, NOBODY_ELSE, knows=PARTNER)],
    "conversations_read": [in_conversation],
    "queue": [OWN],
    "queue_join": [OWN],
    "queue_leave": [OWN],
    "session": [named("session_id", session, NOBODY_ELSE)],
    "conversations_prompts": [in_conversation],
    "discovery_servers": [OWN],
    "discovery_batch": [OWN],
    "discovery_refresh": [OWN],
    "discovery_filters": [OWN],
    "discovery_filters_set": [OWN],
    "discovery_pass": [named("card_id", row_of("matching.DiscoveryCard"), NOBODY_ELSE)],
    "meet_reflections_give": [named("match_id", match, BOTH, vibe_score=4, meet_outcome="again")],
    "trust_score_read": [named("user_id", person, FRIEND | NOBODY_ELSE)],
    "interests_express": [named("card_id", row_of("matching.DiscoveryCard"), NOBODY_ELSE)],
    "interests_list": [OWN],
    "interests_withdraw": [named("interest_id", row_of("matching.Interest"), NOBODY_ELSE)],
    "connections_list": [OWN],
    "connections_archive": [named("connection_id", row_of("matching.Connection"), NOBODY_ELSE)],
    "connections_unarchive": [named("connection_id", row_of("matching.Connection"), NOBODY_ELSE)],
    "connections_terminate": [named("connection_id", row_of("matching.Connection"), NOBODY_ELSE)],
    "connections_events_list": [named("connection_id", row_of("matching.Connection"), NOBODY_ELSE)],
    "connections_events_write": [
        named(
            "connection_id",
            row_of("matching.Connection"),
            NOBODY_ELSE,
            event_type="scheduled_chat",
            scheduled_for=f"{timezone.now().date() + timedelta(days=2)}T12:00:00Z",
        )
    ],
    "daily_prompts_today": [OWN],
    "daily_prompts_answer": [OWN],
    "weekly_intent_read": [OWN],
    "weekly_intent_keep": [OWN],
    "xp_list": [OWN],
    "streaks_list": [OWN],
    "baby_ask": [named("match_id", agreed_likeness, FRIEND | NOBODY_ELSE)],
    "baby_list": [in_likeness],
    "baby_file": [PUBLIC],
    "streaks_retrieve": [in_streak],
    "streaks_check_in": [in_streak],
    "streaks_nudge": [in_streak],
    "streaks_recover": [in_streak],
    "streaks_reveals": [in_streak],
    "streaks_reveals_purchase": [in_streak],
    "settings": [PUBLIC],
    "oauth_apple": [PUBLIC],
    "oauth_google": [PUBLIC],
    "password_reset": [PUBLIC],
    "password_reset_confirm": [PUBLIC],
    "password_change": [OWN_IN_NEED],
    "phone_start": [OWN],
    "phone_verify": [
        named("verification_id", row_of("connect.PhoneVerification"), frozenset(), missing=400, code="000000")
    ],
    "account_delete": [OWN_DESPITE],
    "account_restore": [OWN_DESPITE],
    "account_export": [OWN_DESPITE],
    "account_export_read": [OWN_DESPITE],
    "account_export_file": [PUBLIC],
    "billing_read": [OWN_DESPITE],
    "billing_subscribe": [OWN_DESPITE],
    "billing_payments": [OWN_DESPITE],
    "billing_credits": [OWN_DESPITE],
    "billing_webhook": [PUBLIC],
    "moderation_actions_list": [OWN_DESPITE],
    "appeals_list": [OWN_DESPITE],
    "appeals_file": [
        named("action_id", row_of("safety.ModerationAction"), NOBODY_ELSE, despite=ANY_STANDING, text="It was no spam.")
    ],
    "appeals_withdraw": [named("appeal_id", row_of("safety.Appeal"), NOBODY_ELSE, despite=ANY_STANDING)],
    "reports_list": [OWN_IN_NEED],
    "reports_file": [
        named("conversation_id", conversation, BOTH, despite=IN_NEED, reason="spam"),
        named("match_id", match, BOTH, despite=IN_NEED, reason="spam"),
        named("match_id", row_of("faces.FaceMatch"), NOBODY_ELSE, despite=IN_NEED, reason="impersonation"),
        named("user_id", person, ONCE_SHOWN, despite=IN_NEED, reason="spam"),
    ],
    "blocks_list": [OWN_IN_NEED],
    "blocks_create": [
        named("conversation_id", conversation, BOTH, despite=IN_NEED),
        named("match_id", match, BOTH, despite=IN_NEED),
        named("match_id", row_of("faces.FaceMatch"), NOBODY_ELSE, despite=IN_NEED),
        named("user_id", person, ONCE_SHOWN, despite=IN_NEED),
    ],
    "blocks_delete": [named("block_id", row_of("safety.Block"), NOBODY_ELSE, despite=IN_NEED)],
    "connect_activate": [OWN],
    "connect_deactivate": [OWN_DESPITE],
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
        named("matchId", match, BOTH, despite=IN_NEED, reason="spam"),
        named("blindChatId", conversation, BOTH, despite=IN_NEED, reason="spam"),
    ],
}
