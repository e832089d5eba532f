"""The closed vocabularies of people, with the moves each state allows."""

from django.db.models import TextChoices


class UserStatus(TextChoices):
    ACTIVE = "active"
    RESTRICTED = "restricted"
    DELETION_PENDING = "deletion_pending"
    DELETED = "deleted"


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
    STREAK_ENDED = "streak_ended"
    REPORT_OUTCOME = "report_outcome"
    MODERATION = "moderation"
    APPEAL_DECIDED = "appeal_decided"
    EXPORT_READY = "export_ready"


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
