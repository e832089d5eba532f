"""Whoever is a party to something does not see it as staff, superusers included."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from connect.models import Consent, Notification, User
from faces.models import Face
from matching.models import Match
from safety.models import Appeal, AuditLog, IdempotencyKey, ModerationAction, Report, SafetyFlag
from safety.services import actions, appeals, flags, reports
from tests.config.desk import browser, page
from tests.config.test_admin import MODELS, name
from tests.database import undone
from tests.safety.cases import WEEK, filed, moderator, taken
from tests.safety.refusals import refusal_of
from tests.safety.rows import appeal_of, fill, person

OF_TWO = [model for model in MODELS if len(getattr(admin.site._registry[model], "parties", ())) > 1]


def boss_of(user):
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return browser(user)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with undone(django_db_blocker):
        two = person(), person()
        yield two, fill(*two)


@pytest.fixture
def two(scene, db):
    """What a test makes of them is undone."""
    return tuple(User.objects.get(pk=user.pk) for user in scene[0])


@pytest.fixture
def rows(scene, two):
    return scene[1]


def listed(client, model, **query):
    return client.get(page(model), query).context["cl"].result_list


def sees(client, row, **query):
    """Whether a row is in its list, and whether its page opens."""
    queue = {"queue": "all"} if type(row) in {Report, Appeal} else {}
    opened = client.get(page(type(row), "change", row.pk)).status_code == 200
    return row in listed(client, type(row), **queue), opened


@pytest.mark.parametrize("model", OF_TWO, ids=name)
def test_what_two_people_have_is_seen_by_others_and_not_by_a_party(boss, rows, two, model):
    row = rows[model]
    parties = [boss_of(user) for user in two if user.pk in _people(row)]
    assert sees(boss, row) == (True, True)
    assert parties and [sees(client, row) for client in parties] == [(False, False)] * len(parties)


def _people(row):
    """The people whom the declared ways lead to."""
    found = set()
    for way in admin.site._registry[type(row)].parties:
        at = row
        for step in way.split("__"):
            at = at and getattr(at, step)
        found.add(at and at.pk)
    return found


@pytest.mark.parametrize("model", [m for m in MODELS if m not in {User, AuditLog, Consent, Face}], ids=name)
def test_no_table_names_the_other(rows, two, model):
    """Where not all accounts stand, nor what both gave, the one finds neither the other's id nor their address."""
    me, other = two
    client = boss_of(me)
    answers = [client.get(page(model)), client.get(page(model, "change", rows[model].pk), follow=True)]
    told = [answer.content.decode() for answer in answers]
    assert [word for word in (str(other.pk), other.email) for page_ in told if word in page_] == []


@pytest.fixture
def about(rows, two):
    """Rows that name the conversation of the two by its id alone, made by or about the other."""
    place, other = rows[Conversation].pk, two[1]
    return {
        AuditLog: AuditLog.objects.create(
            action="looked", entity="chat_conversation", entity_id=place, actor_id=other.pk
        ),
        Notification: Notification.objects.create(user=other, type="new_message", title="Hi", related_id=place),
        SafetyFlag: flags.raise_flag(
            user=other.pk,
            kind="off_platform",
            source_kind="conversation",
            source_id=place,
            data={},
            now=timezone.now(),
        ),
    }


@pytest.mark.parametrize("model", [AuditLog, Notification, SafetyFlag], ids=name)
def test_what_names_it_by_an_id_is_hidden_too(boss, about, two, model):
    assert (sees(boss, about[model]), sees(boss_of(two[0]), about[model])) == ((True, True), (False, False))


def test_a_repeated_call_does_not_tell_which_conversation_it_was_about(boss, two):
    scope = f"POST /api/conversations/{uuid4()}/reveal-consent"
    row = IdempotencyKey.objects.create(user=two[1], key="k", scope=scope, request_hash="h", expires_at=timezone.now())
    pages = [boss.get(page(IdempotencyKey)), boss.get(page(IdempotencyKey, "change", row.pk))]
    assert ["POST /api/conversations/…/reveal-consent" in answer.content.decode() for answer in pages] == [True] * 2
    assert not [answer for answer in pages if scope in answer.content.decode()]


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("step", ["take", "evidence", "decide"])
def test_a_party_takes_no_step_on_a_case(rows, two, side, step):
    answer = boss_of(two[side]).post(reverse(f"admin:safety_report_{step}", args=[rows[Report].pk]))
    assert answer.status_code == 404
    assert not AuditLog.objects.filter(action="evidence_read").exists()


def test_the_queue_counts_what_it_lists(boss, rows, two):
    counts = [client.get(page(Report)).context["counts"][0] for client in (boss, boss_of(two[0]))]
    assert counts == [("To be decided", 1), ("To be decided", 0)]


def test_the_list_says_that_it_leaves_something_out(boss, rows):
    assert "What concerns yourself is not shown" in boss.get(page(Match)).content.decode()


def test_a_case_about_somebody_does_not_tell_who_else_reported_them(two, now):
    me, other = two
    mine = filed(by=me.pk, against=other.pk)
    theirs = filed(against=other.pk)
    content = boss_of(me).get(page(Report, "change", theirs.pk)).content.decode()
    assert (str(mine.pk) in content, str(mine.pk) in _seen_by_another(theirs)) == (False, True)


def _seen_by_another(report):
    return boss_of(person()).get(page(Report, "change", report.pk)).content.decode()


# The services refuse as well.


@pytest.mark.parametrize("side", ["reporter_id", "reported_id"])
def test_a_party_does_not_read_the_evidence(db, side):
    report = filed()
    assert refusal_of(reports.read_evidence, report=report, by=getattr(report, side)) == "own_case"
    assert reports.read_evidence(report=report, by=moderator()) == b"{}"


@pytest.fixture
def measure(db, now):
    """Taken because of a report."""
    report = filed()
    action = taken(report.reported_id, WEEK, now)
    ModerationAction.objects.filter(pk=action.pk).update(report=report)
    action.refresh_from_db()
    return action


def test_who_reported_somebody_does_not_take_the_measure_back(measure, now):
    call = {"action": measure.pk, "reason": "so", "now": now}
    assert refusal_of(actions.revoke, by=measure.report.reporter_id, **call) == "own_case"
    actions.revoke(by=moderator(), **call)


def test_who_reported_somebody_does_not_decide_the_appeal(measure, now):
    appeal = appeal_of(measure)
    call = {"appeal": appeal.pk, "overturn": False, "decision": "So.", "now": now}
    assert refusal_of(appeals.decide, by=measure.report.reporter_id, **call) == "own_case"
    assert refusal_of(appeals.read_text, appeal=appeal, by=measure.report.reporter_id) == "own_case"
    assert appeals.decide(by=moderator(), **call).status == "upheld"


def test_nobody_resolves_their_own_flag(two, now):
    given = {"kind": "manual", "source_kind": "x", "source_id": uuid4(), "data": {}, "now": now}
    flag = flags.raise_flag(user=two[0].pk, **given)
    assert refusal_of(flags.resolve, flag=flag.pk, by=two[0].pk, now=now) == "own_case"
    flags.resolve(flag=flag.pk, by=two[1].pk, now=now)
