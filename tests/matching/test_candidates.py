"""Whom discovery shows, and in which order: shared hobbies, distance, exposure; flagged people last."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from connect import exposure
from connect.enums import Gender, Mode
from connect.models import Consent, Hobby, Profile, User
from matching.enums import DistanceBand, MatchStatus
from matching.models import Connection, DiscoveryCard, DiscoveryEntry, Match
from matching.services import candidates, discovery_entries, discovery_filters, interests
from matching.services.discovery_filters import Wanted
from safety import flags as settings_flags
from safety.enums import BlockSource, FlagKind
from safety.services import blocks, flags
from tests.factories import MatchFactory
from tests.matching.discoverers import (
    FRIEND,
    GROWTH,
    MUNICH,
    PARTNER,
    POTSDAM,
    card_of,
    fresh,
    pass_over,
    people,
    refresh,
    seeker,
    seen,
    settle,
    shown,
)

pytestmark = pytest.mark.django_db
ANY = list(Gender.values)


@pytest.fixture
def me():
    return seeker("chess", "tea", "yoga")


def wants(user, server=PARTNER, **wanted):
    wanted = Wanted(**{"genders": ANY} | wanted)
    discovery_filters.save(user_id=user.id, server=server, wanted=wanted, now=user.created_at)


def block(by, other, now):
    with transaction.atomic():
        blocks.block(by=by.id, other=other.id, source=BlockSource.MANUAL, alias="Somebody", now=now)


def connect(one, other, status):
    first, second = sorted([one, other], key=lambda user: user.id)
    made = Connection.objects.create(user_low=first, user_high=second, origin="compatibility")
    Connection.objects.filter(id=made.id).update(status=status)


def raise_flag(user, now):
    flags.raise_flag(user=user.id, kind=FlagKind.RISKY_TEXT, source_kind="message", source_id=uuid4(), data={}, now=now)


def test_more_shared_hobbies_come_first(me, now):
    one, none = seeker("chess", "rowing"), seeker("rowing", "poetry")
    three, two = seeker("chess", "tea", "yoga"), seeker("tea", "chess", "poetry")
    assert fresh(me, now) == [three.id, two.id, one.id, none.id]


def test_then_the_nearer_band(me, now):
    far, near, nowhere = (seeker(profile__cell=cell) for cell in (MUNICH, POTSDAM, ""))
    here = seeker()
    assert fresh(me, now) == [here.id, near.id, far.id, nowhere.id]


def test_then_who_was_shown_less(me, now):
    often, seldom = people(2)
    for viewer in people(2, "rowing", "poetry", pool__min_age=18):
        batch = refresh_of(viewer, [often], now)
        assert shown(batch) == [often.id]
    assert fresh(me, now)[:2] == [seldom.id, often.id]


def refresh_of(viewer, subjects, now):
    """Cards of these people, however they came about."""
    settle(now)
    batch = refresh(viewer, now)
    batch.cards.all().delete()
    DiscoveryCard.objects.bulk_create(
        DiscoveryCard(batch=batch, owner=viewer, subject=subject, position=place, snapshot={}, shown_at=now)
        for place, subject in enumerate(subjects, start=1)
    )
    return batch


def test_shown_long_ago_counts_no_more(me, now):
    often = seeker()
    refresh_of(seeker(), [often], now - timedelta(days=31))
    settle(now)
    assert DiscoveryEntry.objects.get(user=often).exposure == 0


def test_a_flagged_person_comes_last_and_still_comes(me, now):
    flagged, stranger = seeker(), seeker("rowing", "poetry")
    raise_flag(flagged, now)
    assert fresh(me, now) == [stranger.id, flagged.id]


def test_before_it_is_open_staff_see_nobody_but_staff(me, now, monkeypatch):
    colleague, stranger = seeker("rowing", "poetry", staff=True), seeker()
    assert fresh(me, now) == [stranger.id, colleague.id]
    monkeypatch.setattr(settings_flags, "is_on", lambda name: name != exposure.FLAG)
    assert fresh(seeker(staff=True), now) == [colleague.id]


@pytest.mark.parametrize("which", ["mine", "theirs"])
def test_a_block_hides_either_way(me, now, which):
    other, kept = people(2)
    block(*((me, other) if which == "mine" else (other, me)), now)
    assert fresh(me, now) == [kept.id]


def test_somebody_without_room_is_not_shown(me, now):
    full, kept = people(2)
    User.objects.filter(id=full.id).update(active_connection_count=1)
    assert fresh(me, now) == [kept.id]


@pytest.mark.parametrize(
    "lack",
    [
        lambda user, now: Hobby.objects.filter(user=user).first().delete(),
        lambda user, now: Consent.objects.filter(user=user).update(revoked_at=now),
        lambda user, now: User.objects.filter(id=user.id).update(active_connection_count=1),
        lambda user, now: User.objects.filter(id=user.id).update(status="restricted"),
        lambda user, now: User.objects.filter(id=user.id).update(suspended_until=now + timedelta(days=1)),
    ],
)
def test_an_entry_that_lags_behind_shows_nobody_who_must_not_be_shown(me, now, lack):
    gone, kept = people(2)
    settle(now)
    lack(gone, now)
    assert shown(refresh(me, now)) == [kept.id]


@pytest.mark.parametrize("status", ["active", "archived", "terminated", "blocked"])
def test_whom_one_met_is_not_shown(me, now, status):
    other, kept = people(2)
    connect(me, other, status)
    assert fresh(me, now) == [kept.id]


@pytest.mark.parametrize("wordless", [False, True])
def test_two_whose_anonymous_talk_has_ended_are_hidden_from_each_other_unless_nobody_spoke(me, now, wordless):
    other, kept = people(2)
    assert len(fresh(me, now)) == 2
    match = MatchFactory(first=me, second=other, talked=True, wordless=wordless)
    Match.objects.filter(id=match.id).update(status=MatchStatus.CLOSED)
    left = {kept.id, other.id} if wordless else {kept.id}
    assert (set(seen(me, now)), set(fresh(me, now)), me.id in fresh(other, now)) == (left, left, wordless)


@pytest.mark.parametrize("status", [MatchStatus.PROPOSED, MatchStatus.ACCEPTED_BOTH])
def test_an_open_match_hides_from_each_other(me, now, status):
    other, kept = people(2)
    MatchFactory(first=me, second=other, status=status)
    assert fresh(me, now) == [kept.id]
    assert fresh(other, now) == [kept.id]


def test_whom_one_is_interested_in_is_not_shown_again(me, now):
    other, kept = people(2)
    with transaction.atomic():
        interests.express(by=me.id, receiver=other.id, server=FRIEND, now=now)
    assert fresh(me, now) == [kept.id]


def test_who_is_interested_in_one_is_shown_like_everybody(me, now):
    other = seeker()
    with transaction.atomic():
        interests.express(by=other.id, receiver=me.id, server=PARTNER, now=now)
    assert fresh(me, now) == [other.id]


def test_whom_one_passed_rests_and_comes_back(me, now):
    other, kept = people(2)
    fresh(me, now)
    pass_over(card_of(me, other), now)
    assert fresh(me, now) == [kept.id]
    assert set(fresh(me, now + timedelta(days=61))) == {other.id, kept.id}


def test_one_is_not_shown_oneself(me, now):
    assert fresh(me, now) == []


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ({"min_age": 30, "max_age": 40}, {"profile__birth_date": date(1990, 1, 1)}),
        ({"genders": ["male"]}, {"profile__gender": "male"}),
        ({"languages": ["fr"]}, {"profile__languages": ["fr", "de"]}),
        ({"distance": DistanceBand.UNDER_50}, {"profile__cell": POTSDAM}),
    ],
)
@pytest.mark.parametrize("whose", ["mine", "theirs"])
def test_filters_hold_both_ways(now, wish, fits, whose):
    """In the second round it is the other who filters: then who looks has to fit."""
    misfit = {
        "profile__birth_date": date(1960, 1, 1),
        "profile__gender": "female",
        "profile__languages": ["en"],
        "profile__cell": MUNICH,
    }
    suits, not_ = seeker(**misfit | fits), seeker(**misfit)
    chooser = seeker(profile__birth_date=date(1992, 1, 1), profile__gender="male")
    wants(chooser, **wish)
    if whose == "mine":
        assert fresh(chooser, now) == [suits.id]
    else:
        assert chooser.id in fresh(suits, now)
        assert chooser.id not in fresh(not_, now)


def test_a_filter_of_hobbies_is_of_the_viewer_alone(me, now):
    player, reader = seeker("chess", "tea"), seeker("tea", "poetry")
    wants(me, hobbies=["chess"])
    assert fresh(me, now) == [player.id]
    assert me.id in fresh(reader, now)


def test_without_a_filter_the_wishes_of_the_opt_in_hold_both_ways(now):
    me = seeker(profile__gender="male", pool__preferred_genders=["female"], pool__max_age=40)
    suits = seeker(profile__gender="female", pool__preferred_genders=["male"])
    seeker(profile__gender="female", pool__preferred_genders=["female"])
    seeker(profile__gender="male")
    seeker(profile__gender="female", profile__birth_date=date(1950, 1, 1))
    assert fresh(me, now) == [suits.id]


def test_among_friends_genders_are_not_asked_unless_somebody_does(now):
    me = seeker(profile__gender="male", pool__preferred_genders=["female"])
    other = seeker(profile__gender="male", pool__preferred_genders=["female"])
    assert fresh(me, now, FRIEND) == [other.id]
    wants(other, FRIEND, genders=["female"])
    assert fresh(me, now, FRIEND) == []


def test_a_filter_of_another_server_does_not_count(me, now):
    other = seeker()
    wants(me, FRIEND, genders=["male"])
    assert fresh(me, now, PARTNER) == [other.id]


@pytest.mark.parametrize(("mode", "servers"), [(Mode.ROMANCE, {PARTNER, GROWTH}), (Mode.FRIENDSHIP, {FRIEND, GROWTH})])
def test_one_is_found_where_one_looks(me, now, mode, servers):
    other = seeker(pool__mode=mode)
    assert {server for server in (PARTNER, FRIEND, GROWTH) if other.id in fresh(me, now, server)} == servers


def test_a_filter_counts_from_the_next_refresh_on(me, now):
    other = seeker(profile__gender="male")
    batch = refresh(me, now)
    assert shown(batch) == []
    found = fresh(me, now)
    wants(me, genders=["female"])
    assert found == shown_now(me) == [other.id]
    assert fresh(me, now + timedelta(days=1)) == []


def shown_now(user):
    return list(DiscoveryCard.objects.filter(owner=user, batch__superseded_at=None).values_list("subject", flat=True))


def test_five_are_found_behind_many_who_are_gone(me, now, monkeypatch):
    monkeypatch.setattr(candidates, "LOOKED_UP", 3)
    gone, kept = people(7), {other.id for other in people(5, "rowing", "poetry")}
    settle(now)
    User.objects.filter(id__in=[user.id for user in gone]).update(active_connection_count=1)
    assert set(shown(refresh(me, now))) == kept


@pytest.mark.parametrize(("born", "age"), [(date(1998, 11, 21), 28), (date(1998, 11, 22), 27), (date(1996, 2, 29), 30)])
def test_bounds_of_age_are_completed_years(me, now, born, age):
    now = now.replace(year=2026, month=11, day=21)
    other = seeker()
    Profile.objects.filter(user=other).update(birth_date=born)
    wants(me, min_age=age, max_age=age)
    assert fresh(me, now) == [other.id]
    for years in (age - 1, age + 1):
        wants(me, min_age=years, max_age=years)
        User.objects.filter(id=me.id).update(last_global_refresh_at=None)
        assert fresh(me, now) == []


def test_the_sweep_makes_entries_of_whoever_has_none_and_renews_old_ones(me, now, settings):
    DiscoveryEntry.objects.all().delete()
    assert discovery_entries.sweep(now=now) == 1
    assert discovery_entries.sweep(now=now) == 0
    assert discovery_entries.sweep(now=now + settings.DISCOVERY_ENTRY_AGE) == 1
    discovery_entries.mark_old(user_ids=[me.id], now=now + settings.DISCOVERY_ENTRY_AGE)
    assert discovery_entries.sweep(now=now + settings.DISCOVERY_ENTRY_AGE) == 1
