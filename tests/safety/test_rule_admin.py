"""Rules in the admin: who may change them, what is refused, and a text tried out."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from safety.models import AuditLog, ModerationRule
from tests.config.desk import browser, page, staff

pytestmark = pytest.mark.django_db
TRY = "admin:safety_moderationrule_try"
GIVEN = {
    "label": "threat",
    "language": "en",
    "kind": "pattern",
    "view": "words",
    "pattern": "green giraffe",
    "risk": "95",
    "active": "on",
    "note": "",
}


@pytest.fixture(autouse=True)
def none_but_mine(db):
    ModerationRule.objects.all().delete()


@pytest.fixture
def root(db):
    return staff(is_superuser=True)


@pytest.fixture
def boss(root):
    return browser(root)


@pytest.fixture
def rule():
    return ModerationRule.objects.create(**GIVEN | {"risk": 95, "active": True})


def somebody_who_may(*rights):
    user, group = staff(), Group.objects.create(name="desk")
    found = Permission.objects.filter(codename__in=rights, content_type__app_label="safety")
    assert found.count() == len(rights)
    group.permissions.add(*found)
    user.groups.add(group)
    return browser(user)


def test_an_admin_adds_a_rule_on_record(boss, root):
    boss.post(page(ModerationRule, "add"), GIVEN)
    made = ModerationRule.objects.get()
    assert (made.pattern, AuditLog.objects.get(action="rule_added").actor_id) == ("green giraffe", root.pk)


def test_an_admin_switches_a_rule_off_on_record(boss, rule):
    boss.post(page(ModerationRule, "change", rule.pk), {k: v for k, v in GIVEN.items() if k != "active"})
    entry = AuditLog.objects.get(action="rule_changed")
    assert (ModerationRule.objects.get().active, entry.data["changed"]) == (False, ["active"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pattern": "("}, "RE2 does not accept this pattern"),
        ({"pattern": "{no_such_set}"}, "There is no set {no_such_set}"),
        ({"pattern": "x*"}, "This pattern matches every text."),
        ({"pattern": "x" * 1001}, "at most 1000 characters"),
        ({"kind": "keyword"}, "A keyword is looked for in the squeezed view."),
        ({"kind": "keyword", "view": "squeezed", "pattern": "a!"}, "at least 3 letters"),
        ({"risk": "0"}, "greater than or equal to 1"),
        ({"risk": "201"}, "less than or equal to 200"),
        ({"label": "nonsense"}, "not one of the available choices"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_the_reason(boss, change, reason):
    answer = boss.post(page(ModerationRule, "add"), GIVEN | change)
    assert (answer.status_code, ModerationRule.objects.count()) == (200, 0)
    assert reason in str(answer.context["adminform"].form.errors)


def test_the_same_rule_is_refused(boss, rule):
    answer = boss.post(page(ModerationRule, "add"), GIVEN | {"risk": "10"})
    assert ("There is such a rule already." in answer.content.decode(), ModerationRule.objects.count()) == (True, 1)


def test_no_rule_is_deleted(boss, rule):
    assert boss.post(page(ModerationRule, "delete", rule.pk), {"post": "yes"}).status_code == 403


def test_who_may_only_look_changes_nothing(rule):
    looker = somebody_who_may("view_moderationrule")
    answers = [
        looker.get(page(ModerationRule)).status_code,
        looker.post(page(ModerationRule, "add"), GIVEN).status_code,
        looker.post(page(ModerationRule, "change", rule.pk), GIVEN).status_code,
    ]
    assert answers == [200, 403, 403]


# Trying a text.


@pytest.mark.parametrize("shown", ["changelist", "change"])
def test_the_box_is_on_the_pages(boss, rule, shown):
    args = [rule.pk] if shown == "change" else []
    assert f'action="{reverse(TRY)}"' in boss.get(page(ModerationRule, shown, *args)).content.decode()


def tried(client, text):
    return client.post(reverse(TRY), {"text": text})


def test_a_text_is_judged_by_the_rules_of_this_moment(boss, rule):
    decision = tried(boss, "a GREEN giraffe").context["decision"]
    assert (decision.action, decision.label, decision.risk) == ("block", "threat", 95)


def test_the_page_says_so_with_what_was_met(boss, rule):
    content = tried(boss, "a green giraffe").content.decode()
    assert all(said in content for said in ('id="decision">block<', 'id="label">threat<', 'id="risk">95<'))
    assert "<code>green giraffe</code>" in content


def test_a_harmless_text_meets_nothing(boss, rule):
    assert "No rule is met." in tried(boss, "Good evening").content.decode()


def test_without_a_text_nothing_is_judged(boss, rule):
    assert boss.get(reverse(TRY)).context["decision"] is None


def test_a_text_is_shown_as_text(boss, rule):
    assert "<script>alert" not in tried(boss, "</textarea><script>alert(1)</script>").content.decode()


def test_who_may_look_may_try(rule):
    assert tried(somebody_who_may("view_moderationrule"), "a green giraffe").context["decision"].risk == 95


def test_who_may_not_look_may_not_try(rule):
    assert tried(somebody_who_may("view_report"), "a green giraffe").status_code == 403
