"""The closed vocabularies of people, with the moves each state allows."""

from django.db.models import TextChoices


class UserStatus(TextChoices):
    ACTIVE = "active"
    RESTRICTED = "restricted"
    DELETION_PENDING = "deletion_pending"
    DELETED = "deleted"


GOING = [UserStatus.DELETION_PENDING, UserStatus.DELETED]
USER_TRANSITIONS = {
    UserStatus.ACTIVE: [UserStatus.RESTRICTED, UserStatus.DELETION_PENDING],
    UserStatus.RESTRICTED: [UserStatus.ACTIVE, UserStatus.DELETION_PENDING],
    UserStatus.DELETION_PENDING: [UserStatus.ACTIVE, UserStatus.RESTRICTED, UserStatus.DELETED],
    UserStatus.DELETED: [],
}


class ExportStatus(TextChoices):
    REQUESTED = "requested"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


EXPORT_TRANSITIONS = {
    ExportStatus.REQUESTED: [ExportStatus.BUILDING],
    ExportStatus.BUILDING: [ExportStatus.READY, ExportStatus.REQUESTED, ExportStatus.FAILED],
    ExportStatus.READY: [ExportStatus.EXPIRED],
    ExportStatus.FAILED: [],
    ExportStatus.EXPIRED: [],
}


class Tier(TextChoices):
    FREE = "free"
    PLUS = "plus"
    PRO = "pro"


CONNECTIONS_BY_TIER = {Tier.FREE: 1, Tier.PLUS: 2, Tier.PRO: 4}
"""How many connections of discovery a person may have at once."""


class Item(TextChoices):
    """What is paid for."""

    SUBSCRIPTION = "subscription"
    RECOVERY = "recovery"
    REVEAL = "reveal"
    NUDGE = "nudge"


class PaidBy(TextChoices):
    """Who takes the money; credits are our own."""

    SANDBOX = "sandbox"
    STRIPE = "stripe"
    CREDITS = "credits"


class PaymentStatus(TextChoices):
    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


# Failed may still turn out to have been paid, and what is settled may be given back at the provider's own pages.
PAYMENT_TRANSITIONS = {
    PaymentStatus.PENDING: [PaymentStatus.SETTLED, PaymentStatus.FAILED],
    PaymentStatus.FAILED: [PaymentStatus.SETTLED],
    PaymentStatus.SETTLED: [PaymentStatus.REFUND_PENDING, PaymentStatus.REFUNDED],
    PaymentStatus.REFUND_PENDING: [PaymentStatus.REFUNDED, PaymentStatus.SETTLED],
    PaymentStatus.REFUNDED: [],
}


class SubscriptionStatus(TextChoices):
    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    ENDED = "ended"


SUBSCRIPTION_TRANSITIONS = {
    SubscriptionStatus.PENDING: [SubscriptionStatus.ACTIVE, SubscriptionStatus.ENDED],
    SubscriptionStatus.ACTIVE: [SubscriptionStatus.PAST_DUE, SubscriptionStatus.ENDED],
    SubscriptionStatus.PAST_DUE: [SubscriptionStatus.ACTIVE, SubscriptionStatus.ENDED],
    SubscriptionStatus.ENDED: [],
}


class CreditReason(TextChoices):
    """Why credits came or went; with the id of what caused it, an entry is there once."""

    PROTECTION = "protection"
    GOODWILL = "goodwill"
    PURCHASE = "purchase"
    REFUND = "refund"


class Provider(TextChoices):
    PASSWORD = "password"
    GOOGLE = "google"
    APPLE = "apple"


class SignalKind(TextChoices):
    """What was proved of a person."""

    PHONE = "phone"
    EMAIL = "email"
    OAUTH = "oauth"
    PHOTO_QUALITY = "photo_quality"
    GOV_ID = "gov_id"


class HobbyCategory(TextChoices):
    ARTS = "arts"
    FOOD = "food"
    GAMES = "games"
    HOME = "home"
    MIND = "mind"
    MUSIC = "music"
    NATURE = "nature"
    PEOPLE = "people"
    SPORT = "sport"
    STAGE = "stage"


class Purpose(TextChoices):
    """What a person may allow to be done with their data."""

    MATCHING = "matching"
    ASTROLOGY = "astrology"
    HUMAN_DESIGN = "human_design"
    PERSONALITY = "personality"
    FACE_ANALYSIS = "face_analysis"
    FACE_MATCHING = "face_matching"
    BABY_IMAGES = "baby_images"
    ANALYTICS = "analytics"


class DisclosureLevel(TextChoices):
    """How much of a person another may see; each level contains the one before."""

    FACE = "face"
    CARD = "card"
    IDENTITY = "identity"


class DisclosureSource(TextChoices):
    REVEAL = "reveal"
    CONNECTION = "connection"
    MILESTONE = "milestone"
    FACE_MATCH = "face_match"


class Gender(TextChoices):
    FEMALE = "female"
    MALE = "male"
    NONBINARY = "nonbinary"
    OTHER = "other"


class Mode(TextChoices):
    ROMANCE = "romance"
    FRIENDSHIP = "friendship"
    BOTH = "both"


class ConversationDepth(TextChoices):
    LIGHT = "light"
    MODERATE = "moderate"
    DEEP = "deep"


class ContactFrequency(TextChoices):
    DAILY = "daily"
    WEEKLY = "weekly"
    OCCASIONAL = "occasional"


class ResponsePace(TextChoices):
    QUICK = "quick"
    FLEXIBLE = "flexible"


class GroupComfort(TextChoices):
    ONE_TO_ONE = "one_to_one"
    SMALL_GROUPS = "small_groups"
    ANY = "any"


class FriendshipIntention(TextChoices):
    LONG_TERM = "long_term"
    OPEN_ENDED = "open_ended"
    ACTIVITY_BUDDIES = "activity_buddies"


class NonNegotiableDimension(TextChoices):
    VALUE = "value"
    INTEREST = "interest"
    PREFERENCE = "preference"


class NotificationType(TextChoices):
    MATCH_PROPOSED = "match_proposed"
    MATCH_ACCEPTED = "match_accepted"
    REVEAL_REQUESTED = "reveal_requested"
    REVEAL_MUTUAL = "reveal_mutual"
    NEW_MESSAGE = "new_message"
    MESSAGE_REJECTED = "message_rejected"
    MUTUAL_MATCH = "mutual_match"
    BABY_GENERATED = "baby_generated"
    STREAK_AT_RISK = "streak_at_risk"
    NUDGE = "nudge"
    RECOVERY_OPEN = "recovery_open"
    STREAK_GOES_ON = "streak_goes_on"
    STREAK_RESET = "streak_reset"
    STREAK_COMPLETED = "streak_completed"
    # Told to nobody any more (docs/decisions/0027); what was told stays.
    STREAK_ENDED = "streak_ended"
    REPORT_OUTCOME = "report_outcome"
    MODERATION = "moderation"
    APPEAL_DECIDED = "appeal_decided"
    EXPORT_READY = "export_ready"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_REFUNDED = "payment_refunded"
    SUBSCRIPTION_ENDED = "subscription_ended"
    CREDITS_GRANTED = "credits_granted"
    REVEAL_UNLOCKED = "reveal_unlocked"
    CHAT_SCHEDULED = "chat_scheduled"
    CHAT_SOON = "chat_soon"
    CONNECTION_QUIET = "connection_quiet"


class RelatedType(TextChoices):
    MATCH = "match"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    CONNECTION = "connection"
    BABY = "baby"
    STREAK = "streak"
    REPORT = "report"
    ACTION = "action"
    APPEAL = "appeal"
    PAYMENT = "payment"
    SUBSCRIPTION = "subscription"


class WriterName(TextChoices):
    """Who puts something into words."""

    TEMPLATE = "template"
    OPENAI = "openai"
