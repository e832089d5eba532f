"""The closed vocabularies of likeness, with the moves each state allows."""

from django.db.models import TextChoices


class FaceStatus(TextChoices):
    """What is known of a face: nothing yet, what it looks like, or that there is none to be seen."""

    PENDING = "pending"
    ANALYZED = "analyzed"
    NO_FACE = "no_face"


FACE_TRANSITIONS = {
    FaceStatus.PENDING: [FaceStatus.ANALYZED, FaceStatus.NO_FACE],
    FaceStatus.ANALYZED: [FaceStatus.PENDING],
    FaceStatus.NO_FACE: [FaceStatus.PENDING],
}


class Verdict(TextChoices):
    """Whether a face is its uploader's own."""

    OPEN = "open"
    VERIFIED = "verified"
    REJECTED = "rejected"


VERDICT_TRANSITIONS = {
    Verdict.OPEN: [Verdict.VERIFIED, Verdict.REJECTED],
    Verdict.VERIFIED: [Verdict.REJECTED],
    Verdict.REJECTED: [Verdict.VERIFIED],
}


class Judge(TextChoices):
    """Who found whether a face is its uploader's own. Photos: an identity-grade analyzer, by their profile photos."""

    PHOTOS = "photos"
    MODERATOR = "moderator"
    DEMO = "demo"


class SeenGender(TextChoices):
    """What an analyzer takes a face for; it says nothing about the person."""

    FEMALE = "female"
    MALE = "male"


class Expression(TextChoices):
    HAPPY = "happy"
    NEUTRAL = "neutral"
    SAD = "sad"
    ANGRY = "angry"
    SURPRISE = "surprise"
    FEAR = "fear"
    DISGUST = "disgust"


class Withheld(TextChoices):
    """Why a likeness that was found is shown to neither of the two."""

    SAME_PERSON = "same_person"
    QUALITY = "quality"


class JobType(TextChoices):
    USER_MATCH = "user_match"
    CELEBRITY_MATCH = "celebrity_match"
    BOTH = "both"


class JobStatus(TextChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


JOB_TRANSITIONS = {
    JobStatus.PENDING: [JobStatus.PROCESSING],
    JobStatus.PROCESSING: [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.PENDING],
    JobStatus.COMPLETED: [],
    JobStatus.FAILED: [JobStatus.PENDING],
}
UNFINISHED = [JobStatus.PENDING, JobStatus.PROCESSING]


class JobStage(TextChoices):
    """How far a job has come."""

    WAITING = "waiting"
    ANALYSIS = "analysis"
    PEOPLE = "people"
    CELEBRITIES = "celebrities"
    DONE = "done"


class ReactionType(TextChoices):
    LIKE = "like"
    VIEWED = "viewed"


class BabyStatus(TextChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


BABY_TRANSITIONS = {
    BabyStatus.PENDING: [BabyStatus.PROCESSING],
    BabyStatus.PROCESSING: [BabyStatus.COMPLETED, BabyStatus.FAILED, BabyStatus.PENDING],
    BabyStatus.COMPLETED: [],
    BabyStatus.FAILED: [],
}


class PainterName(TextChoices):
    """Who paints pictures of babies: the embedded blend of two faces, or a model of FAL."""

    MORPH = "morph"
    FAL = "fal"


class CelebrityCategory(TextChoices):
    ACTOR = "actor"
    MUSICIAN = "musician"
    ATHLETE = "athlete"
    INFLUENCER = "influencer"
