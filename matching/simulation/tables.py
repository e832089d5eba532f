"""What the invented population is drawn from. None of these figures is measured of anybody: they are plausible."""

from connect.enums import Gender, Mode

GENDER_SHARES = {Gender.FEMALE: 0.38, Gender.MALE: 0.58, Gender.NONBINARY: 0.03, Gender.OTHER: 0.01}
MODE_SHARES = {Mode.ROMANCE: 0.35, Mode.FRIENDSHIP: 0.20, Mode.BOTH: 0.45}

WOMEN, MEN, ANY = (Gender.FEMALE,), (Gender.MALE,), ()
MOST = (Gender.FEMALE, Gender.MALE, Gender.NONBINARY)
SEEKS = (WOMEN, MEN, MOST, ANY)
"""Whom somebody may look for; nobody named is anybody."""

SEEKS_IN_ROMANCE = {
    Gender.FEMALE: (0.06, 0.80, 0.04, 0.10),
    Gender.MALE: (0.86, 0.07, 0.02, 0.05),
    Gender.NONBINARY: (0.20, 0.10, 0.20, 0.50),
    Gender.OTHER: (0.20, 0.10, 0.20, 0.50),
}
SEEKS_IN_FRIENDSHIP = {
    Gender.FEMALE: (0.40, 0.03, 0.07, 0.50),
    Gender.MALE: (0.15, 0.15, 0.05, 0.65),
    Gender.NONBINARY: (0.10, 0.02, 0.13, 0.75),
    Gender.OTHER: (0.10, 0.02, 0.13, 0.75),
}
"""How likely each of SEEKS is, by one's own gender; romance goes first for those who are open to both."""

YEARS_YOUNGER = {Gender.FEMALE: 0.035, Gender.MALE: 0.060, Gender.NONBINARY: 0.050, Gender.OTHER: 0.050}
YEARS_OLDER = {Gender.FEMALE: 0.060, Gender.MALE: 0.035, Gender.NONBINARY: 0.050, Gender.OTHER: 0.050}
"""A third of how far an age range reaches below and above, on average, as a share of one's own age."""

DISTANCES = {25: 0.12, 50: 0.26, 100: 0.26, 150: 0.08, 200: 0.09, 300: 0.08, None: 0.11}

FIRST_LANGUAGES = {
    "DE": {"de": 0.90, "tr": 0.03, "ru": 0.03, "ar": 0.02, "pl": 0.02},
    "AT": {"de": 0.91, "tr": 0.03, "hr": 0.03, "hu": 0.03},
    "CH": {"de": 0.63, "fr": 0.23, "it": 0.08, "pt": 0.03, "en": 0.03},
    "FR": {"fr": 0.94, "ar": 0.04, "pt": 0.02},
    "IT": {"it": 0.96, "de": 0.02, "ro": 0.02},
    "NL": {"nl": 0.94, "tr": 0.03, "ar": 0.03},
    "PL": {"pl": 0.96, "uk": 0.04},
    "ES": {"es": 0.86, "ca": 0.11, "ro": 0.03},
    "GB": {"en": 0.93, "pl": 0.04, "ur": 0.03},
    "CZ": {"cs": 0.96, "uk": 0.04},
}
"""The first is the country's own, which nearly all speak who grew up with another."""

FURTHER_LANGUAGES = {"en": 0.62, "fr": 0.11, "es": 0.09, "it": 0.06, "de": 0.05}
LANGUAGES = tuple(sorted({code for shares in FIRST_LANGUAGES.values() for code in shares}))

TRAITS = ("open", "settled", "warm", "driven")
"""The latent factors behind all answers: independent, standard normal, but for what age adds."""

VALUE_LOADINGS = {
    "honesty": (78, 0.0, 0.3, 0.4, 0.0),
    "empathy": (70, 0.2, 0.0, 0.8, -0.1),
    "growth": (62, 0.5, -0.1, 0.1, 0.5),
    "family": (60, -0.3, 0.8, 0.4, 0.0),
    "freedom": (64, 0.6, -0.6, 0.0, 0.2),
    "creativity": (55, 0.8, -0.1, 0.1, 0.0),
    "security": (58, -0.4, 0.8, 0.0, 0.1),
    "adventure": (55, 0.6, -0.5, 0.1, 0.3),
    "spirituality": (35, 0.5, 0.2, 0.4, -0.3),
    "community": (52, 0.1, 0.3, 0.7, 0.0),
    "ambition": (54, 0.0, 0.0, -0.2, 0.9),
    "humor": (70, 0.3, -0.1, 0.3, 0.0),
}
"""Mean score, and what each of TRAITS adds."""

INTEREST_LOADINGS = {
    "art": (45, 0.8, 0.0, 0.1, -0.1),
    "books": (52, 0.5, 0.2, 0.1, 0.0),
    "cooking": (56, 0.1, 0.4, 0.4, 0.0),
    "dancing": (42, 0.2, -0.3, 0.6, 0.1),
    "film": (60, 0.2, 0.0, 0.1, -0.2),
    "fitness": (55, -0.1, -0.1, 0.0, 0.8),
    "games": (48, 0.1, -0.3, -0.2, 0.0),
    "hiking": (54, 0.3, 0.3, 0.1, 0.3),
    "meditation": (34, 0.6, 0.1, 0.4, -0.2),
    "music": (66, 0.5, -0.1, 0.1, 0.0),
    "nature": (58, 0.3, 0.4, 0.2, 0.0),
    "photography": (42, 0.6, 0.0, 0.0, 0.1),
    "science": (46, 0.4, 0.0, -0.3, 0.3),
    "technology": (46, 0.0, -0.1, -0.4, 0.4),
    "travel": (66, 0.5, -0.4, 0.1, 0.3),
    "volunteering": (36, 0.2, 0.2, 0.8, 0.0),
}
OFF_LIMITS = {
    "politics": 0.16, "religion": 0.15, "exes": 0.17, "money": 0.12, "health": 0.07, "work": 0.06, "children": 0.05,
    "alcohol": 0.05,
}  # fmt: skip
"""How likely a topic is kept out; any interest one is not drawn to is as likely as OFF_LIMITS_INTEREST."""

OFF_LIMITS_INTEREST = 0.012
