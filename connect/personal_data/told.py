"""What people tell of themselves, and what is made of it."""

from typing import Any
from uuid import UUID

from connect import models as people
from connect.enums import Purpose
from connect.personal_data.shared import MATCHING, when
from connect.services import photos
from safety.parts import deletes, older
from safety.personal_data import Part


def _disclosure(row: Any, person: UUID) -> dict[str, Any]:
    who = "you see another" if row.viewer_id == person else "another sees you"
    return {"who": who, "level": row.level, "source": row.source, **when(row, "granted_at", "revoked_at")}


def _hobby(row: Any, person: UUID) -> dict[str, Any]:
    return {"option": row.option.code, "description": row.description, **when(row, "created_at")}


def _answer(row: Any, person: UUID) -> dict[str, Any]:
    """The number alone, and to which question of which version."""
    return {"version": row.question.version, "question": row.question.key, "answer": row.answer}


def told() -> list[Part]:
    return [
        Part(
            people.Profile,
            "What you tell of yourself",
            "so that those whom you let see you know you",
            deletes("user"),
            seen_by="you; others after a reveal; moderators",
        ),
        Part(
            people.Photo,
            "Your photos, and what an automatic detector saw in them",
            "so that those whom you let know you see you",
            deletes("user"),
            hidden=("file", "file_key"),
            files=photos.files_of,
            seen_by="you; others after a reveal of identities; moderators who say whose face a picture shows",
        ),
        Part(
            people.Hobby,
            "What you like to do",
            "so that others find you by it",
            deletes("user"),
            related=("option",),
            shown=_hobby,
            seen_by="you; whom you are shown to; moderators",
        ),
        Part(people.BirthData, "When and where you were born", "for your chart, if you allow it", deletes("user")),
        Part(
            people.Disclosure,
            "Who may see whom",
            "so that nobody sees you whom you did not let",
            deletes("viewer", "subject"),
            belongs=("viewer", "subject"),
            shown=_disclosure,
        ),
    ]


def preferred() -> list[Part]:
    vectors = ("values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score")
    return [
        Part(
            people.ConnectProfile,
            "Whom you look for, and the vectors made of your answers",
            MATCHING,
            deletes("user"),
            derived={Purpose.MATCHING: vectors},
        ),
        Part(people.PreferenceSettings, "How you like to be in touch", MATCHING, deletes("user")),
        Part(people.ValueScore, "What matters to you", MATCHING, deletes("user")),
        Part(people.InterestScore, "What interests you", MATCHING, deletes("user")),
        Part(people.OffLimitsTopic, "What you do not want to meet", MATCHING, deletes("user")),
        Part(people.NonNegotiable, "What matters most to you", MATCHING, deletes("user")),
        Part(people.ReadinessAnswer, "Your answers on readiness", MATCHING, deletes("user")),
    ]


def used() -> list[Part]:
    return [
        Part(
            people.AnalyticsEvent,
            "What your app told of its use, without words and without others",
            "to see what works, if you allow it",
            deletes("user"),
            hidden=("client_id",),
            seen_by="you; administrators",
            retention=older("analytics", "ingested_at", "the day"),
            derived={Purpose.ANALYTICS: ("properties",)},
        ),
    ]


def personality() -> list[Part]:
    partner = "so that a partner may read a few sentences about you"
    return [
        Part(
            people.PersonalityAnswer,
            "What you answered about your personality",
            partner,
            deletes("user"),
            related=("question",),
            shown=_answer,
        ),
        Part(
            people.PersonalityScore,
            "The numbers made of these answers",
            partner,
            deletes("user"),
            seen_by="you, in your export; nobody else",
            derived={Purpose.PERSONALITY: ("scores", "confidence")},
        ),
    ]
