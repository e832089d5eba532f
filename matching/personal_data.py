"""What matching holds of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from connect.enums import Purpose
from matching.models import (
    Chart,
    Connection,
    ConnectionEvent,
    DiscoveryBatch,
    DiscoveryCard,
    DiscoveryEntry,
    DiscoveryFilter,
    EngineParameters,
    Interest,
    InterestWipe,
    Match,
    MatchFeedback,
    MeetReflection,
    PoolEntry,
    QueueEntry,
)
from matching.queries import proposal
from matching.services import connections, interests, proposals
from safety.parts import both, deletes, empties, older, replaces, replaces_in_pair, sweeping, with_its_owner
from safety.personal_data import Part, Retention, before_erasure, register
from safety.roles import as_service

MEET = "to bring people together who suit each other"
UNSAID: dict[str, Any] = {"scores": {}, "labels": {}, "spreads": {}, "reasons": []}
"""An explanation that says nothing, in the shape that every explanation has."""

HALVES: dict[str, tuple[str, ...]] = {
    Purpose.ASTROLOGY: ("astrology", "astro_features", "astro_spread"),
    Purpose.HUMAN_DESIGN: ("human_design", "hd_features", "hd_spread"),
}


def leave(person: UUID, now: datetime) -> None:
    """End what a leaver has with others, one at a time, so that no more than two people are locked at once."""
    with transaction.atomic():
        proposals.close_for(user_id=person, now=now)
        interests.leave(user_id=person, now=now)
    for other in _others(person):
        with transaction.atomic():
            connections.end_between(first=person, second=other, by=None, reason="erased", now=now)


def _others(person: UUID) -> set[UUID]:
    with transaction.atomic(), as_service():
        standing = [edge.other(person) for edge in Connection.objects.of(person).standing()]
        matched = [match.other(person) for match in Match.objects.of(person).open()]
    return {*standing, *matched}


def _match(match: Any, person: UUID) -> dict[str, Any]:
    return proposal(match, person) | {"pathway": match.pathway, "created_at": match.created_at}


def _connection(edge: Any, person: UUID) -> dict[str, Any]:
    """Not why it ended: whether they were blocked, left or parted by a moderator is nobody's to know."""
    names = ("id", "origin", "server", "created_at", "ended_at")
    ended = {"status": connections.shown_status(edge), "ended_by_you": edge.ended_by == person}
    return {name: getattr(edge, name) for name in names} | ended


def _received(person: UUID) -> Q:
    """What others feel about somebody, who never learns of it unless they feel the same."""
    return Q(receiver=person)


def declare() -> None:
    before_erasure(leave)
    register(*_scored(), *_judged(), *_connected(), *_interested(), *_discovered(), _waited(), _tuned())


def _scored() -> list[Part]:
    return [
        Part(
            Chart,
            "Your chart, and the numbers made of it",
            "to compare two charts, if you allow it",
            deletes("user"),
            hidden=("due_at", "claimed_until"),
            derived=HALVES,
        ),
        Part(
            PoolEntry,
            "The numbers that stand for you when people are compared, and whom you look for",
            MEET,
            deletes("user"),
            hidden=("due_at", "claimed_until", "consider_at"),
            derived=dict.fromkeys((Purpose.MATCHING, *HALVES), ("query", "key")),
        ),
        Part(
            Match,
            "Who was proposed to you, and why",
            MEET,
            replaces_in_pair("user_a", "user_b", cleared={"explanation": UNSAID, "match_reasons": []}),
            belongs=("user_a", "user_b"),
            shown=_match,
            seen_by="you; the other, without who you are; moderators",
        ),
    ]


def _judged() -> list[Part]:
    return [
        Part(
            MatchFeedback,
            "How you judged a match, and what was learned from it",
            "so that later proposals suit you better",
            deletes("user"),
            derived={Purpose.MATCHING: ("vector_delta",)},
            seen_by="you; administrators",
        ),
        Part(
            MeetReflection,
            "How you said a live talk was",
            "so that people meet others who treat them well",
            deletes("user"),
            hidden=("counted_at",),
            seen_by="you; administrators; never the other",
        ),
    ]


def _connected() -> list[Part]:
    return [
        Part(
            Connection,
            "Whom you are or were connected with",
            "so that you stay in touch",
            replaces_in_pair("user_low", "user_high", "ended_by"),
            belongs=("user_low", "user_high"),
            shown=_connection,
            seen_by="you; the other; moderators",
        ),
        Part(
            ConnectionEvent,
            "What happened in a connection",
            "its history",
            with_its_owner("kept with the connection"),
            belongs=("connection__user_low", "connection__user_high"),
            hidden=("due_at",),
            seen_by="you; the other",
        ),
    ]


def _interested() -> list[Part]:
    return [
        Part(
            Interest,
            "In which cards of discovery you were interested",
            "to connect two people of whom each is interested in the other",
            both(deletes("sender"), replaces("receiver", words="what others sent you is kept for them without you")),
            belongs=("sender", "receiver"),
            unknown=_received,
            hidden=("met_at", "unavailable_since"),
            seen_by="you; moderators; the other only when it is mutual",
        ),
        Part(
            InterestWipe,
            "That your other interests were removed when you had no room left",
            "so that it can be traced why an interest is gone",
            deletes("user"),
            seen_by="you; moderators",
        ),
    ]


def _shown(person: UUID) -> Q:
    """On whose cards somebody was, who never learns of it."""
    return Q(subject=person)


def _card(card: Any, person: UUID) -> dict[str, Any]:
    names = ("id", "position", "status", "shown_at", "decided_at", "snapshot")
    return {name: getattr(card, name) for name in names}


def _discovered() -> list[Part]:
    return [
        Part(
            DiscoveryCard,
            "The cards you were shown, and those that showed you",
            "so that you see the same cards until you ask for new ones",
            deletes("owner", "subject"),
            belongs=("owner", "subject"),
            unknown=_shown,
            shown=_card,
            seen_by="you; whom you were shown to, without who you are; moderators",
            lasts="as long as the cards it was given with",
        ),
        Part(
            DiscoveryBatch,
            "When you were given cards, and in which server",
            "so that you see the same cards until you ask for new ones",
            deletes("person"),
            belongs=("person",),
            seen_by="you; moderators",
            retention=Retention("discovery", "its replacement, with its cards", sweeping(_replaced, _delete)),
        ),
        Part(
            DiscoveryFilter,
            "Whom you look for in discovery",
            MEET,
            deletes("person"),
            belongs=("person",),
        ),
        Part(
            DiscoveryEntry,
            "What you are sorted and filtered by when others look for cards",
            MEET,
            deletes("user"),
            hidden=("flagged", "exposure", "visible", "unmet"),
            derived={Purpose.MATCHING: ("hobbies",)},
        ),
    ]


def _replaced(model: Any, moment: datetime) -> Any:
    return model.objects.replaced_before(moment)


def _delete(batches: Any) -> None:
    batches.delete()


def _waited() -> Part:
    return Part(
        QueueEntry,
        "When you waited for a live conversation, and what came of it",
        "to bring you together with somebody who waits too, and to know how long that takes",
        deletes("user"),
        hidden=("seen_at",),
        seen_by="you; moderators",
        retention=older("queue", "dequeued_at", "its end"),
    )


def _tuned() -> Part:
    return Part(
        EngineParameters,
        "That you drafted a version of the engine's numbers",
        "to know who turned what",
        empties("created_by", words="kept without you"),
        belongs=("created_by",),
        withheld="figures of the product, not of you",
        seen_by="admins; analysts",
        lasts="as long as scores name it",
    )
