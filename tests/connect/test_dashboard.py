"""The dashboard: who sees it, what it draws of which days, and that no small number shows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from connect.models import DailyFigure, OutgoingMail
from tests.config.desk import browser, make_roles, member_of, staff

pytestmark = pytest.mark.django_db
PATH = "/admin/connect/dailyfigure/dashboard/"


@pytest.fixture
def analyst():
    make_roles()
    return member_of("analyst")


def figure(metric, bucket, number, total=0, days_ago=1, **fields):
    day = timezone.now().date() - timedelta(days=days_ago)
    return DailyFigure.objects.create(
        metric=metric, bucket=bucket, number=number, total=total, day=day, **{"pathway": "compatibility", **fields}
    )


def shown(client, **asked):
    """What each panel says, by its title."""
    reply = client.get(PATH, asked)
    assert reply.status_code == 200
    return {panel.title: str(plot) if plot else None for panel, plot in reply.context["panels"]}


def funnel(proposed, accepted, **fields):
    figure("match", "proposed", proposed, **fields)
    figure("match", "accepted", accepted, **fields)


def test_numbers_are_shown_with_their_share(analyst):
    funnel(200, 50)
    text = shown(analyst)["From proposal to feedback"]
    assert "200 · 100%" in text
    assert "50 · 25%" in text


@pytest.mark.parametrize("number, told", [(4, "&lt;5"), (5, "5 · 5%")])
def test_a_small_number_is_shown_as_that_and_no_more(analyst, number, told):
    funnel(100, number)
    text = shown(analyst)["From proposal to feedback"]
    assert told in text
    assert (f">{number} ·" in text) == (number == 5)


def test_the_bars_of_small_numbers_are_as_long_as_one_another(analyst):
    funnel(200, 1)
    figure("match", "judged", 4)
    text = shown(analyst)["From proposal to feedback"]
    widths = [part.split('"')[0] for part in text.split(' width="')[1:]]
    accepted, judged = widths[2], widths[5]
    assert accepted == judged


def test_beside_a_small_number_no_share_is_shown(analyst):
    funnel(100, 4)
    text = shown(analyst)["From proposal to feedback"]
    assert (">100<" in text, "·" in text) == (True, False)


@pytest.mark.parametrize(
    "numbers, seen",
    [
        ((4, 30, 50), ["&lt;5", "not shown", "50"]),
        ((4, 3, 50), ["&lt;5", "&lt;5", "50"]),
        ((4, 0, 50), ["&lt;5", "0", "not shown", "0"]),
        ((20, 30, 50), ["20 · 20%", "30 · 30%", "50 · 50%"]),
    ],
)
def test_a_lone_small_number_hides_a_second_part(analyst, numbers, seen):
    for severity, number in zip(("critical", "high", "medium"), numbers, strict=True):
        figure("report", severity, number, pathway="")
    text = shown(analyst)["Reports by severity"]
    assert [part.split("<")[0] for part in text.split('">') if part.split("<")[0] in seen] == seen


def test_the_report_rate_is_of_the_conversations_that_are_chosen(analyst):
    for pathway, opened, reported in (("compatibility", 900, 30), ("live", 100, 20)):
        figure("talk", "opened", opened, pathway=pathway), figure("talk", "reported", reported, pathway=pathway)
    assert "50 · 5%" in shown(analyst)["Report rate"]
    assert "20 · 20%" in shown(analyst, pathway="live")["Report rate"]


def test_no_share_is_shown_of_few(analyst):
    funnel(4, 0)
    assert "·" not in shown(analyst)["From proposal to feedback"]


def test_no_mean_is_shown_of_few(analyst):
    figure("score_proposed", "values", 5, 400), figure("score_accepted", "values", 4, 360)
    text = shown(analyst)["Components of the score"]
    assert ">80.0<" in text
    assert ">90.0<" not in text


def test_a_day_with_few_is_a_gap_in_its_line(analyst):
    for days_ago, number in ((3, 40), (2, 4), (1, 44)):
        figure("match", "proposed", number, days_ago=days_ago)
    day = timezone.now().date()
    asked = {"first": day - timedelta(days=3), "last": day - timedelta(days=1)}
    text = shown(analyst, **asked)["Proposals and acceptances"]
    assert text.count("<circle") == 2


def test_days_outside_of_the_range_do_not_count(analyst):
    figure("match", "proposed", 50, days_ago=40), figure("match", "proposed", 60, days_ago=2)
    day = timezone.now().date()
    asked = {"first": day - timedelta(days=5), "last": day}
    assert "60 · 100%" in shown(analyst, **asked)["From proposal to feedback"]


@pytest.mark.parametrize("asked", [{"engine_version": "v1"}, {"pathway": "live"}])
def test_a_version_and_a_pathway_are_chosen(analyst, asked):
    figure("match", "proposed", 30, engine_version="v2")
    figure("match", "proposed", 40, **{"engine_version": "v1", "pathway": "live"})
    figure("streak", "00", 50, pathway="")
    found = shown(analyst, **asked)
    assert "40 · 100%" in found["From proposal to feedback"]
    assert "50 · 100%" in found["Streaks that reached a day"]


@pytest.mark.parametrize(
    "asked", [{"first": "x"}, {"first": "2026-02-01", "last": "2026-01-01"}, {"first": "2020-01-01"}, {"pathway": "x"}]
)
def test_what_is_no_choice_is_said_and_nothing_is_shown(analyst, asked):
    reply = analyst.get(PATH, asked)
    assert (reply.status_code, reply.context["panels"]) == (200, [])
    assert reply.context["filters"].errors


def test_a_day_without_a_fault_is_a_figure(analyst):
    assert shown(analyst)["API errors"] is None
    figure("api", "2xx", 400, pathway="")
    assert ">0.0</text>" in shown(analyst)["API errors"]


def test_errors_and_slow_answers_are_shares_of_what_was_asked(analyst):
    figure("api", "2xx", 398, pathway=""), figure("api", "5xx", 2, pathway=""), figure("api_slow", "", 3, pathway="")
    found = shown(analyst)
    assert ">5.0</text>" in found["API errors"]
    assert ">0.8</text>" in found["API latency"]


@pytest.mark.parametrize("accepted, apart", [(100, 12), (50, 70)])
def test_the_last_figures_of_two_lines_do_not_lie_on_one_another(analyst, accepted, apart):
    day = timezone.now().date()
    funnel(100, accepted, days_ago=0)
    text = shown(analyst, first=day, last=day)["Proposals and acceptances"]
    heights = [float(part.split('"')[0]) for part in text.split('y="')[1:] if 'font-size="11"' in part.split(">")[0]]
    assert heights[1] - heights[0] == apart


def test_the_backlog_shows_jobs_that_are_behind_now(analyst):
    assert "Nothing is due." in analyst.get(PATH).content.decode()
    due = timezone.now() - timedelta(minutes=12)
    for _ in range(5):
        OutgoingMail.objects.create(to="a@example.org", subject="s", body="b", due_at=due)
    text = str(analyst.get(PATH).context["backlog"])
    assert (">send mail<" in text, ">5 rows · 12 min<" in text) == (True, True)


def test_without_figures_every_panel_says_so(analyst):
    assert set(shown(analyst).values()) == {None}


@pytest.mark.parametrize("role, status", [("analyst", 200), ("admin", 200), ("moderator", 403)])
def test_who_may_look(role, status):
    make_roles()
    client = member_of(role)
    assert client.get(PATH).status_code == status
    linked = PATH in client.get(reverse("admin:index")).content.decode()
    assert linked == (status == 200)


def test_the_exact_figures_are_for_admins(analyst):
    assert analyst.get(reverse("admin:connect_dailyfigure_changelist")).status_code == 403
    assert browser(staff(is_superuser=True)).get(reverse("admin:connect_dailyfigure_changelist")).status_code == 200


def test_nobody_who_is_not_staff_comes_in():
    assert browser().get(PATH).status_code == 302
