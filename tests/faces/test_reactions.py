"""What people make of likenesses: seen, liked, taken back; and two likes, which connect."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.errors import ConsentMissing, NotYours, WrongState
from connect.enums import DisclosureLevel, DisclosureSource, NotificationType, Purpose, UserStatus
from connect.models import Consent, Disclosure, Notification, User
from connect.services import disclosures
from faces import metrics
from faces.models import FaceConnection, Reaction
from faces.services import likes as meetings
from faces.services import reactions
from matching.enums import MatchStatus, Origin, Server
from matching.models import Connection, Match
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.faces.likers import alike, couple, like, likes, member
from tests.factories import MatchFactory

pytestmark = pytest.mark.django_db
PATH = "/api/reactions"


def react(client, match, kind="like"):
    return client.post(PATH, {"match_id": str(match.id), "type": kind}, format="json")


def withdraw(user, match, now, kind="like"):
    reactions.withdraw(match_id=match.id, by=user.id, kind=kind, now=now)


def code(reply):
    return reply.status_code, reply.json()["code"]


def waiting():
    return Reaction.objects.filter(waiting_since__isnull=False).count()


def know_each_other(first, second, now):
    """They met otherwise, and may know who the other is."""
    edge = connections.form(first=first.id, second=second.id, origin=Origin.COMPATIBILITY, now=now)
    disclosures.grant_mutual(
        first=first.id,
        second=second.id,
        level=DisclosureLevel.IDENTITY,
        source=DisclosureSource.REVEAL,
        source_id=edge.id,
        now=now,
    )
    return edge


# One's own.


def test_a_like_is_kept_once_and_told_to_nobody(api, now):
    first, _, match = couple(now)
    replies = [react(api(first), match) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json() == replies[1].json()
    assert (replies[0].json()["type"], replies[0].json()["connection_id"]) == ("like", None)
    assert likes(first) == 1
    assert not (Notification.objects.exists() or Connection.objects.exists())


def test_having_seen_one_is_no_like(api, now):
    first, second, match = couple(now)
    like(second, match, now)
    assert react(api(first), match, "viewed").json()["connection_id"] is None
    assert not Connection.objects.exists()


def test_favourites_show_the_others_face_and_no_more(api, now):
    first, second, match = couple(now)
    like(first, match, now)
    react(api(first), alike(first, member(), now), "viewed")
    (favourite,) = api(first).get(f"{PATH}?type=like").json()["results"]
    assert favourite.keys() == {"id", "match_id", "type", "created_at", "percentile", "face"}
    assert favourite["percentile"] == 90
    theirs = match.face_b if match.user_a_id == first.id else match.face_a
    assert favourite["face"]["link"].startswith(f"/api/faces/{theirs.id}/file?")
    assert len(api(first).get(PATH).json()["results"]) == 2
    assert api(second).get(PATH).json()["results"] == []


def test_favourites_come_page_by_page(api, now):
    first = member()
    for _ in range(3):
        like(first, alike(first, member(), now), now)
    seen, at = [], f"{PATH}?type=like&limit=2"
    while at:
        page = api(first).get(at).json()
        seen += [row["match_id"] for row in page["results"]]
        at = page["next"]
    assert len(set(seen)) == len(seen) == 3


def test_a_list_takes_the_same_queries_however_long(api, now):
    first, client = member(), None
    client, counts = api(first), []
    for _ in range(2):
        like(first, alike(first, member(), now), now)
        with CaptureQueriesContext(connection) as asked:
            client.get(PATH)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_it_is_taken_back_and_twice_is_once(api, now):
    first, _, match = couple(now)
    like(first, match, now)
    for _ in range(2):
        assert api(first).delete(f"{PATH}?match_id={match.id}").status_code == 204
    assert likes(first) == 0


# What is not shown cannot be reacted to.


@pytest.mark.parametrize(
    "hide",
    [
        lambda match, other, now: blocks.block(
            by=other.id, other=match.other(other.id), source=BlockSource.MANUAL, now=now
        ),
        lambda match, other, now: type(match).objects.update(withheld="same_person"),
        lambda match, other, now: Disclosure.objects.update(revoked_at=now),
        lambda match, other, now: User.objects.filter(id=other.id).update(suspended_until=now + timedelta(days=1)),
        lambda match, other, now: User.objects.filter(id=other.id).update(status=UserStatus.DELETION_PENDING),
    ],
    ids=["block", "withheld", "revoked", "kept out", "leaving"],
)
def test_what_is_not_shown_is_not_there(api, now, hide):
    first, second, match = couple(now)
    like(first, match, now)
    hide(match, second, now)
    assert code(react(api(first), match)) == (404, "not_found")
    assert api(first).get(PATH).json()["results"] == []


def test_without_the_consent_nobody_likes(now):
    first, _, match = couple(now)
    Consent.objects.filter(user=first, purpose=Purpose.FACE_MATCHING).update(revoked_at=now)
    with pytest.raises(ConsentMissing):
        like(first, match, now)


# Two likes.


def test_two_likes_connect(api, now):
    first, second, match = couple(now)
    like(first, match, now)
    reply = react(api(second), match).json()
    edge = Connection.objects.get()
    assert reply["connection_id"] == str(edge.id)
    assert (edge.origin, edge.match, {edge.user_low_id, edge.user_high_id}) == (
        Origin.FACE,
        None,
        {first.id, second.id},
    )
    assert FaceConnection.objects.get().face_match_id == match.id
    shown = Disclosure.objects.live().filter(level=DisclosureLevel.IDENTITY, source=DisclosureSource.CONNECTION)
    assert set(shown.values_list("viewer_id", "source_id")) == {(first.id, edge.id), (second.id, edge.id)}
    told = Notification.objects.filter(
        type=NotificationType.MUTUAL_MATCH, related_id=edge.id, related_type="connection"
    )
    assert set(told.values_list("user_id", flat=True)) == {first.id, second.id}
    assert waiting() == 0


def test_on_whichever_likeness_of_theirs(now):
    first, second, match = couple(now)
    another = alike(first, second, now)
    like(first, match, now)
    assert like(second, another, now) == Connection.objects.get()


def test_liked_again_it_is_the_same_connection(now):
    first, second, match = couple(now)
    like(first, match, now)
    edge = like(second, match, now)
    assert [like(first, match, now), like(second, alike(first, second, now), now)] == [edge, edge]
    assert Notification.objects.filter(type=NotificationType.MUTUAL_MATCH).count() == 2


def test_a_like_that_connected_is_not_taken_back(now):
    first, second, match = couple(now)
    like(first, match, now)
    like(second, match, now)
    with pytest.raises(WrongState) as refused:
        withdraw(first, match, now)
    assert refused.value.code == "like_mutual"
    assert likes(first) == 1


def test_once_the_connection_is_over_it_is_and_nothing_comes_of_another(now):
    first, second, match = couple(now)
    like(first, match, now)
    edge = like(second, match, now)
    connections.terminate(connection_id=edge.id, by=first.id, now=now)
    withdraw(first, match, now)
    assert likes(first) == 0
    with pytest.raises(NotYours):
        like(first, match, now)


def test_taken_back_before_the_other_likes_nothing_comes_of_it(now):
    first, second, match = couple(now)
    like(first, match, now)
    withdraw(first, match, now)
    assert like(second, match, now) is None


# What keeps two apart is told to nobody.


def talk_under_pseudonyms(first, second, now):
    MatchFactory(first=first, second=second, status=MatchStatus.ACCEPTED_BOTH)


def have_a_streak(first, second, now):
    low, high = sorted((first.id, second.id))
    Connection.objects.create(user_low_id=low, user_high_id=high, origin=Origin.DISCOVERY, server=Server.PARTNER)


def no_longer_allow(first, second, now):
    Consent.objects.filter(user=second, purpose=Purpose.FACE_MATCHING).update(revoked_at=now)


@pytest.mark.parametrize("apart", [talk_under_pseudonyms, have_a_streak, no_longer_allow])
def test_what_keeps_them_apart_reads_as_a_single_like_does(api, now, apart):
    """The same reply, by as many queries."""
    first, second, match = couple(now)
    third = alike(first, member(), now)
    like(second, match, now)
    apart(first, second, now)
    before, client, counts, replies = Connection.objects.count(), api(first), [], []
    for liked in (third, match):
        with CaptureQueriesContext(connection) as asked:
            replies.append(react(client, liked).json()["connection_id"])
        counts.append(len(asked))
    assert replies == [None, None]
    assert counts[0] == counts[1]
    assert Connection.objects.count() == before
    assert not Notification.objects.filter(type=NotificationType.MUTUAL_MATCH, user=first, related_type="face").exists()
    assert not Disclosure.objects.filter(level=DisclosureLevel.IDENTITY).exists()


def test_the_likes_wait_and_connect_once_nothing_keeps_them(now):
    first, second, match = couple(now)
    talk = MatchFactory(first=first, second=second, status=MatchStatus.PROPOSED)
    like(first, match, now)
    assert like(second, match, now) is None
    assert waiting() == 2
    assert meetings.settle_waiting(now=now) == 0
    Match.objects.filter(id=talk.id).update(status=MatchStatus.DECLINED, ended_at=now)
    assert meetings.settle_waiting(now=now) == 1
    assert Connection.objects.get().origin == Origin.FACE
    assert (waiting(), meetings.settle_waiting(now=now)) == (0, 0)


def test_once_they_are_connected_no_like_waits_again(now):
    first, second, match = couple(now)
    for user in (first, second, second):
        like(user, match, now)
    like(first, alike(first, second, now), now)
    assert waiting() == 0


def test_one_taken_back_leaves_the_others_no_longer_waiting(now):
    first, second, match = couple(now)
    MatchFactory(first=first, second=second, status=MatchStatus.PROPOSED)
    for user in (first, second):
        like(user, match, now)
    withdraw(first, match, now)
    assert waiting() == 0


def test_one_of_several_taken_back_leaves_those_waiting_that_still_meet(now):
    first, second, match = couple(now)
    another = alike(first, second, now)
    MatchFactory(first=first, second=second, status=MatchStatus.PROPOSED)
    for user, liked in ((first, match), (first, another), (second, match)):
        like(user, liked, now)
    withdraw(first, match, now)
    assert set(Reaction.objects.filter(waiting_since=now).values_list("user", "match")) == {
        (first.id, another.id),
        (second.id, match.id),
    }


def test_likes_are_due_once_nothing_keeps_them_and_not_while_they_wait(now):
    first, second, match = couple(now)
    talk = MatchFactory(first=first, second=second, status=MatchStatus.PROPOSED)
    for user in (first, second):
        like(user, match, now)
    kept = due()
    Match.objects.filter(id=talk.id).update(status=MatchStatus.DECLINED, ended_at=now)
    assert (kept, due()) == (0, 2)
    meetings.settle_waiting(now=now)
    assert due() == 0


def due():
    return next(metric.samples[0].value for metric in metrics.work() if metric.name == "face_likes_due")


def test_one_taken_back_while_it_waits_connects_nobody(now):
    first, second, match = couple(now)
    talk = MatchFactory(first=first, second=second, status=MatchStatus.PROPOSED)
    for user in (first, second):
        like(user, match, now)
    withdraw(first, match, now)
    Match.objects.filter(id=talk.id).update(status=MatchStatus.DECLINED, ended_at=now)
    assert meetings.settle_waiting(now=now) == 0
    assert not Connection.objects.exists()


def test_two_who_know_each_other_keep_the_connection_they_have(now):
    first, second, match = couple(now)
    edge = know_each_other(first, second, now)
    like(first, match, now)
    assert like(second, match, now) == edge
    assert FaceConnection.objects.get().connection_id == edge.id
    assert not Notification.objects.filter(type=NotificationType.MUTUAL_MATCH).exists()
