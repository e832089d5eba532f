"""Whoever they are: cards show who may be seen, in the promised order, held against the rules in plain words."""

from datetime import UTC, datetime

from django.db import transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from connect.models import User
from matching.models import Connection
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.discoverers import MUNICH, POTSDAM, refresh, seeker, settle, shown

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = "861f1d48fffffff"
CELLS = (BERLIN, POTSDAM, MUNICH)
HOBBIES = ("chess", "tea", "yoga", "rowing")
MINE = {"chess", "tea"}
GENDERS = ("female", "male")

person = st.fixed_dictionaries(
    {
        "hobbies": st.sets(st.sampled_from(HOBBIES), min_size=2),
        "cell": st.sampled_from(CELLS),
        "gender": st.sampled_from(GENDERS),
        "wants": st.lists(st.sampled_from(GENDERS), unique=True),
        "trouble": st.sampled_from(["", "", "", "blocked", "blocks", "full", "met", "restricted"]),
        "late": st.booleans(),
    }
)


class Candidates(TestCase):
    @examples(max_examples=25, deadline=None)
    @given(crowd=st.lists(person, max_size=7), wants=st.lists(st.sampled_from(GENDERS), unique=True))
    def test_cards_follow_the_rules(self, crowd, wants):
        me = seeker(*MINE, profile__gender="male", pool__preferred_genders=wants)
        made = [(_person(facts), facts) for facts in crowd]
        for user, facts in made:
            if not facts["late"]:
                _trouble(me, user, facts["trouble"])
        settle(NOW)
        for user, facts in made:
            if facts["late"]:
                _trouble(me, user, facts["trouble"])
        allowed = {user.id: facts for user, facts in made if _may(facts, wants)}
        found = shown(refresh(me, NOW))
        self.assertLessEqual(set(found), set(allowed))
        self.assertEqual(len(found), min(5, len(allowed)))
        ranks = [_rank(allowed[user_id]) for user_id in found]
        self.assertEqual(ranks, sorted(_rank(facts) for facts in allowed.values())[: len(found)])


def _person(facts):
    return seeker(
        *facts["hobbies"],
        profile__gender=facts["gender"],
        profile__cell=facts["cell"],
        pool__preferred_genders=facts["wants"],
    )


def _may(facts, wants):
    fits = (not wants or facts["gender"] in wants) and (not facts["wants"] or "male" in facts["wants"])
    return fits and not facts["trouble"]


def _rank(facts):
    return -len(facts["hobbies"] & MINE), CELLS.index(facts["cell"])


def _trouble(me, user, kind):
    """What has to hide somebody at once, whatever their entry still says."""
    if kind in {"blocked", "blocks"}:
        by, other = (me, user) if kind == "blocked" else (user, me)
        with transaction.atomic():
            blocks.block(by=by.id, other=other.id, source=BlockSource.MANUAL, now=NOW)
    elif kind == "full":
        User.objects.filter(id=user.id).update(active_connection_count=1)
    elif kind == "restricted":
        User.objects.filter(id=user.id).update(status="restricted")
    elif kind == "met":
        first, second = sorted([me, user], key=lambda each: each.id)
        Connection.objects.create(user_low=first, user_high=second, origin="compatibility")
