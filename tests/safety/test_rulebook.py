"""The rules in force: loaded from their table every few seconds, and never lost."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from safety import rulebook
from safety.models import AuditLog, ModerationRule
from safety.rulebook import Rulebook
from safety.services import rules
from safety.words.matcher import BadPattern
from safety.words.rules import shipped
from tests.safety.rows import person
from tests.words import RULES, WARNED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_but_mine(settings):
    ModerationRule.objects.all().delete()
    settings.RULES_REFRESH = timedelta(0)


def a_rule(pattern="green giraffe", **fields):
    values = {"label": "threat", "language": "en", "kind": "pattern", "view": "words", "risk": 95}
    return ModerationRule(pattern=pattern, **values | fields)


def add(pattern="green giraffe", **fields):
    rule = a_rule(pattern, **fields)
    rule.save()
    return rule


def action(book, text="a green giraffe"):
    return book.judge(text).action


def test_a_new_rule_counts_without_a_restart():
    book = Rulebook(RULES)
    assert action(book) == "allow"
    add()
    assert action(book) == "block"


@pytest.mark.parametrize("change", [{"risk": 50}, {"active": False}, {"pattern": "blue giraffe"}, {"lowers": True}])
def test_a_changed_rule_counts_without_a_restart(change):
    book, rule = Rulebook(RULES), add()
    add("other giraffe")
    before = action(book)
    ModerationRule.objects.filter(id=rule.id).update(**change)
    assert (before, action(book) == "block") == ("block", False)


def test_between_two_looks_nothing_is_asked(settings):
    settings.RULES_REFRESH = timedelta(hours=1)
    book = Rulebook(RULES)
    book.judge("first")
    with CaptureQueriesContext(connection) as asked:
        for _ in range(5):
            book.judge("next")
    assert len(asked) == 0


def test_a_look_is_one_query_within_its_savepoint_and_role():
    book = Rulebook(RULES)
    with CaptureQueriesContext(connection) as asked:
        book.judge("first")
    assert [query["sql"].split()[0] for query in asked] == ["SAVEPOINT", "SELECT", "SELECT", "SELECT", "RELEASE"]


def test_where_nothing_changed_nothing_is_compiled_anew():
    add()
    book = Rulebook(RULES)
    book.judge("first")
    before = book._matcher
    book.judge("next")
    assert book._matcher is before


def test_when_they_cannot_be_loaded_the_last_ones_stay(monkeypatch):
    add()
    book = Rulebook(RULES)
    book.judge("first")
    monkeypatch.setattr("safety.rulebook.ModerationRule.objects.active", fail)
    assert action(book) == "block"


def test_when_they_never_could_be_the_given_ones_stand(monkeypatch):
    monkeypatch.setattr("safety.rulebook.ModerationRule.objects.active", fail)
    assert Rulebook(RULES).judge(WARNED).action == "warn"


def test_a_look_that_fails_does_not_undo_the_message_around_it():
    book = Rulebook(RULES)
    with transaction.atomic():
        mine = person()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE safety_moderationrule RENAME TO away")
        assert book.judge(WARNED).action == "warn"
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO safety_moderationrule")
    mine.refresh_from_db()


def fail():
    raise OperationalError("gone")


def test_without_an_active_rule_the_shipped_ones_stand():
    add(active=False)
    assert rulebook._in_force(ModerationRule.objects.active()) == shipped()


@pytest.mark.parametrize(
    "broken", [{"pattern": "("}, {"pattern": "{nothing_of_that_name}"}, {"label": "nonsense"}, {"view": "squeezed"}]
)
def test_a_rule_that_cannot_be_used_takes_no_other_along(broken):
    add()
    add(**{"pattern": "x{3}", **broken})
    assert action(Rulebook(RULES)) == "block"


def test_threads_may_share_it():
    add()
    book, found = Rulebook(RULES), []
    book.judge("first")
    book._due = float("inf")
    threads = [threading.Thread(target=lambda: found.append(action(book))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["block"] * 8


# Their table.


def test_the_same_rule_stands_once():
    add()
    with pytest.raises(IntegrityError, match="rule_once"), transaction.atomic():
        add(risk=10)


@pytest.mark.parametrize("risk", [0, 201])
def test_a_risk_has_bounds(risk):
    with pytest.raises(IntegrityError, match="rule_risk_in_bounds"), transaction.atomic():
        add(risk=risk)


# Changing them.


def test_a_rule_is_added_on_record():
    by = person().id
    rule = a_rule()
    rules.save(rule=rule, by=by, changed=["risk", "pattern"])
    entry = AuditLog.objects.get(action="rule_added")
    assert (entry.actor_id, entry.entity_id, entry.data["changed"]) == (by, rule.id, ["pattern", "risk"])


def test_a_change_is_another_record():
    by, rule = person().id, add()
    rule.active = False
    rules.save(rule=rule, by=by, changed=["active"])
    entry = AuditLog.objects.get(action="rule_changed")
    assert (entry.data["active"], ModerationRule.objects.get().active) == (False, False)


def test_one_that_cannot_be_used_is_not_kept():
    with pytest.raises(BadPattern):
        rules.save(rule=a_rule("("), by=person().id, changed=[])
    assert not ModerationRule.objects.exists()
