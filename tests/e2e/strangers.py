"""Six people come for the queue, and talk to each other one after the other: the first evening of the live walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from secrets import token_hex
from typing import Any

from tests.e2e.person import Person
from tests.e2e.walk import Say, check


@dataclass(frozen=True)
class Life:
    """What somebody tells of themselves; `values` are scores."""

    birth_date: str
    gender: str
    values: dict[str, int]


# What each holds dear differs, what they like to do does not. All allow romance and none is ready for it, so that the
# engine proposes nobody to anybody, which would keep those two out of the queue's hands; for a talk they suit.
LIVES = {
    "Ada": Life("1991-07-04", "female", {"honesty": 100, "adventure": 80}),
    "Ben": Life("1989-11-23", "male", {"growth": 100, "humor": 90}),
    "Cleo": Life("1993-02-11", "female", {"family": 100, "community": 80}),
    "Dora": Life("1990-05-30", "female", {"creativity": 100, "spirituality": 80}),
    "Eli": Life("1988-09-17", "male", {"freedom": 90, "empathy": 95}),
    "Finn": Life("1992-12-02", "male", {"ambition": 100, "security": 80}),
}
INTERESTS = {"games": 95, "nature": 85, "books": 75, "music": 70}
TOWN = {"city": "Reykjavík", "country": "IS"}
WISHES = {
    "mode": "both",
    "minAge": 25,
    "maxAge": 45,
    "distanceKm": 50,
    "preferredGenders": [],
    "languagePref": ["en"],
    "consentVersion": "v1",
}
LIKED = {"vibe_score": 5, "meet_outcome": "again", "feedback_tags": ["kind", "good_listener"]}
DISLIKED = {"vibe_score": 1, "meet_outcome": "pass", "feedback_tags": ["pushy"]}
QUEUE = "/api/matching/queue"


@dataclass(frozen=True)
class Talk:
    """Two whom the queue brought together; `one` waited for `other`. `id` is of their conversation."""

    one: Person
    other: Person
    session: dict[str, Any]
    id: str

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    def partner(self, person: Person) -> Person:
        return self.other if person is self.one else self.one

    async def tell(self, by: Person, text: str) -> dict[str, Any]:
        """Say something over the socket; what the other reads."""
        await by.say("chat.send", conversation_id=self.id, client_id=token_hex(8), text=text)
        heard = await self.partner(by).hears("chat.message", conversation_id=self.id, text=text)
        return dict(heard["data"])


async def arrive(person: Person, say: Say) -> None:
    """Sign up, tell of oneself, allow matching."""
    await person.register()
    life = LIVES[person.name]
    said = {"name": f"{person.name} Example", "nickname": person.name, "bio": "Here to talk.", "languages": ["en"]}
    profile = said | TOWN | {"birth_date": life.birth_date, "gender": life.gender}
    await person.call("PUT", "/api/profile", profile)
    await person.call("PUT", "/api/profile/values", {"scores": life.values})
    await person.call("PUT", "/api/profile/interests", {"scores": INTERESTS})
    questions = (await person.call("GET", "/api/profile/readiness"))["questions"]
    await person.call("PUT", "/api/profile/readiness", {"answers": {question["key"]: 1 for question in questions}})
    refused = await person.call("POST", f"{QUEUE}/join", expect=409)
    unmet = ", ".join(refused["details"]["unmet"])
    await person.call("POST", "/connect/activate", WISHES)
    await person.wait_for(lambda: is_open_to(person), "the queue to be open to them")
    say(f"{person.name} signed up; the queue asked for {unmet}, and is open after opting in to matching")


async def is_open_to(person: Person) -> bool:
    return not (await person.call("GET", QUEUE))["unmet"]


async def join(person: Person) -> dict[str, Any]:
    """Wait for somebody; what is heard from now on is of this wait."""
    person.events.clear()
    wait: dict[str, Any] = await person.call("POST", f"{QUEUE}/join")
    check(wait["status"] == "active", f"{person.name} does not wait: {wait}")
    return wait


async def pair(one: Person, other: Person) -> Talk:
    """Let `other` join, for whom `one` waits."""
    await join(other)
    sessions = [await session(person) for person in (one, other)]
    check(sessions[0] == sessions[1], f"they were paired with others: {sessions}")
    check(bool(sessions[0]["match_reasons"]), "a session came without reasons")
    return Talk(one, other, sessions[0], str(sessions[0]["conversation_id"]))


async def session(person: Person) -> dict[str, Any]:
    """What somebody is told of the pairing that their wait ends in."""
    told = (await person.hears("queue.status", status="matched"))["data"]
    found: dict[str, Any] = await person.call("GET", f"/api/matching/session/{told['session_id']}")
    return found


async def reflect(talk: Talk, person: Person) -> dict[str, Any]:
    """Say how the talk was, by what this walk thinks of the other."""
    opinion = DISLIKED if talk.partner(person).name == "Finn" else LIKED
    given: dict[str, Any] = await person.call(
        "POST", "/api/meet_reflections", {"match_id": talk.session["id"]} | opinion, expect=201
    )
    return given


async def chain(people: Sequence[Person], say: Say) -> None:
    """Each talks a little to the next and goes; the next, left behind, waits again for the one after. The last of
    them still waits at the end.
    """
    await join(people[0])
    for one, other in pairwise(people):
        talk = await pair(one, other)
        await talk.tell(one, f"Hello! {one.name[0]} is what you may call me. What did you read last?")
        await talk.tell(other, f"A book on gardens, says {other.name[0]}. And you?")
        other.events.clear()
        await one.call("POST", f"{talk.path}/end")
        await other.hears("chat.state", conversation_id=talk.id, state="closed")
        await other.hears("queue.status", status="active", reason="requeued")
        for person in (one, other):
            await reflect(talk, person)
        say(f"{one.name} and {other.name} talk; {one.name} ends it, and {other.name} is back in the queue")
