"""Batches: who gets one, what is on it, how long it is kept, and when the next may come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from config.errors import NotYours, WrongState
from connect.enums import Mode, Purpose, Tier, UserStatus
from connect.models import ConnectProfile, Consent, Hobby, Photo, User, VerificationSignal
from matching.models import DiscoveryBatch, DiscoveryCard
from matching.services import batches, cards, discovery_gate
from tests.matching.discoverers import FRIEND, PARTNER, fresh, people, refresh, seeker, seen, settle, shown

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def me():
    return seeker()


def locked(user, now, server=PARTNER):
    with pytest.raises(WrongState) as refused, transaction.atomic():
        batches.refresh(by=user.id, server=server, now=now)
    assert refused.value.code == "discovery_locked"
    return refused.value.details["unmet"]


def too_early(user, now, server=PARTNER):
    with pytest.raises(WrongState) as refused:
        refresh(user, now, server)
    assert refused.value.code == "refresh_too_early"
    return datetime.fromisoformat(refused.value.details["available_at"])


def test_five_cards(me, now):
    others = {other.id for other in people(7)}
    found = fresh(me, now)
    assert len(found) == len(set(found)) == 5
    assert set(found) <= others


def test_fewer_only_when_there_is_nobody_else_and_it_says_so(me, now):
    others = people(3)
    settle(now)
    batch = refresh(me, now)
    assert set(shown(batch)) == {other.id for other in others}
    assert batch.exhausted


def test_with_five_it_does_not_say_so(me, now):
    people(5)
    settle(now)
    assert not refresh(me, now).exhausted


def test_the_same_cards_until_the_next_refresh(me, now):
    people(8)
    found = fresh(me, now)
    assert seen(me, now + 9 * HOUR) == seen(me, now) == found


def test_looking_before_the_first_refresh_says_that_there_are_none(me, now):
    with pytest.raises(NotYours) as refused, transaction.atomic():
        cards.live(by=me.id, server=PARTNER, now=now)
    assert refused.value.code == "batch_missing"


@pytest.mark.parametrize(
    ("lack", "code"),
    [
        (lambda user: VerificationSignal.objects.filter(user=user).delete(), "phone_unverified"),
        (lambda user: Photo.objects.filter(user=user, position=3).delete(), "photos_missing"),
        (lambda user: Photo.objects.filter(user=user).update(quality=0.1), "face_photo_missing"),
        (lambda user: Hobby.objects.filter(user=user).first().delete(), "hobbies_missing"),
        (lambda user: Consent.objects.filter(user=user).delete(), "consent_missing"),
        (lambda user: ConnectProfile.objects.filter(user=user).update(is_active=False), "not_in_pool"),
        (lambda user: User.objects.filter(id=user.id).update(active_connection_count=1), "capacity_full"),
    ],
)
def test_what_is_unmet_locks_and_is_named(me, now, lack, code):
    people(5)
    lack(me)
    assert locked(me, now) == [code]
    assert not DiscoveryBatch.objects.exists()


def test_all_that_is_unmet_is_named_at_once(now):
    user = seeker()
    VerificationSignal.objects.filter(user=user).delete()
    Hobby.objects.filter(user=user).delete()
    User.objects.filter(id=user.id).update(active_connection_count=1)
    assert locked(user, now) == ["phone_unverified", "hobbies_missing", "capacity_full"]


def test_a_server_one_did_not_opt_in_to_is_locked_and_the_other_is_not(now):
    user = seeker(pool__mode=Mode.FRIENDSHIP)
    assert locked(user, now, PARTNER) == ["not_looking_here"]
    assert refresh(user, now, FRIEND).exhausted


def test_a_batch_is_locked_with_the_gate_and_there_again_after(me, now):
    people(5)
    found = fresh(me, now)
    User.objects.filter(id=me.id).update(active_connection_count=1)
    with pytest.raises(WrongState), transaction.atomic():
        cards.live(by=me.id, server=PARTNER, now=now)
    User.objects.filter(id=me.id).update(active_connection_count=0)
    assert seen(me, now) == found


def test_the_gate_is_what_the_candidates_pass(me, now):
    assert discovery_gate.discoverable(now).filter(id=me.id).exists()
    assert discovery_gate.unmet(me.id, now) == []
    Consent.objects.filter(user=me, purpose=Purpose.MATCHING).update(revoked_at=now)
    assert not discovery_gate.discoverable(now).filter(id=me.id).exists()


def test_the_first_of_each_server_is_free(me, now):
    people(5)
    settle(now)
    for server in (PARTNER, FRIEND):
        refresh(me, now, server)
    assert User.objects.get(id=me.id).last_global_refresh_at is None


@pytest.mark.parametrize(("tier", "hours"), [(Tier.FREE, 24), (Tier.PLUS, 12), (Tier.PRO, 6)])
def test_one_timer_for_all_servers_by_tier(now, tier, hours):
    me = seeker(tier=tier)
    for server in (PARTNER, FRIEND):
        refresh(me, now, server)
    refresh(me, now, PARTNER)
    assert too_early(me, now + HOUR, FRIEND) == now + hours * HOUR
    assert too_early(me, now + hours * HOUR - timedelta(seconds=1)) == now + hours * HOUR
    assert refresh(me, now + hours * HOUR, FRIEND).made_at == now + hours * HOUR


def test_a_higher_tier_shortens_a_running_timer(me, now):
    for _ in range(2):
        refresh(me, now)
    User.objects.filter(id=me.id).update(tier=Tier.PRO)
    assert too_early(me, now + 5 * HOUR) == now + 6 * HOUR


def test_a_day_of_the_timer_is_24_hours_when_the_clocks_change(me):
    """In Berlin the clocks go back on 25 October 2026."""
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 10, 24, 20, tzinfo=berlin).astimezone(UTC)
    User.objects.filter(id=me.id).update(timezone="Europe/Berlin")
    for _ in range(2):
        refresh(me, evening)
    assert too_early(me, datetime(2026, 10, 25, 18, 59, tzinfo=berlin)) == evening + 24 * HOUR
    assert refresh(me, datetime(2026, 10, 25, 19, tzinfo=berlin)).made_at == evening + 24 * HOUR


def test_what_is_too_early_changes_nothing(me, now):
    people(5)
    fresh(me, now)
    kept = shown(refresh(me, now))
    too_early(me, now + HOUR)
    assert seen(me, now) == kept
    assert User.objects.get(id=me.id).last_global_refresh_at == now


def test_a_refresh_replaces_the_batch_of_its_server_alone(me, now):
    people(12)
    settle(now)
    first, other = refresh(me, now, PARTNER), refresh(me, now, FRIEND)
    second = refresh(me, now, PARTNER)
    live = set(DiscoveryBatch.objects.live().values_list("id", flat=True))
    assert live == {second.id, other.id}
    assert DiscoveryBatch.objects.get(id=first.id).superseded_at == now


def test_a_refresh_brings_new_people_before_known_ones(me, now):
    people(8)
    first = fresh(me, now)
    second = fresh(me, now)
    assert len(second) == 5
    assert set(second[:3]).isdisjoint(first)


@pytest.mark.parametrize("position", [0, 6])
def test_there_is_no_sixth_card(me, now, position):
    other = seeker()
    batch = refresh(me, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiscoveryCard.objects.create(batch=batch, owner=me, subject=other, position=position, snapshot={}, shown_at=now)


def test_one_live_batch_a_server(me, now):
    batch = refresh(me, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiscoveryBatch.objects.create(person=me, server=PARTNER, made_at=now, exhausted=False)
    assert DiscoveryBatch.objects.live().get() == batch


def test_taking_the_consent_back_deletes_the_cards_of_both_sides(me, now):
    other = seeker()
    fresh(me, now), fresh(other, now)
    assert batches.forget(user_id=me.id, now=now) == 2
    assert not DiscoveryCard.objects.exists()
    assert DiscoveryBatch.objects.live().get().person_id == other.id


def test_it_does_not_make_the_next_batch_free(me, now):
    refresh(me, now)
    with transaction.atomic():
        batches.forget(user_id=me.id, now=now)
    refresh(me, now)
    assert User.objects.get(id=me.id).last_global_refresh_at == now


def test_who_is_restricted_is_not_found(me, now):
    other = seeker()
    assert fresh(me, now) == [other.id]
    User.objects.filter(id=other.id).update(status=UserStatus.RESTRICTED)
    assert seen(me, now) == []
