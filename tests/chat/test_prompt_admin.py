"""The catalogue of prompts in the admin."""

import pytest

from chat.models import Prompt
from connect.models import User
from safety.models import AuditLog
from tests.config.desk import make_roles, member_of, page

pytestmark = pytest.mark.django_db
GIVEN = {"code": "socks", "prompt_type": "daily", "stage": "1", "text_en": "Which socks?", "text_de": "Welche Socken?"}


@pytest.fixture
def moderator():
    make_roles()
    return member_of("moderator")


def added(browser, **changes):
    return browser.post(page(Prompt, "add"), {**GIVEN, "topic_tags": ["art"], "active": "on", **changes})


def test_a_moderator_adds_one_on_record(moderator):
    added(moderator)
    kept = Prompt.objects.get(code="socks")
    assert (kept.text_de, kept.topic_tags, kept.stage, kept.active) == ("Welche Socken?", ["art"], 1, True)
    entry = AuditLog.objects.get(action="prompt_added")
    assert (entry.actor_id, entry.entity_id) == (User.objects.get(is_staff=True).id, kept.id)


@pytest.mark.parametrize("changes", [{"text_de": ""}, {"topic_tags": ["socks"]}, {"stage": "4"}, {"code": "no code"}])
def test_one_that_is_not_complete_is_refused(moderator, changes):
    assert added(moderator, **changes).status_code == 200
    assert not Prompt.objects.filter(text_en="Which socks?").exists()


def test_it_is_switched_off_and_keeps_its_code(moderator):
    added(moderator)
    kept = Prompt.objects.get(code="socks")
    moderator.post(page(Prompt, "change", kept.pk), {**GIVEN, "code": "other", "text_en": "Whose socks?"})
    kept.refresh_from_db()
    assert (kept.code, kept.text_en, kept.active, kept.topic_tags) == ("socks", "Whose socks?", False, [])
    assert set(AuditLog.objects.get(action="prompt_changed").data["changed"]) >= {"active", "text_en", "topic_tags"}


def test_nobody_deletes_one(moderator):
    added(moderator)
    assert moderator.post(page(Prompt, "delete", Prompt.objects.get(code="socks").pk)).status_code == 403


def test_an_analyst_reads_it_and_changes_nothing(moderator):
    analyst = member_of("analyst")
    assert analyst.get(page(Prompt)).status_code == 200
    assert added(analyst).status_code == 403
