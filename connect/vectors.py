"""The named dimensions of a person's vectors, in order. A change of any of them is a new VERSION."""

VERSION = "vectors-v1"

VALUES = (
    "honesty",
    "empathy",
    "growth",
    "family",
    "freedom",
    "creativity",
    "security",
    "adventure",
    "spirituality",
    "community",
    "ambition",
    "humor",
)

COMMUNICATION = (
    "directness",
    "humor",
    "depth",
    "frequency",
    "pace",
    "group",
    "voice",
)

LIFE_GOALS = (
    "commitment",
    "companionship",
    "shared_activities",
    "roots",
    "exploration",
    "purpose",
)

INTERESTS = (
    "art",
    "books",
    "cooking",
    "dancing",
    "film",
    "fitness",
    "games",
    "hiking",
    "meditation",
    "music",
    "nature",
    "photography",
    "science",
    "technology",
    "travel",
    "volunteering",
)

# What may be named as off limits: every interest, and what people would rather not be asked.
TOPICS = (*INTERESTS, "politics", "religion", "money", "exes", "health", "work", "children", "alcohol")

READINESS = ("closure", "availability", "self_awareness", "trust", "balance", "openness")
