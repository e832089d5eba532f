"""The closed vocabularies of matching, with the moves each state allows."""

from django.db.models import TextChoices


class Pathway(TextChoices):
    COMPATIBILITY = "compatibility"
    LIVE = "live"


class MatchStatus(TextChoices):
    PROPOSED = "proposed"
    ACCEPTED_A = "accepted_a"
    ACCEPTED_B = "accepted_b"
    ACCEPTED_BOTH = "accepted_both"
    BLIND_CHAT_ACTIVE = "blind_chat_active"
    REVEALED = "revealed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"


_UNANSWERED = [MatchStatus.DECLINED, MatchStatus.EXPIRED, MatchStatus.CLOSED]
MATCH_TRANSITIONS = {
    MatchStatus.PROPOSED: [MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_B, *_UNANSWERED],
    MatchStatus.ACCEPTED_A: [MatchStatus.ACCEPTED_BOTH, *_UNANSWERED],
    MatchStatus.ACCEPTED_B: [MatchStatus.ACCEPTED_BOTH, *_UNANSWERED],
    MatchStatus.ACCEPTED_BOTH: [MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.CLOSED],
    MatchStatus.BLIND_CHAT_ACTIVE: [MatchStatus.REVEALED, MatchStatus.CLOSED],
    MatchStatus.REVEALED: [MatchStatus.CLOSED],
    MatchStatus.DECLINED: [],
    MatchStatus.EXPIRED: [],
    MatchStatus.CLOSED: [],
}
MATCH_INITIAL = [MatchStatus.PROPOSED, MatchStatus.ACCEPTED_BOTH]
UNDECIDED = [MatchStatus.PROPOSED, MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_B]
TALKING = [MatchStatus.ACCEPTED_BOTH, MatchStatus.BLIND_CHAT_ACTIVE]
ENDED = [MatchStatus.DECLINED, MatchStatus.EXPIRED, MatchStatus.CLOSED]


class QueueStatus(TextChoices):
    ACTIVE = "active"
    MATCHED = "matched"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


QUEUE_TRANSITIONS = {
    QueueStatus.ACTIVE: [QueueStatus.MATCHED, QueueStatus.CANCELLED, QueueStatus.EXPIRED],
    QueueStatus.MATCHED: [],
    QueueStatus.CANCELLED: [],
    QueueStatus.EXPIRED: [],
}


class QueueReason(TextChoices):
    """Why somebody stands in the queue again, or does not any more; of who was matched, how they broke the pairing."""

    REQUEUED = "requeued"
    LEFT = "left"
    ABSENT = "absent"
    BARRED = "barred"


class SessionStatus(TextChoices):
    """Where two people stand whom the queue brought together."""

    PENDING = "pending"
    ACTIVE_CHAT = "active_chat"
    FRIEND_REVEALED = "friend_revealed"
    ENDED = "ended"


SESSION_STATUS = {
    MatchStatus.ACCEPTED_BOTH: SessionStatus.PENDING,
    MatchStatus.BLIND_CHAT_ACTIVE: SessionStatus.ACTIVE_CHAT,
    MatchStatus.REVEALED: SessionStatus.FRIEND_REVEALED,
    MatchStatus.CLOSED: SessionStatus.ENDED,
}


class RunStatus(TextChoices):
    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


RUN_TRANSITIONS = {
    RunStatus.REQUESTED: [RunStatus.RUNNING],
    RunStatus.RUNNING: [RunStatus.FINISHED, RunStatus.FAILED, RunStatus.REQUESTED],
    RunStatus.FINISHED: [],
    RunStatus.FAILED: [],
}


class ParametersStatus(TextChoices):
    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"


PARAMETERS_TRANSITIONS = {
    ParametersStatus.DRAFT: [ParametersStatus.LIVE],
    ParametersStatus.LIVE: [ParametersStatus.RETIRED],
    ParametersStatus.RETIRED: [],
}


class Origin(TextChoices):
    COMPATIBILITY = "compatibility"
    LIVE = "live"
    DISCOVERY = "discovery"
    FACE = "face"


class Server(TextChoices):
    """What people look for in discovery; interests meet within one of them."""

    PARTNER = "partner"
    FRIEND = "friend"
    GROWTH = "growth"


class CardStatus(TextChoices):
    SHOWN = "shown"
    PASSED = "passed"
    INTERESTED = "interested"


CARD_TRANSITIONS = {
    CardStatus.SHOWN: [CardStatus.PASSED, CardStatus.INTERESTED],
    CardStatus.PASSED: [],
    CardStatus.INTERESTED: [CardStatus.PASSED],
}


class DistanceBand(TextChoices):
    """How far away somebody lives, as coarsely as anybody is told; the nearest first."""

    UNDER_10 = "under_10_km"
    UNDER_25 = "under_25_km"
    UNDER_50 = "under_50_km"
    UNDER_100 = "under_100_km"
    UNDER_250 = "under_250_km"
    FARTHER = "farther"
    UNKNOWN = "unknown"


class InterestStatus(TextChoices):
    PENDING = "pending"
    MUTUAL = "mutual"
    WIPED = "wiped"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


INTEREST_TRANSITIONS = {
    InterestStatus.PENDING: [
        InterestStatus.MUTUAL,
        InterestStatus.WIPED,
        InterestStatus.WITHDRAWN,
        InterestStatus.LAPSED,
    ],
    InterestStatus.MUTUAL: [],
    InterestStatus.WIPED: [],
    InterestStatus.WITHDRAWN: [],
    InterestStatus.LAPSED: [],
}


class ConnectionStatus(TextChoices):
    ACTIVE = "active"
    ARCHIVED = "archived"
    BLOCKED = "blocked"
    TERMINATED = "terminated"


CONNECTION_TRANSITIONS = {
    ConnectionStatus.ACTIVE: [
        ConnectionStatus.ARCHIVED,
        ConnectionStatus.BLOCKED,
        ConnectionStatus.TERMINATED,
    ],
    ConnectionStatus.ARCHIVED: [
        ConnectionStatus.ACTIVE,
        ConnectionStatus.BLOCKED,
        ConnectionStatus.TERMINATED,
    ],
    ConnectionStatus.BLOCKED: [],
    ConnectionStatus.TERMINATED: [],
}


ENDED_CONNECTION = [ConnectionStatus.BLOCKED, ConnectionStatus.TERMINATED]


class ConnectionEventType(TextChoices):
    CREATED = "created"
    STARTER_COMPLETED = "starter_completed"
    SCHEDULED_CHAT = "scheduled_chat"
    INACTIVE_WARNING = "inactive_warning"
    REVEALED = "revealed"
    ENDED = "ended"


class MeetOutcome(TextChoices):
    """Whether somebody would like to talk to the other once more."""

    AGAIN = "again"
    MAYBE = "maybe"
    PASS = "pass"


class ReflectionTag(TextChoices):
    """What somebody may say of a talk; there are no words of their own."""

    KIND = "kind"
    FUNNY = "funny"
    CURIOUS = "curious"
    GOOD_LISTENER = "good_listener"
    HONEST = "honest"
    FELT_SAFE = "felt_safe"
    ONE_SIDED = "one_sided"
    DISTRACTED = "distracted"
    PUSHY = "pushy"
    DISRESPECTFUL = "disrespectful"
    UNCOMFORTABLE = "uncomfortable"


CONCERNS = frozenset({ReflectionTag.PUSHY, ReflectionTag.DISRESPECTFUL, ReflectionTag.UNCOMFORTABLE})
TAGS_MOST = 5


class Side(TextChoices):
    """Which half of an ordered pair."""

    A = "a"
    B = "b"
