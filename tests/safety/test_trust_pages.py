"""Trust as moderators see it: the score beside its ledger, and reviewing it."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from safety.enums import TrustSource
from safety.models import TrustScore, TrustScoreEvent
from tests.config.desk import browser, make_roles, member_of, page, staff
from tests.safety.ledgers import moved, score_of
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def score(now):
    make_roles()
    me = person().id
    moved(me, -20, TrustSource.REPORT_CONFIRMED, now=now)
    return score_of(me)


@pytest.fixture
def desk(score):
    return member_of("moderator")


def shown(client, score):
    return client.get(page(TrustScore, "change", score.pk)).content.decode()


def post(client, score, **sent):
    form = {"delta": 10, "reason": "They were right.", "confirmed": "on", "ref": uuid4()} | sent
    return client.post(reverse("admin:safety_trustscore_review", args=[score.pk]), form, follow=True)


def test_the_page_shows_the_score_its_ledger_and_that_they_agree(desk, score):
    found = shown(desk, score)
    assert "gives this score" in found and "Report Confirmed" in found and "-20" in found


def test_and_where_they_do_not(desk, score):
    TrustScore.objects.update(score=80)
    assert "score 80, by the ledger 30" in shown(desk, score)


def test_a_review_moves_the_score_and_stands_in_the_ledger(desk, score):
    assert "They were right." in post(desk, score).content.decode()
    assert score_of(score.user_id).score == 40


@pytest.mark.parametrize("wrong", [{"delta": 26}, {"delta": ""}, {"reason": ""}, {"confirmed": ""}])
def test_a_form_that_is_not_filled_in_moves_nothing(desk, score, wrong):
    assert post(desk, score, **wrong).status_code == 200
    assert score_of(score.user_id).score == 30


def test_a_moderator_neither_finds_nor_reviews_their_own(score, now):
    user = staff()
    user.groups.add(Group.objects.get(name="moderator"))
    moved(user.id, -20, TrustSource.REPORT_CONFIRMED, now=now)
    own, client = score_of(user.id), browser(user)
    assert list(client.get(page(TrustScore)).context["cl"].result_list) == [score]
    assert post(client, own).status_code == 404


def test_a_colleague_is_told_who_reviews(score, now):
    user = staff()
    moved(user.id, -20, TrustSource.REPORT_CONFIRMED, now=now)
    of_staff, desk = score_of(user.id), member_of("moderator")
    assert "An admin reviews it" in shown(desk, of_staff)
    post(desk, of_staff)
    assert score_of(user.id).score == 30
    post(member_of("admin"), of_staff)
    assert score_of(user.id).score == 40


def test_who_may_only_read_gets_no_form(score):
    make_roles()
    desk = member_of("moderator")
    Group.objects.get(name="moderator").permissions.remove(*_changing())
    assert "and not move it" in shown(desk, score)
    assert post(desk, score).status_code == 403


def _changing():
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename="change_trustscore")


def test_the_ledger_is_listed_without_what_was_written(desk, score):
    post(desk, score)
    listed = desk.get(page(TrustScoreEvent)).content.decode()
    assert "Manual Review" in listed and "They were right." not in listed
