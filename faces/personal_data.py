"""What faces hold of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from config.errors import NotYours
from faces.engine.percentiles import public, stepped
from faces.enums import JobStatus
from faces.models import (
    Baby,
    CelebrityMatch,
    Face,
    FaceConnection,
    FaceMatch,
    FaceParameters,
    MatchJob,
    Reaction,
    Twins,
)
from faces.models.analyzed import FOUND
from faces.services import babies, own_faces
from safety.parts import deletes, empties, older, with_its_owner
from safety.personal_data import Part, Retention, before_erasure, register

LIKENESS = "so that you meet people whose face is like yours"
BOTH = ("match__user_a", "match__user_b")


def _match(match: Any, person: UUID) -> dict[str, Any]:
    """In steps, as people see it: what is exact about two says something of the other."""
    names = ("id", "analyzer", "version", "created_at")
    return {name: getattr(match, name) for name in names} | {
        "face_id": match.face_of(person),
        "total": stepped(match.total),
        "factors": {name: stepped(share) for name, share in match.factors.items()},
        "percentile": public(match.percentile),
    }


def _lookalike(found: Any, person: UUID) -> dict[str, Any]:
    similarity = stepped(found.similarity_score)
    names = ("id", "face_id", "analyzer", "created_at")
    return {"celebrity": found.celebrity.name, "similarity": similarity} | {
        name: getattr(found, name) for name in names
    }


def _job(job: Any, person: UUID) -> dict[str, Any]:
    names = ("id", "face_id", "job_type", "status", "matches_found", "lookalikes_found", "created_at", "completed_at")
    return {name: getattr(job, name) for name in names}


def _reaction(reaction: Any, person: UUID) -> dict[str, Any]:
    """Not since when it waits for the other's: that they like one too shows when the two are connected."""
    return {name: getattr(reaction, name) for name in ("id", "match_id", "reaction_type", "created_at")}


def _connection(edge: Any, person: UUID) -> dict[str, Any]:
    return {name: getattr(edge, name) for name in ("id", "connection_id", "face_match_id", "baby_id", "created_at")}


def _baby(baby: Any, person: UUID) -> dict[str, Any]:
    names = ("id", "match_id", "status", "painter", "completed_at")
    return {"asked_by_you": baby.is_asked_by(person)} | {name: getattr(baby, name) for name in names}


def _leave(person: UUID, now: datetime) -> None:
    """All of it goes with its files before the account does, and in one step that may be done again."""
    with transaction.atomic():
        try:
            own_faces.forget(user_id=person, now=now)
        except NotYours:  # gone already
            return


def _rejected() -> Retention:
    """Pictures of somebody else are not kept for long."""

    def sweep(model: type[Model], moment: datetime, most: int) -> int:
        now = moment + settings.RETENTION["rejected_faces"]
        return own_faces.drop_rejected(before=moment, most=most, now=now)

    return Retention("rejected_faces", "when it was found not to be of you; others until you leave", sweep)


def declare() -> None:
    before_erasure(_leave)
    register(*_pictures(), *_likenesses(), *_together(), *_tuned())


def _pictures() -> list[Part]:
    return [
        Part(
            Face,
            "Pictures of your face, and what an analyzer found in them",
            LIKENESS,
            deletes("user"),
            hidden=("file", "file_key"),
            files=own_faces.files_of,
            retention=_rejected(),
            seen_by="you; who is like you, the picture alone; moderators",
            derived={"face_analysis": FOUND},
        ),
        Part(
            MatchJob,
            "What was worked out after an upload",
            LIKENESS,
            deletes("user"),
            shown=_job,
            seen_by="you; moderators",
            retention=older(
                "match_jobs", "completed_at", "its end", status__in=[JobStatus.COMPLETED, JobStatus.FAILED]
            ),
        ),
    ]


def _likenesses() -> list[Part]:
    return [
        Part(
            FaceMatch,
            "Whose face yours is like, and how much",
            LIKENESS,
            deletes("user_a", "user_b"),
            belongs=("user_a", "user_b"),
            shown=_match,
            seen_by="you; the other; moderators",
        ),
        Part(
            Twins,
            "That you are not somebody who looks like you",
            "so that you two are not taken for one person again",
            deletes("user_a", "user_b"),
            belongs=("user_a", "user_b"),
            withheld="it tells of the other's face, whatever they allow",
            seen_by="moderators",
        ),
        Part(
            CelebrityMatch,
            "Whom of the famous you look like",
            LIKENESS,
            with_its_owner(),
            belongs=("face__user",),
            related=("celebrity",),
            shown=_lookalike,
            seen_by="you; moderators",
        ),
        Part(
            Reaction,
            "Likenesses you saw and liked",
            LIKENESS,
            deletes("user"),
            shown=_reaction,
            seen_by="you; moderators",
        ),
    ]


def _together() -> list[Part]:
    return [
        Part(
            Baby,
            "Pictures of the child two people might have",
            "because both of you wanted to see it",
            with_its_owner(),
            belongs=BOTH,
            shown=_baby,
            files=babies.files_of,
            seen_by="you; the other; moderators, but for the picture",
        ),
        Part(
            FaceConnection,
            "That a likeness brought two people together",
            LIKENESS,
            with_its_owner(),
            belongs=("connection__user_low", "connection__user_high"),
            shown=_connection,
            seen_by="you; the other; moderators",
        ),
    ]


def _tuned() -> list[Part]:
    return [
        Part(
            FaceParameters,
            "That you drafted a version of the weights of likeness",
            "to know who turned what",
            empties("created_by", words="kept without you"),
            belongs=("created_by",),
            withheld="figures of the product, not of you",
            seen_by="admins; analysts",
            lasts="as long as scores name it",
        ),
    ]
