"""What may happen in blind chats, in plain Python: the rules as docs/realtime.md and the product say them.

It shares no code with the product. People and rooms are numbers; so are offers to reveal, in the order they were made.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

OFFER_LASTS = timedelta(hours=48)
PAUSE = timedelta(hours=24)
ASK_AGAIN = timedelta(minutes=10)
TAKE_BACK_WITHIN = timedelta(minutes=15)
SILENCE = timedelta(days=14)

Answer = tuple[int, dict[str, Any]]
"""A status, and what of the reply is compared."""


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code


@dataclass
class Said:
    by: int
    room: int
    text: str | None
    at: datetime
    seq: int
    original: str
    read: bool = False

    @property
    def retracted(self) -> bool:
        return self.text is None


@dataclass
class Offer:
    number: int
    room: int
    by: int
    until: datetime
    status: str = "pending"
    resolved: datetime | None = None


@dataclass
class Room:
    """`log` is what happened, in the order of its numbers from 1."""

    people: tuple[int, int]
    spoken: datetime
    state: str = "anonymous"
    reveal: str = "none"
    log: list[str] = field(default_factory=lambda: ["anonymous"])

    def happens(self, what: str) -> int:
        self.log.append(what)
        return len(self.log)


class Model:
    """Each operation answers as the product has to; `now` is moved by whoever drives it."""

    def __init__(self, rooms: list[tuple[int, int]], now: datetime) -> None:
        self.now = now
        self.rooms = [Room(people, now) for people in rooms]
        self.said: list[Said] = []
        self.by_client_id: dict[tuple[int, str], Said] = {}
        self.offers: list[Offer] = []
        self.blocks: set[tuple[int, int]] = set()

    def answer(self, kind: str, **data: Any) -> Answer:
        try:
            return getattr(self, kind)(**data)  # type: ignore[no-any-return]
        except Refused as refused:
            return refused.status, {"code": refused.code}

    def say(self, by: int, room: int, client_id: str, text: str) -> Answer:
        place = self._mine(by, room)
        earlier = self.by_client_id.get((by, client_id))
        if earlier and (earlier.room, earlier.original) != (room, text):
            raise Refused(422, "client_id_reused")
        if earlier:
            return 201, {"seq": earlier.seq}
        self._running(place)
        said = Said(by, room, text, self.now, place.happens("message"), text)
        self.said.append(said)
        self.by_client_id[by, client_id] = said
        place.spoken = self.now
        return 201, {"seq": said.seq}

    def read(self, by: int, room: int, seq: int) -> Answer:
        place = self._mine(by, room)
        if seq > len(place.log):
            raise Refused(400, "seq_unknown")
        unread = [] if place.state == "closed" else [said for said in self.waiting(by, room) if said.seq <= seq]
        for said in unread:
            said.read = True
        return 200, {"marked": len(unread)}

    def take_back(self, by: int, room: int, seq: int) -> Answer:
        place = self._mine(by, room)
        said = next((s for s in self.said if (s.by, s.room, s.seq) == (by, room, seq)), None)
        if said is None:
            raise Refused(404, "not_found")
        if not said.retracted:
            self._running(place)
            if self.now - said.at > TAKE_BACK_WITHIN:
                raise Refused(409, "retraction_too_late")
            said.text = None
            place.happens("retraction")
        return 200, {"seq": seq, "retracted": True}

    def request(self, by: int, room: int) -> Answer:
        place = self._running(self._mine(by, room))
        if place.state != "anonymous":
            raise Refused(409, "reveal_not_possible")
        standing = self._pending(room)
        if standing and standing.until > self.now:
            if standing.by != by:
                self._become_mutual(place, standing)
            return 200, {"revealState": place.reveal, "offer": standing.number}
        if standing or self._resting(room) or self._took_back(by, room):
            raise Refused(409, "reveal_too_soon")
        self.offers.append(Offer(len(self.offers), room, by, self.now + OFFER_LASTS))
        self._reveal(place, "pending")
        return 200, {"revealState": "pending", "offer": len(self.offers) - 1}

    def withdraw(self, by: int, room: int) -> Answer:
        place = self._running(self._mine(by, room))
        offer = self._pending(room)
        if offer is None or offer.by != by:
            raise Refused(409, "reveal_not_pending")
        self._resolve(offer, "withdrawn", self.now)
        self._reveal(place, "none")
        return 200, {"revealState": "none", "offer": offer.number}

    def accept(self, by: int, offer: int) -> Answer:
        found = self._to_answer(by, offer)
        self._become_mutual(self.rooms[found.room], found)
        return 200, {"revealState": "mutual", "offer": offer}

    def decline(self, by: int, offer: int) -> Answer:
        found = self._to_answer(by, offer)
        self._resolve(found, "declined", self.now)
        self._reveal(self.rooms[found.room], "declined")
        return 200, {"revealState": "declined", "offer": offer}

    def end(self, by: int, room: int) -> Answer:
        self._close(self._mine(by, room), room)
        return 200, {"state": "closed"}

    def block(self, by: int, room: int) -> Answer:
        place = self._mine(by, room)
        pair = (by, sum(place.people) - by)
        known = pair in self.blocks
        self.blocks.add(pair)
        self._close(place, room)
        return 200 if known else 201, {"source": "manual"}

    def sweep(self) -> None:
        """What the clock brings about."""
        for offer in self.offers:
            if offer.status == "pending" and offer.until <= self.now:
                self._resolve(offer, "expired", offer.until)
                self._reveal(self.rooms[offer.room], "expired")
        for number, place in enumerate(self.rooms):
            if place.state == "anonymous" and place.spoken <= self.now - SILENCE:
                self._close(place, number)

    def waiting(self, by: int, room: int) -> list[Said]:
        """What the other said and `by` has not read."""
        return [s for s in self.said if s.room == room and s.by != by and not s.read and not s.retracted]

    def _mine(self, by: int, room: int) -> Room:
        if by not in self.rooms[room].people:
            raise Refused(404, "not_found")
        return self.rooms[room]

    def _running(self, place: Room) -> Room:
        if place.state == "closed":
            raise Refused(409, "conversation_closed")
        return place

    def _pending(self, room: int) -> Offer | None:
        return next((o for o in self.offers if o.room == room and o.status == "pending"), None)

    def _resting(self, room: int) -> bool:
        refused = [o for o in self.offers if o.room == room and o.status in {"declined", "expired"}]
        return any(o.resolved and o.resolved > self.now - PAUSE for o in refused)

    def _took_back(self, by: int, room: int) -> bool:
        own = [o for o in self.offers if (o.room, o.by, o.status) == (room, by, "withdrawn")]
        return any(o.resolved and o.resolved > self.now - ASK_AGAIN for o in own)

    def _to_answer(self, by: int, number: int) -> Offer:
        offer = self.offers[number]
        place = self.rooms[offer.room]
        if by == offer.by or by not in place.people:
            raise Refused(404, "not_found")
        self._running(place)
        if offer.status != "pending" or offer.until <= self.now:
            raise Refused(409, "reveal_not_pending")
        return offer

    def _become_mutual(self, place: Room, offer: Offer) -> None:
        self._resolve(offer, "accepted", self.now)
        self._reveal(place, "mutual")
        place.state, place.spoken = "revealed", self.now
        place.happens("revealed")

    def _resolve(self, offer: Offer, status: str, at: datetime) -> None:
        offer.status, offer.resolved = status, at

    def _reveal(self, place: Room, state: str) -> None:
        place.reveal = state
        place.happens(f"reveal {state}")

    def _close(self, place: Room, room: int) -> None:
        if place.state == "closed":
            return
        offer = self._pending(room)
        if offer:
            self._resolve(offer, "expired", self.now)
            self._reveal(place, "expired")
        place.state = "closed"
        place.happens("closed")
