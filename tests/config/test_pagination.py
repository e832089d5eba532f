"""Lists: a cursor is only what was given for that list, and a limit is a number in its bounds."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q

from chat.models import Conversation
from config.api.pagination import below
from connect.models import Notification
from tests.chat.people import make_two
from tests.factories import UserFactory

LIST = "/api/notifications"
CONVERSATIONS = "/api/conversations"


@pytest.fixture
def user(db):
    user = UserFactory()
    for number in range(5):
        Notification.objects.create(user=user, type="match_proposed", title=str(number))
    return user


@pytest.fixture
def client(user, api):
    return api(user)


def titles(reply):
    return [entry["title"] for entry in reply.json()["results"]]


def cursor_of(reply):
    return reply.json()["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")


def refused(reply):
    return reply.status_code, reply.json()["code"]


def forged(text):
    return b64encode(text.encode()).decode()


def test_the_cursor_walks_the_whole_list(client):
    found, address = [], f"{LIST}?limit=2"
    while address:
        reply = client.get(address)
        found += titles(reply)
        address = reply.json()["next"]
    assert found == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "%00",
        "ü",
        forged("hello world"),
        forged("o=0&r=0"),
        forged("p=01a1fca7-c152-71b1-ab4d-42f684f91c55"),
        forged("o=0&r=0&p=01a1fca7-c152-71b1-ab4d-42f684f91c55&s=signature"),
        forged("&s="),
    ],
)
def test_a_cursor_that_was_not_given_is_refused(client, cursor):
    assert refused(client.get(LIST, {"cursor": cursor})) == (400, "invalid_cursor")


def test_a_changed_cursor_is_refused(client):
    cursor = cursor_of(client.get(LIST, {"limit": 2}))
    changed = cursor[:8] + ("A" if cursor[8] != "A" else "B") + cursor[9:]
    assert refused(client.get(LIST, {"cursor": changed})) == (400, "invalid_cursor")


def test_the_cursor_of_another_list_is_refused(client):
    cursor = cursor_of(client.get(LIST, {"limit": 2}))
    assert refused(client.get("/api/consents", {"cursor": cursor})) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit, count", [("1", 1), ("3", 3), ("200", 5)])
def test_a_limit_in_its_bounds_is_kept(client, limit, count):
    assert len(titles(client.get(LIST, {"limit": limit}))) == count


@pytest.mark.parametrize("limit", ["0", "-1", "201", "abc", "", "1.5", "9" * 5000])
def test_any_other_limit_is_refused_by_name(client, limit):
    reply = client.get(LIST, {"limit": limit})
    assert (reply.status_code, list(reply.json()["details"])) == (400, ["limit"])


def notice(user, title):
    return Notification.objects.create(user=user, type="match_proposed", title=title)


def test_what_comes_in_meanwhile_shifts_no_page(user, client):
    first = client.get(LIST, {"limit": 2})
    notice(user, "5")
    notice(user, "6")
    assert (titles(first), titles(client.get(first.json()["next"]))) == (["4", "3"], ["2", "1"])


def test_what_goes_meanwhile_shifts_no_page(user, client):
    first = client.get(LIST, {"limit": 2})
    Notification.objects.filter(title__in=["4", "3"]).delete()
    assert titles(client.get(first.json()["next"])) == ["2", "1"]


@pytest.mark.parametrize("limit, more", [(4, True), (5, False), (6, False)])
def test_there_is_a_next_page_only_where_there_are_more_rows(client, limit, more):
    assert bool(client.get(LIST, {"limit": limit}).json()["next"]) == more


def test_the_next_page_keeps_the_limit_it_is_asked_with(client):
    address = client.get(LIST, {"limit": 2}).json()["next"]
    assert "limit=2" in address
    assert len(titles(client.get(LIST, {"limit": 1, "cursor": cursor_of(client.get(LIST, {"limit": 2}))}))) == 1


def test_a_page_after_the_last_row_is_empty(user, client):
    address = client.get(LIST, {"limit": 4}).json()["next"]
    Notification.objects.filter(title="0").delete()
    assert client.get(address).json() == {"results": [], "next": None}


class TestTies:
    """Conversations are listed by when something was said last, and that many can share."""

    SAME = datetime(2026, 5, 1, 12, tzinfo=UTC)

    @pytest.fixture
    def rooms(self, user):
        """Seven, of which the middle five share their moment to the microsecond."""
        rooms = [make_two(user.id).conversation for _ in range(7)]
        moments = [self.SAME - timedelta(microseconds=1), *[self.SAME] * 5, self.SAME + timedelta(microseconds=1)]
        for room, moment in zip(rooms, moments, strict=True):
            Conversation.objects.filter(id=room.id).update(last_activity_at=moment)
        return [str(room.id) for room in rooms]

    def walk(self, client, limit, between=lambda: None):
        found, address = [], f"{CONVERSATIONS}?limit={limit}"
        while address:
            reply = client.get(address)
            found += [entry["id"] for entry in reply.json()["results"]]
            address = reply.json()["next"]
            between()
        return found

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 50])
    def test_pages_of_any_size_lose_and_repeat_nothing(self, client, rooms, limit):
        assert self.walk(client, limit) == rooms[::-1]

    def test_a_moment_without_a_fraction_is_a_place_too(self, client, rooms):
        Conversation.objects.update(last_activity_at=self.SAME)
        assert self.walk(client, 2) == rooms[::-1]

    def test_a_conversation_begun_meanwhile_is_repeated_nowhere(self, user, client, rooms):
        assert self.walk(client, 2, between=lambda: make_two(user.id)) == rooms[::-1]

    def test_one_begun_meanwhile_with_the_same_moment_loses_none(self, user, client, rooms):
        def another():
            made = make_two(user.id).conversation
            Conversation.objects.filter(id=made.id).update(last_activity_at=self.SAME)

        found = self.walk(client, 2, between=another)
        assert [room for room in found if room in rooms] == rooms[::-1]
        assert len(found) == len(set(found))

    def test_new_words_on_a_page_already_read_repeat_nothing(self, client, rooms):
        def newest_again():
            Conversation.objects.filter(id=rooms[-1]).update(last_activity_at=self.SAME + timedelta(days=1))

        assert self.walk(client, 3, between=newest_again) == rooms[::-1]

    def test_the_list_of_another_shows_none_of_them(self, client, api, rooms):
        cursor = client.get(CONVERSATIONS, {"limit": 2}).json()["next"]
        assert api(UserFactory()).get(cursor).json()["results"] == []


def test_below_is_what_sorts_after_a_position(user):
    later = below(("title", "id"), ["3", "not asked"])
    assert later == Q(title__lt="3") | Q(title="3") & Q(id__lt="not asked")
    rows = list(Notification.objects.filter(user=user).order_by("-title", "-id"))
    for position, row in enumerate(rows):
        after = Notification.objects.filter(below(("title", "id"), [row.title, row.id])).order_by("-title", "-id")
        assert list(after) == rows[position + 1 :]
