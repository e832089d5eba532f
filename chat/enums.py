"""The closed vocabularies of conversation, with the moves each state allows."""

from django.db.models import TextChoices


class Kind(TextChoices):
    BLIND = "blind"
    LIVE = "live"
    DIRECT = "direct"


class State(TextChoices):
    ANONYMOUS = "anonymous"
    DECISION_GATE = "decision_gate"
    LOCKED = "locked"
    REVEALED = "revealed"
    CLOSED = "closed"


STATE_TRANSITIONS = {
    State.ANONYMOUS: [State.DECISION_GATE, State.REVEALED, State.CLOSED],
    State.DECISION_GATE: [State.ANONYMOUS, State.REVEALED, State.CLOSED],
    State.LOCKED: [State.REVEALED, State.CLOSED],
    State.REVEALED: [State.CLOSED],
    State.CLOSED: [],
}
STATE_INITIAL = [State.ANONYMOUS, State.LOCKED, State.REVEALED]


class RevealState(TextChoices):
    """Where the two stand with showing themselves, over the whole conversation."""

    NONE = "none"
    PENDING = "pending"
    MUTUAL = "mutual"
    DECLINED = "declined"
    EXPIRED = "expired"


REVEAL_STATE_TRANSITIONS = {
    RevealState.NONE: [RevealState.PENDING, RevealState.MUTUAL],
    RevealState.PENDING: [RevealState.MUTUAL, RevealState.DECLINED, RevealState.EXPIRED, RevealState.NONE],
    RevealState.DECLINED: [RevealState.PENDING],
    RevealState.EXPIRED: [RevealState.PENDING],
    RevealState.MUTUAL: [],
}


class RevealStatus(TextChoices):
    """One request to reveal."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


REVEAL_TRANSITIONS = {
    RevealStatus.PENDING: [
        RevealStatus.ACCEPTED,
        RevealStatus.DECLINED,
        RevealStatus.WITHDRAWN,
        RevealStatus.EXPIRED,
    ],
    RevealStatus.ACCEPTED: [],
    RevealStatus.DECLINED: [],
    RevealStatus.WITHDRAWN: [],
    RevealStatus.EXPIRED: [],
}


class CloseReason(TextChoices):
    """Why a conversation ended; the other side sees only that it did."""

    MUTUAL_END = "mutual_end"
    USER_END = "user_end"
    PANIC_EXIT = "panic_exit"
    TIMEOUT = "timeout"
    BLOCKED = "blocked"
    MODERATION = "moderation"
    ERASED = "erased"


class Decision(TextChoices):
    """What one of the two wants of a gate; who says nothing wants it not yet."""

    REVEAL_YES = "reveal_yes"
    NOT_YET = "not_yet"
    END_CHAT = "end_chat"


class WindowStatus(TextChoices):
    """A decision gate of a live conversation, by the clock."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    RESOLVED = "resolved"


WINDOW_TRANSITIONS = {
    WindowStatus.SCHEDULED: [WindowStatus.OPEN, WindowStatus.RESOLVED],
    WindowStatus.OPEN: [WindowStatus.RESOLVED],
    WindowStatus.RESOLVED: [],
}


class GateOutcome(TextChoices):
    """What came of a gate. Ended: by a vote. Void: the two were revealed or the talk was over without it."""

    REVEALED = "revealed"
    WENT_ON = "went_on"
    ENDED = "ended"
    VOID = "void"


class EventType(TextChoices):
    MESSAGE = "message"
    RETRACTION = "retraction"
    STATE = "state"
    GATE = "gate"
    REVEAL = "reveal"


class HoldStatus(TextChoices):
    """A message that a moderator looks at before it is delivered."""

    HELD = "held"
    RELEASED = "released"
    REJECTED = "rejected"


HOLD_TRANSITIONS = {
    HoldStatus.HELD: [HoldStatus.RELEASED, HoldStatus.REJECTED],
    HoldStatus.RELEASED: [],
    HoldStatus.REJECTED: [],
}


class MessageType(TextChoices):
    TEXT = "text"
    IMAGE = "image"
    ICEBREAKER = "icebreaker"
