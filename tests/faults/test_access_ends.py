"""A session that ended is silent within one second, whatever became of the events that told it (fault 10).

Over a real server, real HTTP and real websockets.
"""

import re
import time
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from chat.services import reveals
from connect.models import User
from connect.services import sessions
from connect.services.sessions import Device
from safety.models import Block
from tests.chat.people import make_session, make_token, make_two, make_user
from tests.faults.live import stack
from tests.safety.cases import BAN, RESTRICTION, WEEK, taken
from tests.safety.rows import person as staff_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

REVOKED = 4408
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture(scope="module")
def running(django_db_setup, tmp_path_factory):
    with stack(tmp_path_factory.mktemp("redis")) as live:
        yield live


@pytest.fixture
def live(running):
    """The server; its sockets are closed before the database is emptied."""
    opened, person = [], running.person

    def remembered(user_id, token=None):
        opened.append(person(user_id, token))
        return opened[-1]

    yield remembered
    for one in opened:
        one.leave()


@pytest.fixture
def doomed(tmp_path):
    """A server whose Redis the test kills."""
    with stack(tmp_path) as live:
        yield live
    connections.close_all()


class Seat:
    """Somebody with a socket open, and the ways their session may end."""

    def __init__(self, person):
        self.user_id = make_user().id
        with transaction.atomic():
            user = User.objects.get(id=self.user_id)
            self.signed_in = sessions.open_for(user=user, device=Device("phone", "", ""), now=timezone.now())
        self.session = self.signed_in.session
        self.phone = person(self.user_id, self.signed_in.access)
        self.laptop = person(self.user_id, make_token(self.user_id, make_session(self.user_id)))
        self.phone.open()

    def log_out(self):
        assert self.phone.http.post("/api/auth/logout").status_code == 204

    def revoke_from_another_device(self):
        assert self.laptop.http.delete(f"/api/auth/sessions/{self.session.id}").status_code == 204

    def be_revoked_by_staff(self):
        with transaction.atomic():
            sessions.revoke_as_staff(session=self.session, by=staff_member().id, now=timezone.now())

    def be_restricted(self):
        with transaction.atomic():
            taken(self.user_id, RESTRICTION)

    def be_suspended(self):
        with transaction.atomic():
            taken(self.user_id, WEEK)

    def be_banned(self):
        with transaction.atomic():
            taken(self.user_id, BAN)

    def use_a_refresh_token_twice(self):
        old = {"refresh": self.signed_in.refresh}
        assert self.phone.http.post("/api/auth/refresh", json=old).status_code == 200
        assert self.phone.http.post("/api/auth/refresh", json=old).json()["code"] == "token_reused"

    def use_a_refresh_token_twice_without_redis(self):
        """Over HTTP a refresh waits for Redis, so that the family ends here."""
        for expected in (True, False):
            with transaction.atomic():
                made = sessions.refresh(token=self.signed_in.refresh, address="", now=timezone.now())
            assert (made is not None) == expected


ENDINGS = [
    Seat.log_out,
    Seat.revoke_from_another_device,
    Seat.be_revoked_by_staff,
    Seat.be_restricted,
    Seat.be_suspended,
    Seat.be_banned,
    Seat.use_a_refresh_token_twice,
]
WITHOUT_REDIS = [*ENDINGS[:-1], Seat.use_a_refresh_token_twice_without_redis]


def closing(seat, end):
    """The close code and how long after the end of the call it came."""
    end(seat)
    began = time.monotonic()
    return seat.phone.closed(3), time.monotonic() - began


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_an_open_socket_ends_within_a_second(live, end):
    code, seconds = closing(Seat(live), end)
    assert code == REVOKED
    assert seconds < 1


def test_one_whose_session_lives_stays_open(live):
    seat = Seat(live)
    assert seat.phone.closed(1.5) is None
    assert seat.phone.say("ping")["type"] == "ack"


def test_the_other_devices_of_the_person_stay_open(live):
    seat = Seat(live)
    seat.laptop.open()
    assert closing(seat, Seat.log_out)[0] == REVOKED
    assert seat.laptop.say("ping")["type"] == "ack"


def test_without_redis_it_ends_within_a_second_all_the_same(doomed):
    seats = [(Seat(doomed.person), end) for end in WITHOUT_REDIS]
    bystander = Seat(doomed.person)
    doomed.redis.kill()
    found = {end.__name__: closing(seat, end) for seat, end in seats}
    assert {name: code for name, (code, _) in found.items()} == {end.__name__: REVOKED for _, end in seats}
    assert max(seconds for _, seconds in found.values()) < 1
    assert bystander.phone.say("ping")["type"] == "ack"
    for seat in [*(seat for seat, _ in seats), bystander]:
        seat.phone.leave(), seat.laptop.leave()


# A block stops the pair's events and nothing else.


def ended_by(live, act):
    """What the second of two is told when the first does something, after a word from each and an offer."""
    two = make_two()
    first, second = live(two.a).open(), live(two.b).open()
    talk(two, first, second)
    act(two, first)
    told = second.listen(1)
    return two, first, second, [plain(frame, two) for frame in told]


def talk(two, first, second):
    for person in (first, second):
        said = {"conversation_id": str(two.conversation.id), "client_id": uuid4().hex, "text": "Hello"}
        assert person.say("chat.send", **said)["type"] == "ack"
    with transaction.atomic():
        reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    second.listen(0.5)
    second.told.clear()


def plain(frame, two):
    return re.sub(ID, "<id>", str(frame))


def block(two, first):
    reply = first.http.post("/api/blocks", json={"conversation_id": str(two.conversation.id)})
    assert reply.status_code == 201


def end(two, first):
    assert first.http.post(f"/api/conversations/{two.conversation.id}/end", json={}).status_code == 200


def test_the_blocked_one_is_told_what_an_end_tells_and_no_more(live):
    by_block, by_end = (ended_by(live, act)[-1] for act in (block, end))
    assert by_block == by_end
    assert ["closed" in frame for frame in by_block] == [True, False, True]  # between them: the offer is over
    assert not any("block" in frame for frame in by_block)


def test_after_it_nothing_about_the_pair_arrives_and_the_socket_stays(live):
    two, first, second, _ = ended_by(live, block)
    second.told.clear()
    room = {"conversation_id": str(two.conversation.id)}
    for person in (first, second):
        said = person.say("chat.send", **room, client_id=uuid4().hex, text="Are you there?")
        assert said["data"]["code"] == "conversation_closed"
        assert person.say("chat.typing", **room)["data"]["code"] == "conversation_closed"
        assert person.say("reveal.consent", **room)["data"]["code"] == "conversation_closed"
        assert person.say("chat.read", **room, seq=2)["data"]["marked"] == 0
    assert second.listen(0.7) == []
    assert second.say("ping")["type"] == "ack"


def test_what_others_say_still_arrives(live):
    two, _, second, _ = ended_by(live, block)
    other = make_two(first=two.b)
    third = live(other.conversation.other(two.b)).open()
    second.told.clear()
    said = {"conversation_id": str(other.conversation.id), "client_id": "1", "text": "Good evening"}
    assert third.say("chat.send", **said)["type"] == "ack"
    assert [frame["data"]["text"] for frame in second.listen(1) if frame["type"] == "chat.message"] == ["Good evening"]


def test_a_block_that_nothing_has_heard_of_yet_stops_the_events_too(live):
    two = make_two()
    first, second = live(two.a).open(), live(two.b).open()
    talk(two, first, second)
    Block.objects.create(blocker_id=two.a, blocked_id=two.b, source="manual", alias="Someone")
    room = {"conversation_id": str(two.conversation.id)}
    for person in (first, second):
        said = person.say("chat.send", **room, client_id=uuid4().hex, text="Are you there?")
        assert said["data"]["code"] == "conversation_closed"
        assert person.say("chat.typing", **room)["data"]["code"] == "conversation_closed"
        assert person.say("chat.read", **room, seq=2)["data"]["marked"] == 0
    assert second.listen(0.7) == []


def test_without_redis_a_block_holds_as_well(doomed):
    two = make_two()
    first, second = (doomed.person(person).open() for person in (two.a, two.b))
    doomed.redis.kill()
    block(two, first)
    typed = second.say("chat.typing", conversation_id=str(two.conversation.id))
    assert typed["data"]["code"] == "conversation_closed"
    assert second.say("ping")["type"] == "ack"
    assert second.told == []
    first.leave(), second.leave()
