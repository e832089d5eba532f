"""The admin: who comes in, that every table is there and quick, and what nobody reads."""

from unittest.mock import patch

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.models import Conversation, Message, Prompt
from config.admin import COUNTED_EXACTLY, EstimatedPaginator
from connect.models import (
    DataExport,
    DeviceSession,
    HobbyOption,
    OutgoingMail,
    OutgoingSms,
    PasswordReset,
    PendingRegistration,
    PhoneVerification,
    User,
    VerificationSignal,
)
from faces.models import Celebrity
from matching.models import Match, MatchFeedback, Server
from safety.models import Appeal, AuditLog, IdempotencyKey, ModerationRule, Report, TextTrace
from safety.schema import StateMachine
from streaks.models import Outage, RevealMilestone
from tests.config.desk import act, browser, page, staff
from tests.database import undone
from tests.safety.rows import fill, our_models, person

MODELS = our_models()
ADDED_TO = {ModerationRule, Outage, Prompt}
CHANGED = {Celebrity, HobbyOption, RevealMilestone, User, ModerationRule, Prompt}
STATEFUL = [m for m in MODELS if any(isinstance(c, StateMachine) for c in m._meta.constraints)]
# What no page of the admin holds, by the table it stands in.
SECRETS = {
    Message: ["content_ciphertext"],
    Conversation: ["data_key"],
    User: ["password"],
    DeviceSession: ["refresh_token_hash"],
    IdempotencyKey: ["request_hash", "response_body"],
    OutgoingMail: ["body"],
    OutgoingSms: ["body"],
    PasswordReset: ["code_hash"],
    PhoneVerification: ["code_hash"],
    VerificationSignal: ["reference"],
    Report: ["details", "evidence", "evidence_key"],
    Appeal: ["text", "text_key"],
    DataExport: ["file_key"],
    TextTrace: ["mark"],
    PendingRegistration: ["password", "code_hash"],
    MatchFeedback: ["notes", "vector_delta"],
    **{m: ["time", "latitude", "longitude"] for m in MODELS if m.__name__ == "BirthData"},
    **{m: [*m.MULTIPLIED, "astrology"] for m in MODELS if m.__name__ == "Chart"},
    **{m: ["values_vector", "communication_vector"] for m in MODELS if m.__name__ == "ConnectProfile"},
}


def name(value):
    return value._meta.label if isinstance(value, type) else None


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """Who may do everything, and a row in every table."""
    with undone(django_db_blocker):
        yield staff(is_superuser=True), fill(person(), person())


@pytest.fixture
def root(scene, db):
    return scene[0]


@pytest.fixture
def rows(scene, db):
    """What a test does with them is undone."""
    return scene[1]


every_model = pytest.mark.parametrize("model", MODELS, ids=name)


# Every table.


def test_every_model_is_registered():
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


@every_model
def test_a_list_opens_with_its_rows(boss, rows, model):
    response = boss.get(page(model))
    assert (response.status_code, rows[model] in response.context["cl"].result_list) == (200, True)


@every_model
def test_a_row_opens(boss, rows, model):
    assert boss.get(page(model, "change", rows[model].pk)).status_code == 200


@every_model
def test_a_row_is_found_by_its_id(boss, rows, model):
    found = boss.get(page(model), {"q": str(rows[model].pk)}).context["cl"].result_list
    assert rows[model] in found


@every_model
def test_a_search_that_matches_nothing_is_empty(boss, rows, model):
    assert list(boss.get(page(model), {"q": "no-such-thing"}).context["cl"].result_list) == []


def test_a_persons_rows_are_found_by_their_email(boss, rows):
    found = boss.get(page(Match), {"q": rows[User].email}).context["cl"].result_list
    assert list(found) == [rows[Match]]


def test_an_unknown_email_finds_nothing(boss, rows):
    assert list(boss.get(page(Match), {"q": "nobody@example.org"}).context["cl"].result_list) == []


def test_a_member_is_found_by_the_beginning_of_the_email(boss, rows):
    found = boss.get(page(User), {"q": rows[User].email[:12].upper()}).context["cl"].result_list
    assert rows[User] in found


@pytest.mark.parametrize("model", [m for m in MODELS if m is not Celebrity], ids=name)
def test_no_row_is_deleted_by_hand(boss, rows, model):
    assert boss.get(page(model, "delete", rows[model].pk)).status_code == 403


@pytest.mark.parametrize("model", [m for m in MODELS if m not in ADDED_TO], ids=name)
def test_no_row_is_added_by_hand(boss, model):
    assert boss.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", [m for m in MODELS if m not in CHANGED], ids=name)
def test_no_row_is_changed_by_hand(boss, rows, model):
    assert boss.post(page(model, "change", rows[model].pk), {}).status_code == 403


@pytest.fixture(scope="module")
def query_counts(django_db_setup, django_db_blocker):
    """Queries of each list with 5 and with 50 rows: model -> (few, many)."""
    with undone(django_db_blocker):
        boss = browser(staff(is_superuser=True))
        counts = []
        for people in (5, 45):
            for _ in range(people):
                fill(person(), person())
            counts.append({model: _queries(boss, model) for model in MODELS})
    return {model: tuple(count[model] for count in counts) for model in MODELS}


def _queries(boss, model):
    """Whatever PostgreSQL takes for the size of the table by now."""
    boss.get(page(model))
    with patch.object(EstimatedPaginator, "_estimate", return_value=0), CaptureQueriesContext(connection) as queries:
        boss.get(page(model))
    return len(queries)


@every_model
def test_a_list_takes_as_many_queries_for_fifty_rows_as_for_five(query_counts, model):
    few, many = query_counts[model]
    assert few == many


# The page of servers has the figures of discovery.
@pytest.mark.parametrize("model", [m for m in MODELS if m is not Server], ids=name)
def test_no_list_counts_a_whole_table(boss, rows, model):
    with CaptureQueriesContext(connection) as queries:
        boss.get(page(model))
    counting = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
    assert counting and all(f"LIMIT {COUNTED_EXACTLY + 1}" in statement for statement in counting)


def test_a_big_table_is_counted_by_estimate(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO safety_auditlog (action, entity) SELECT 'noted', 'x' FROM generate_series(1, 12000)"
        )
        cursor.execute("ANALYZE safety_auditlog")
    with CaptureQueriesContext(connection) as queries:
        counted = EstimatedPaginator(AuditLog.objects.order_by("-id"), 50).count
    assert (counted >= 12_000, any("COUNT(" in q["sql"] for q in queries)) == (True, False)


def test_a_filtered_list_is_counted_to_a_bound(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO safety_auditlog (action, entity) SELECT 'noted', 'x' FROM generate_series(1, 12000)"
        )
    assert EstimatedPaginator(AuditLog.objects.filter(entity="x").order_by("-id"), 50).count == COUNTED_EXACTLY + 1


@pytest.mark.parametrize("path", ["r/1/1/", "r/1/nothing/", "r/999999/1/"])
def test_no_row_has_a_place_on_a_site(boss, path):
    assert (boss.get(f"/admin/{path}").status_code, boss.get(reverse("admin:index")).status_code) == (404, 200)


# What nobody reads.


@pytest.mark.parametrize("model", SECRETS, ids=name)
@pytest.mark.parametrize("which", ["list", "page"])
def test_a_secret_is_not_even_read(boss, rows, model, which):
    url = page(model) if which == "list" else page(model, "change", rows[model].pk)
    with CaptureQueriesContext(connection) as queries:
        response = boss.get(url)
    read = [q["sql"] for q in queries if _reads(q["sql"], model, response.wsgi_request.user)]
    assert (response.status_code, read) == (200, [])


def _reads(statement, model, user):
    """Whether a statement selects a secret column, except the signed-in person's own account for their session."""
    table = model._meta.db_table
    if model is User and (str(user.pk) in statement or user.pk.hex in statement):
        return False
    return any(f'"{table}"."{column}"' in statement for column in SECRETS[model])


def test_the_page_of_a_message_does_not_hold_its_text(boss, rows):
    content = boss.get(page(Message, "change", rows[Message].pk)).content
    assert b"ciphertext" not in content


def test_the_page_of_an_account_does_not_hold_the_password(boss, rows):
    assert b"argon2$not-a-hash" not in boss.get(page(User, "change", rows[User].pk)).content


def test_the_secret_of_a_confirmed_device_is_not_shown(boss, device):
    content = boss.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk])).content
    assert (device.key.encode() in content, b"otpauth" in content) == (False, False)


def test_a_device_is_set_up_by_its_address_until_confirmed(boss, db):
    device = TOTPDevice.objects.create(user=staff(), name="new", confirmed=False)
    assert b"otpauth" in boss.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk])).content


# What is shown.


@pytest.mark.parametrize("model", STATEFUL, ids=name)
def test_a_page_shows_the_history_of_its_states(boss, rows, model):
    assert "(new) →" in boss.get(page(model, "change", rows[model].pk)).content.decode()


def test_the_history_tells_each_move_and_who_made_it(boss, root, rows):
    act(boss, User, "restrict", rows[User])
    content = boss.get(page(User, "change", rows[User].pk)).content.decode()
    assert f"status: active → restricted by {root.pk}" in content


@pytest.mark.parametrize("chosen", ["x", "1; drop", "01"])
def test_choosing_what_is_no_id_is_told_and_does_nothing(boss, rows, chosen):
    data = {"action": "restrict", "_selected_action": [chosen]}
    assert boss.post(page(User), data, follow=True).status_code == 200
    assert boss.post(page(User), data).status_code == 302


def test_a_null_character_in_a_filter_is_refused(boss, rows):
    assert boss.get(f"{page(User)}?status__exact=%00").status_code == 400
    assert boss.get(f"{page(User)}?status__exact=active").status_code == 200
