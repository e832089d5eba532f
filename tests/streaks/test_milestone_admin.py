"""Milestones set by staff, the timeline of a streak, and what is stuck."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from config.errors import WrongState
from safety.crypto import new_data_key, wrap
from safety.models import AuditLog
from streaks import timeline
from streaks.models import CreditProtection, RecoveryPayment, RevealJob, RevealMilestone, Streak
from streaks.services import milestones as service
from tests.config.desk import browser, make_roles, member_of, page, staff
from tests.streaks.builders import at, both, check_in, end, person, streak
from tests.streaks.paying import IN_WINDOW, broken, purchase, recover, settle, tells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("milestones")]


@pytest.fixture
def root(db):
    return staff(is_superuser=True)


@pytest.fixture
def boss(root):
    return browser(root)


def milestone(number, tier="free"):
    return RevealMilestone.objects.get(tier=tier, number=number)


def set_to(client, number, day, **more):
    return client.post(page(RevealMilestone, "change", milestone(number).pk), {"day_required": day, **more})


def test_a_milestone_is_moved_on_record(boss, root):
    set_to(boss, 2, 9, purchasable="on")
    entry = AuditLog.objects.get(action="milestone_set")
    assert (milestone(2).day_required, entry.actor_id, entry.data["day_required"]) == (9, root.pk, 9)


def test_it_is_taken_off_sale(boss):
    set_to(boss, 2, 8)
    assert not milestone(2).purchasable


@pytest.mark.parametrize("day", [0, 4, 11, 15, 16, -1, "soon"])
def test_a_day_outside_of_its_neighbours_is_refused(boss, day):
    answer = set_to(boss, 2, day)
    assert (answer.status_code, milestone(2).day_required) == (200, 8)
    assert not AuditLog.objects.filter(action="milestone_set").exists()


def test_tier_and_number_stay(boss):
    boss.post(page(RevealMilestone, "change", milestone(2).pk), {"day_required": 9, "tier": "pro", "number": 3})
    assert milestone(2).day_required == 9
    assert RevealMilestone.objects.count() == 15


def test_the_last_one_stays_as_it_is(boss, root):
    assert set_to(boss, 5, 14).status_code == 403
    with pytest.raises(WrongState):
        service.save(milestone=milestone(5), by=root.pk)


@pytest.mark.parametrize("role, status", [("moderator", 403), ("analyst", 403), ("admin", 302)])
def test_who_sets_milestones(role, status):
    make_roles()
    assert set_to(member_of(role), 2, 9).status_code == status


# The timeline.


@pytest.fixture
def saved():
    """A streak on its fourth day that "high" paid to save on the third."""
    made = broken()
    recover(made)
    settle()
    end(made, "low", at(4))
    return made


def test_the_timeline_tells_of_check_ins_and_recoveries_in_order(saved):
    entries = timeline.of(Streak.objects.get(id=saved.id))
    told = [(entry.who, entry.what) for entry in entries if entry.at < timezone.now() - timedelta(days=1)]
    assert told == [
        ("high", "checked in for 2026-03-03 (steady, cycle 1)"),
        ("low", "checked in for 2026-03-03 (steady, cycle 1)"),
        ("low", "checked in for 2026-03-04 (steady, cycle 1)"),
        ("high", "recovery of 2026-03-04, money: recovered"),
    ]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_the_timeline_has_every_move(saved):
    moves = [entry.what for entry in timeline.of(Streak.objects.get(id=saved.id)) if "status" in entry.what]
    assert moves == [
        "status: (new) → active",
        "status: active → at_risk",
        "status: at_risk → payment_window",
        "status: payment_window → active",
        "status: active → terminated",
    ]


def test_the_timeline_goes_by_the_clock_of_the_streak():
    made = streak("Asia/Tokyo")
    check_in(made, "low", at(2, 9.5, "Asia/Tokyo"))
    (first,) = [entry for entry in timeline.of(made) if "checked in" in entry.what]
    assert f"{first.at:%Y-%m-%d %H:%M %Z}" == "2026-03-04 09:30 JST"


def test_the_page_of_a_streak_shows_it(boss, saved):
    shown = boss.get(page(Streak, "change", saved.pk)).content.decode()
    assert "checked in for 2026-03-03" in shown
    assert "CET" in shown


# What is stuck.


def stuck(client):
    return client.get(reverse("admin:streaks_streak_stuck"))


def found(answer, title):
    return [row.pk for url, row in dict(answer.context["found"])[title]]


def test_what_moves_in_time_is_not_stuck(boss):
    streak(now=timezone.now())
    assert {len(rows) for _, rows in stuck(boss).context["found"]} == {0}


def test_streaks_that_nobody_came_to_are_stuck(boss):
    made = streak()
    assert found(stuck(boss), "Streaks the rollover did not come to") == [made.pk]


def test_payments_reveals_and_protections_that_hang_are_found(boss):
    made = broken()
    recover(made)
    settle()
    protection = CreditProtection.objects.get()
    tells(made, "high")
    purchase(made, now=IN_WINDOW)
    settle(IN_WINDOW)
    job = RevealJob.objects.get()
    answer = stuck(boss)
    assert found(answer, "Protections that were not decided") == [protection.pk]
    assert found(answer, "Reveals that were not written") == [job.pk]
    title = "Reveals that were paid for and that nobody writes"
    assert found(answer, title) == []
    job.delete()
    assert found(stuck(boss), title) == [job.reveal_id]


def test_a_conversation_locked_after_the_last_day_is_found(boss):
    made = streak()
    both(made, *range(1, 16))
    title = "Conversations still locked after the last day"
    assert found(stuck(boss), title) == []
    talk = another_locked(made)
    assert found(stuck(boss), title) == [talk.pk]


def another_locked(made):
    """Another conversation of the two, which completing did not open."""
    return Conversation.objects.create(
        kind="direct",
        state="locked",
        connection_id=made.connection_id,
        user_a_id=made.user_low_id,
        user_b_id=made.user_high_id,
        pseudonym_a="Quiet Fox",
        pseudonym_b="Blue Heron",
        data_key=wrap(new_data_key()),
        last_activity_at=at(15),
    )


def test_staff_do_not_find_their_own_affairs(root, boss):
    made = streak()
    Streak.objects.filter(id=made.id).update(**_with(made, root))
    assert found(stuck(boss), "Streaks the rollover did not come to") == []


def _with(made, root):
    side = "user_high" if root.id > made.user_low_id else "user_low"
    return {side: root}


def test_who_may_not_see_streaks_sees_no_stuck_ones():
    make_roles()
    assert stuck(member_of("analyst")).status_code == 403
    assert stuck(member_of("moderator")).status_code == 200


def test_recoveries_are_only_read(boss):
    made = broken()
    asked = recover(made)
    url = page(RecoveryPayment, "change", asked.pk)
    assert (boss.get(url).status_code, boss.post(url, {"status": "recovered"}).status_code) == (200, 403)
    assert person(made, "high") == RecoveryPayment.objects.get().breaker_id
