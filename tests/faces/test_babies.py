"""Pictures out of two faces: who may have them asked for, how they are painted, and when nothing of them is left."""

import io
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.storage import storages
from PIL import Image

from config.errors import CapacityReached, ConsentMissing, NotYours, WrongState
from connect.enums import Purpose, UserStatus
from connect.models import AccountDeletion, Consent, Notification, User
from connect.services import consents, erasures, kept_pictures, picture_files
from faces import painters, tasks
from faces.models import Baby, FaceConnection, FaceMatch, PaintingDay
from faces.services import babies, paintings
from matching.models import Connection
from matching.services import connections
from safety.enums import BlockSource
from safety.models import Block
from safety.personal_data import parts
from safety.services import blocks
from tests.faces.couples import likeness
from tests.faces.fal import BEGIN, PICTURE, RESULT, STATUS, Reply, made
from tests.faces.likers import like, member
from tests.factories import ProfileFactory, UserFactory
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
SOON = timedelta(minutes=10)


@pytest.fixture
def match(now):
    return likeness(now)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A block after which follows what follows a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def ask(match, now, by=None):
    return babies.ask(match_id=match.id, by=(by or match.user_a).id, now=now)


def painted(match, now):
    baby = ask(match, now)
    assert babies.paint_due(now=now) == 1
    baby.refresh_from_db()
    return baby


def connected(match):
    return Connection.objects.create(user_low=match.user_a, user_high=match.user_b, origin="face")


def there(file):
    return storages["private"].exists(file)


def files():
    """Of all pictures of babies."""
    return [
        file
        for part in storages["private"].listdir("babies")[0]
        for file in storages["private"].listdir(f"babies/{part}")[1]
    ]


def day():
    return PaintingDay.objects.get()


def unconsent(user, now):
    consents.revoke(user_id=user.id, purpose=Purpose.BABY_IMAGES, now=now)


def suspend(user, now):
    User.objects.filter(id=user.id).update(suspended_until=now + timedelta(days=1))


def leave(user, now):
    User.objects.filter(id=user.id).update(status=UserStatus.DELETION_PENDING)


# asking


def test_asking_makes_a_row_that_waits_and_has_no_file(match, now):
    baby = ask(match, now)
    assert (baby.status, baby.file, baby.painter, baby.generated_by_id) == ("pending", None, "morph", match.user_a_id)


def test_whoever_asks_while_one_is_painted_gets_that_one(match, now):
    first = ask(match, now)
    assert ask(match, now, by=match.user_b).id == first.id
    assert day().asked == 1


def test_once_it_is_there_another_may_be_asked_for(match, now):
    first = painted(match, now)
    second = painted(match, now)
    assert first.id != second.id
    assert Baby.objects.painted().count() == 2


@pytest.mark.parametrize(
    "hide",
    [
        lambda match, now: FaceMatch.objects.update(withheld="same_person"),
        lambda match, now: Block.objects.create(blocker=match.user_b, blocked=match.user_a, source=BlockSource.MANUAL),
        lambda match, now: Block.objects.create(blocker=match.user_a, blocked=match.user_b, source=BlockSource.MANUAL),
        lambda match, now: leave(match.user_b, now),
        lambda match, now: suspend(match.user_b, now),
        lambda match, now: type(match.face_b).objects.filter(id=match.face_b_id).update(verdict="rejected"),
    ],
    ids=["withheld", "blocked", "blocking", "leaving", "suspended", "not their face"],
)
def test_a_match_that_is_not_shown_is_not_there(match, now, hide):
    hide(match, now)
    with pytest.raises(NotYours):
        ask(match, now)


def test_to_somebody_else_a_match_is_not_there(match, now):
    with pytest.raises(NotYours):
        ask(match, now, by=UserFactory())


@pytest.mark.parametrize("purpose", [Purpose.BABY_IMAGES, Purpose.FACE_ANALYSIS])
def test_without_ones_own_consent_there_is_none(match, now, purpose):
    Consent.objects.filter(user=match.user_a, purpose=purpose).update(revoked_at=now)
    with pytest.raises(ConsentMissing) as refused:
        ask(match, now)
    assert refused.value.details == {"purpose": purpose}


def test_without_the_others_consent_it_is_not_said_what_is_missing(match, now):
    Consent.objects.filter(user=match.user_b, purpose=Purpose.BABY_IMAGES).update(revoked_at=now)
    with pytest.raises(WrongState) as refused:
        ask(match, now)
    assert (refused.value.code, refused.value.details) == ("baby_not_possible", {})


def test_after_the_two_parted_there_is_none(match, now):
    connections.end_between(first=match.user_a_id, second=match.user_b_id, by=None, reason="terminated", now=now)
    with pytest.raises(NotYours):
        ask(match, now)


def test_with_somebody_restricted_there_is_none(match, now):
    User.objects.filter(id=match.user_b_id).update(status=UserStatus.RESTRICTED)
    with pytest.raises(NotYours):
        ask(match, now)


def test_so_many_a_day_and_no_more_until_one_is_a_day_old(match, now, settings):
    settings.BABIES_A_DAY = 1
    painted(match, now)
    with pytest.raises(CapacityReached) as refused:
        ask(match, now)
    assert refused.value.code == "babies_a_day"
    assert ask(match, now, by=match.user_b)
    babies.paint_due(now=now)
    assert ask(match, now + timedelta(hours=25)).status == "pending"


def test_what_was_deleted_since_counts_as_well(match, now, settings):
    settings.BABIES_A_DAY = 1
    ask(match, now)
    assert babies.forget(user_id=match.user_a_id, now=now) == 1
    with pytest.raises(CapacityReached):
        ask(match, now)


def test_what_all_cost_in_a_day_stays_in_the_budget(match, now, fal, settings):
    settings.FAL_PRICE, settings.FAL_BUDGET = 3000, 5999
    assert ask(match, now).cost == 3000
    other = likeness(now)
    with pytest.raises(CapacityReached) as refused:
        ask(other, now)
    assert (refused.value.code, day().spent) == ("babies_budget_spent", 3000)
    assert ask(other, now + timedelta(days=1)).cost == 3000


# painting


def test_it_is_painted_stored_sealed_and_both_are_told(match, now):
    baby = painted(match, now)
    picture = b"".join(kept_pictures.content(baby))
    assert Image.open(io.BytesIO(picture)).size == (baby.width, baby.height) == (512, 512)
    assert (baby.status, baby.completed_at, baby.error_message) == ("completed", now, "")
    told = Notification.objects.filter(type="baby_generated", related_id=baby.id, related_type="baby")
    assert set(told.values_list("user", flat=True)) == {match.user_a_id, match.user_b_id}
    assert (day().asked, day().painted, day().spent) == (1, 1, 0)


def test_people_are_told_in_their_language(match, now):
    ProfileFactory(user=match.user_b, languages=["de"])
    painted(match, now)
    told = dict(Notification.objects.values_list("user", "title"))
    assert told[match.user_a_id] == "A picture for the two of you"
    assert told[match.user_b_id] == "Ein Bild für euch beide"


def test_those_who_are_connected_have_the_newest_with_their_connection(match, now):
    link = FaceConnection.objects.create(connection=connected(match), face_match=match)
    baby = painted(match, now)
    link.refresh_from_db()
    assert link.baby_id == baby.id


def test_those_who_had_one_before_they_are_connected_have_the_newest_too(now):
    match = likeness(now, member(), member(), agreed=False)
    for _ in range(2):
        newest = painted(match, now)
    for person in (match.user_a, match.user_b):
        like(person, match, now)
    assert FaceConnection.objects.get().baby_id == newest.id


def test_nothing_is_due_twice(match, now):
    painted(match, now)
    assert babies.paint_due(now=now + SOON) == 0


def test_one_that_somebody_is_at_is_left_until_the_claim_ends(match, now):
    baby = ask(match, now)
    assert paintings._claim(now).id == baby.id
    assert babies.paint_due(now=now + paintings.CLAIM / 2) == 0
    assert babies.paint_due(now=now + paintings.CLAIM) == 1
    baby.refresh_from_db()
    assert baby.status == "completed"


def test_each_is_claimed_from_its_own_moment_and_none_begun_too_late(now, monkeypatch):
    for _ in range(3):
        ask(likeness(now), now)
    moments = iter(now + turns * babies.TURN / 3 for turns in range(9))
    monkeypatch.setattr(tasks.clock, "now", lambda: next(moments))
    claims = []
    monkeypatch.setattr(paintings, "_go_on", lambda baby, at: claims.append(baby.claimed_until - paintings.CLAIM))
    tasks.paint_babies()
    assert claims == [now + babies.TURN / 3, now + babies.TURN * 2 / 3]


def test_one_that_every_worker_dies_of_is_given_up(match, now):
    ask(match, now)
    for turn in range(paintings.ATTEMPTS):
        assert paintings._claim(now + turn * paintings.CLAIM)
    assert babies.paint_due(now=now + paintings.ATTEMPTS * paintings.CLAIM) == 1
    assert Baby.objects.get().status == "failed"


CHANGES = [
    lambda match, now: unconsent(match.user_a, now),
    lambda match, now: unconsent(match.user_b, now),
    lambda match, now: blocks.block(by=match.user_b.id, other=match.user_a.id, source=BlockSource.MANUAL, now=now),
    lambda match, now: leave(match.user_b, now),
    lambda match, now: FaceMatch.objects.update(withheld="quality"),
    lambda match, now: match.face_a.delete(),
]
NAMES = ["one takes it back", "the other takes it back", "blocked", "leaving", "withheld", "face deleted"]


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_what_nobody_may_have_any_more_is_not_painted(match, now, monkeypatch, change):
    ask(match, now)
    change(match, now)
    monkeypatch.setattr(paintings, "_picture", None)
    babies.paint_due(now=now)
    assert not Baby.objects.exists()


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_what_changed_while_it_was_painted_leaves_neither_row_nor_file(match, now, monkeypatch, committed, change):
    ask(match, now)
    keep = kept_pictures.keep

    def meanwhile(baby, picture):
        keep(baby, picture)
        change(match, now)

    monkeypatch.setattr(kept_pictures, "keep", meanwhile)
    with committed():
        babies.paint_due(now=now)
    assert (Baby.objects.exists(), Notification.objects.filter(type="baby_generated").exists()) == (False, False)
    assert files() == []


# by somebody outside


def test_fal_paints_in_two_looks_and_is_paid_once(match, now, fal):
    fal.replies[STATUS] = Reply({"status": "IN_PROGRESS"}, 202)
    baby = painted(match, now)
    assert (baby.status, baby.request_id, baby.begun_at, baby.attempts) == ("processing", "019a-request_1", now, 0)
    fal.replies[STATUS] = Reply({"status": "COMPLETED"})
    later = now + paintings.LOOK_AGAIN
    assert babies.paint_due(now=later) == 1
    baby.refresh_from_db()
    assert (baby.status, baby.cost, len(fal.at(BEGIN))) == ("completed", 3000, 1)
    assert (day().spent, day().seconds) == (3000, paintings.LOOK_AGAIN.total_seconds())


def test_a_picture_that_does_not_arrive_is_fetched_again_and_not_painted_again(match, now, fal):
    good = fal.replies[PICTURE]
    fal.replies[PICTURE] = Reply(b"", 503)
    baby = painted(match, now)
    assert (baby.status, baby.error_message) == ("pending", "temporary")
    fal.replies[PICTURE] = good
    assert babies.paint_due(now=now + paintings.FIRST_WAIT) == 1
    baby.refresh_from_db()
    assert (baby.status, len(fal.at(BEGIN)), day().spent) == ("completed", 1, 3000)


def test_it_is_tried_three_times_and_what_was_never_begun_costs_nothing(match, now, fal):
    fal.replies[BEGIN] = Reply(b"", 503)
    baby, moment = ask(match, now), now
    for wait in (timedelta(), paintings.FIRST_WAIT, 2 * paintings.FIRST_WAIT):
        assert babies.paint_due(now=moment + wait - timedelta(seconds=1)) == 0
        moment += wait
        assert babies.paint_due(now=moment) == 1
    baby.refresh_from_db()
    assert (baby.status, baby.error_message, baby.cost, len(fal.at(BEGIN))) == ("failed", "temporary", 0, 3)
    assert (day().spent, day().failed) == (0, 1)
    assert not Notification.objects.exists()


def test_what_may_have_been_begun_unseen_counts_as_paid_for(match, now, fal, settings):
    settings.FAL_TIMEOUT = 0.3
    good = fal.replies[BEGIN]
    fal.replies[BEGIN] = Reply(good.body, wait=0.6)
    assert painted(match, now).cost == 6000
    fal.replies[BEGIN] = good
    settings.FAL_TIMEOUT = 5
    babies.paint_due(now=now + paintings.FIRST_WAIT)
    assert (Baby.objects.get().status, day().spent) == ("completed", 6000)


@pytest.mark.parametrize(
    "step, reply, kind",
    [
        (RESULT, Reply(made("", has_nsfw_concepts=[True])), "refused"),
        (BEGIN, Reply({"detail": "no"}, 422), "refused"),
        (PICTURE, Reply(b"<svg/>", headers={"Content-Type": "image/svg+xml"}), "broken"),
        (PICTURE, Reply(encoded(landscape(120, 120), "PNG"), headers={"Content-Type": "image/png"}), "broken"),
        (PICTURE, Reply(encoded(landscape(9000, 9), "PNG"), headers={"Content-Type": "image/png"}), "broken"),
    ],
    ids=["unfit", "policy", "no picture", "too small", "too narrow"],
)
def test_what_would_be_no_better_the_next_time_is_not_asked_for_again(match, now, fal, step, reply, kind):
    fal.replies[step] = reply
    baby = painted(match, now)
    assert (baby.status, baby.error_message, baby.file) == ("failed", kind, None)
    assert babies.paint_due(now=now + SOON) == 0


def test_one_that_takes_too_long_is_given_up(match, now, fal, settings):
    fal.replies[STATUS] = Reply({"status": "IN_QUEUE"}, 202)
    painted(match, now)
    babies.paint_due(now=now + settings.FAL_PATIENCE + timedelta(seconds=1))
    assert Baby.objects.get().status == "failed"


def test_a_fault_of_ours_is_tried_again(match, now, monkeypatch):
    def fault(name):
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(painters, "by_name", lambda name: fault(name) if name != "morph" else _Faulty())
        assert painted(match, now).status == "pending"
    babies.paint_due(now=now + paintings.FIRST_WAIT)
    assert Baby.objects.get().status == "completed"


class _Faulty:
    price = 0

    def begin(self, parents):
        raise RuntimeError("a fault")


def test_the_painter_that_was_chosen_when_it_was_asked_for_paints_it(match, now, fal, settings):
    baby = ask(match, now)
    settings.BABY_PAINTER = "morph"
    babies.paint_due(now=now)
    baby.refresh_from_db()
    assert (baby.painter, len(fal.at(BEGIN))) == ("fal", 1)


# forgetting


@pytest.mark.parametrize(
    "end",
    [
        lambda match, now: babies.forget(user_id=match.user_a_id, now=now),
        lambda match, now: babies.forget(user_id=match.user_b_id, now=now),
        lambda match, now: match.delete(),
        lambda match, now: match.face_b.delete(),
        lambda match, now: connections.terminate(connection_id=connected(match).id, by=match.user_a_id, now=now),
    ],
    ids=["by one", "by the other", "with the match", "with a face", "with their connection"],
)
def test_with_the_row_the_file_goes(match, now, committed, end):
    baby = painted(match, now)
    assert there(baby.file)
    with committed():
        end(match, now)
    assert (Baby.objects.exists(), there(baby.file)) == (False, False)


def test_forgetting_says_how_many_and_leaves_those_of_others(match, now):
    painted(match, now)
    ask(match, now)
    other = ask(likeness(now), now)
    assert babies.forget(user_id=match.user_a_id, now=now) == 2
    assert Baby.objects.get().id == other.id


def test_each_of_the_two_has_it_in_their_export(match, now):
    painted(match, now)
    ask(match, now)
    (part,) = [part for part in parts() if part.model is Baby]
    for person in (match.user_a_id, match.user_b_id):
        (file,) = part.files(person)
        assert (file.name, b"".join(file.open())[:3]) == ("babies/1.jpg", b"\xff\xd8\xff")
    assert not list(part.files(UserFactory().id))


def test_one_that_waits_is_not_taken_for_one_that_lost_its_file(match, now):
    kept = painted(match, now)
    waiting = ask(match, now)
    (kind,) = [kind for kind in picture_files.kinds() if kind.model is Baby]
    Baby.objects.update(created_at=now - timedelta(days=2))
    assert picture_files.sweep(kind, now=now) == (0, 0)
    storages["private"].delete(kept.file)
    storages["private"].save("babies/00/nobodys.jpg", io.BytesIO(b"left over"))
    assert picture_files.sweep(kind, now=now + timedelta(hours=2)) == (1, 1)
    assert Baby.objects.get().id == waiting.id


def test_when_one_leaves_for_good_neither_row_nor_file_is_left(match, now, committed):
    baby = painted(match, now)
    AccountDeletion.objects.create(user=match.user_a, due_at=now)
    User.objects.filter(id=match.user_a_id).update(status=UserStatus.DELETION_PENDING)
    with committed():
        erasures.erase(user_id=match.user_a_id, now=now)
    assert (Baby.objects.exists(), there(baby.file)) == (False, False)
