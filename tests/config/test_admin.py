"""The admin: who comes in, that every table is there and quick, and what nobody reads."""

from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.models import Conversation, Message
from config.admin import COUNTED_EXACTLY, EstimatedPaginator
from connect.models import DeviceSession, OutgoingMail, PendingRegistration, User
from connect.services import standing
from matching.models import Match, MatchFeedback, MatchingRun
from safety.models import AuditLog, IdempotencyKey, Report
from safety.schema import StateMachine
from safety.services import reports
from safety.signals import access_changed
from tests.safety.calls import address
from tests.safety.rows import fill, our_models, person

STAFF_ROLES = import_module("safety.migrations.0003_staff_roles")
PASSWORD = "a long enough password"
MODELS = our_models()
STATEFUL = [m for m in MODELS if any(isinstance(c, StateMachine) for c in m._meta.constraints)]
# What no page of the admin holds, by the table it stands in.
SECRETS = {
    Message: ["content_ciphertext"],
    Conversation: ["data_key"],
    User: ["password"],
    DeviceSession: ["refresh_token_hash"],
    IdempotencyKey: ["request_hash", "response_body"],
    OutgoingMail: ["body"],
    PendingRegistration: ["password", "code_hash"],
    MatchFeedback: ["notes", "vector_delta"],
    **{m: ["time", "latitude", "longitude"] for m in MODELS if m.__name__ == "BirthData"},
    **{m: ["astro_features", "hd_features", "astrology"] for m in MODELS if m.__name__ == "Chart"},
    **{m: ["values_vector", "communication_vector"] for m in MODELS if m.__name__ == "ConnectProfile"},
}


def name(value):
    return value._meta.label if isinstance(value, type) else None


every_model = pytest.mark.parametrize("model", MODELS, ids=name)


def page(model, what="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def staff(**fields):
    user = User(email=f"staff-{timezone.now().timestamp()}@example.org", is_staff=True, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def browser(user=None):
    client = Client(REMOTE_ADDR=address())
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def root(db):
    return staff(is_superuser=True)


@pytest.fixture
def boss(root):
    return browser(root)


@pytest.fixture
def rows(db):
    return fill(person(), person())


# Who comes in.


def log_in(client, user, **fields):
    data = {"username": user.email, "password": PASSWORD, **fields}
    client.post(reverse("admin:login"), data)
    return client.get(reverse("admin:index")).status_code == 200


def token(device):
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


def test_staff_come_in_with_email_and_password(root):
    assert log_in(browser(), root)


def test_the_email_is_read_without_case(root):
    assert log_in(browser(), root, username=root.email.upper())


def test_a_wrong_password_does_not_come_in(root):
    assert not log_in(browser(), root, password="something else")


def test_a_member_who_is_no_staff_does_not_come_in(db):
    user = staff()
    User.objects.filter(pk=user.pk).update(is_staff=False)
    assert not log_in(browser(), user)


def test_restricted_staff_do_not_come_in(root):
    User.objects.filter(pk=root.pk).update(status="restricted")
    assert not log_in(browser(), root)


def test_restricted_staff_are_out_at_their_next_click(root, boss):
    before = boss.get(reverse("admin:index")).status_code
    User.objects.filter(pk=root.pk).update(status="restricted")
    assert (before, boss.get(reverse("admin:index")).status_code) == (200, 302)


@pytest.fixture
def device(root):
    return TOTPDevice.objects.create(user=root, name="phone", confirmed=True)


def test_with_a_second_factor_the_password_is_not_enough(root, device):
    assert not log_in(browser(), root)


def test_with_a_second_factor_its_token_comes_in(root, device):
    assert log_in(browser(), root, otp_token=token(device))


def test_a_wrong_token_does_not_come_in(root, device):
    wrong = "000000" if token(device) != "000000" else "000001"
    assert not log_in(browser(), root, otp_token=wrong)


def test_a_token_of_somebody_else_does_not_come_in(root, device):
    foreign = TOTPDevice.objects.create(user=staff(), name="theirs", confirmed=True)
    assert not log_in(browser(), root, otp_token=token(foreign), otp_device=foreign.persistent_id)


def test_a_token_is_good_once(root, device):
    used = token(device)
    assert (log_in(browser(), root, otp_token=used), log_in(browser(), root, otp_token=used)) == (True, False)


def test_a_device_that_is_not_confirmed_asks_for_nothing(root, device):
    TOTPDevice.objects.update(confirmed=False)
    assert log_in(browser(), root)


def test_of_several_devices_one_has_to_be_named(root, device):
    TOTPDevice.objects.create(user=root, name="tablet", confirmed=True)
    without = log_in(browser(), root, otp_token=token(device))
    assert (without, log_in(browser(), root, otp_token=token(device), otp_device=device.persistent_id)) == (
        False,
        True,
    )


def test_a_session_from_before_the_second_factor_is_not_enough(root, boss):
    before = boss.get(reverse("admin:index")).status_code
    TOTPDevice.objects.create(user=root, name="phone", confirmed=True)
    assert (before, boss.get(reverse("admin:index")).status_code) == (200, 302)


def test_the_login_page_asks_for_a_token(db):
    assert b'name="otp_token"' in browser().get(reverse("admin:login")).content


def test_guessing_is_limited(root, settings):
    settings.LIMITS = {**settings.LIMITS, "auth": {"address": "2/day", "sensitive": True}}
    client = browser()
    for _ in range(2):
        log_in(client, root, password="wrong")
    assert (log_in(client, root), log_in(browser(), root)) == (False, True)


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


@every_model
def test_no_row_is_added_or_deleted_by_hand(boss, rows, model):
    answers = [boss.get(page(model, "add")), boss.get(page(model, "delete", rows[model].pk))]
    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("model", [m for m in MODELS if m is not User], ids=name)
def test_no_row_is_changed_by_hand(boss, rows, model):
    assert boss.post(page(model, "change", rows[model].pk), {}).status_code == 403


@pytest.fixture(scope="module")
def query_counts(django_db_setup, django_db_blocker):
    """Queries of each list with 5 and with 50 rows: model -> (few, many)."""
    with django_db_blocker.unblock(), transaction.atomic():
        boss = browser(staff(is_superuser=True))
        counts = []
        for people in (5, 45):
            for _ in range(people):
                fill(person(), person())
            counts.append({model: _queries(boss, model) for model in MODELS})
        transaction.set_rollback(True)
    return {model: tuple(count[model] for count in counts) for model in MODELS}


def _queries(boss, model):
    boss.get(page(model))
    with CaptureQueriesContext(connection) as queries:
        boss.get(page(model))
    return len(queries)


@every_model
def test_a_list_takes_as_many_queries_for_fifty_rows_as_for_five(query_counts, model):
    few, many = query_counts[model]
    assert few == many


@every_model
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
    assert EstimatedPaginator(AuditLog.objects.filter(entity="x"), 50).count == COUNTED_EXACTLY + 1


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


def test_evidence_is_read_on_the_page_of_its_report_and_recorded_once(boss, root, rows):
    report = reports.file(
        by=rows[User].pk,
        against=root.pk,
        subject_kind="match",
        subject_id=rows[Match].pk,
        reason="spam",
        details="",
        alias="x",
        now=timezone.now(),
    )
    boss.get(page(Report, "change", report.pk))
    assert [e.actor_id for e in AuditLog.objects.filter(action="evidence_read")] == [root.pk]


def test_the_list_of_reports_reads_no_evidence(boss, rows):
    with CaptureQueriesContext(connection) as queries:
        boss.get(page(Report))
    assert not [q for q in queries if '"safety_report"."evidence"' in q["sql"]]


# What is done.


def act(client, model, action, *chosen):
    data = {"action": action, "_selected_action": [str(row.pk) for row in chosen]}
    return client.post(page(model), data, follow=True)


@pytest.fixture
def report(rows):
    return rows[Report]


def test_a_report_is_taken_up_by_the_moderator_who_did(boss, root, report):
    act(boss, Report, "triage", report)
    report.refresh_from_db()
    assert (report.status, AuditLog.objects.get(action="report_triaged").actor_id) == ("triaged", root.pk)


def test_a_report_is_dismissed(boss, report):
    act(boss, Report, "dismiss", report)
    report.refresh_from_db()
    assert report.status == "dismissed"


def test_a_refused_action_is_told_and_changes_nothing(boss, report):
    Report.objects.filter(pk=report.pk).update(status="dismissed")
    assert "The report is dismissed." in act(boss, Report, "triage", report).content.decode()


def test_one_refused_row_does_not_undo_the_others(boss, root, rows):
    act(boss, User, "restrict", root, rows[User])
    assert list(User.objects.filter(status="restricted")) == [rows[User]]


@contextmanager
def heard():
    told = []

    def listen(user_id, **said):
        told.append(user_id)

    access_changed.connect(listen)
    try:
        yield told
    finally:
        access_changed.disconnect(listen)


def test_a_person_is_restricted_and_the_apps_above_are_told(boss, rows):
    with heard() as told:
        act(boss, User, "restrict", rows[User])
    assert (User.objects.get(pk=rows[User].pk).status, told) == ("restricted", [rows[User].pk])


def test_a_restriction_is_lifted(boss, root, rows):
    standing.restrict(user=rows[User].pk, by=root.pk, reason="spam")
    with heard() as told:
        act(boss, User, "lift", rows[User])
    assert (User.objects.get(pk=rows[User].pk).status, told) == ("active", [rows[User].pk])


def test_a_session_is_revoked(boss, rows):
    act(boss, DeviceSession, "revoke", rows[DeviceSession])
    assert DeviceSession.objects.get(pk=rows[DeviceSession].pk).revoked_at


def test_a_matching_run_is_requested(boss, rows):
    act(boss, MatchingRun, "request_run", rows[MatchingRun])
    assert MatchingRun.objects.filter(status="requested").count() == 1


def test_a_staff_role_is_given_by_a_superuser_and_recorded(boss, root, rows):
    boss.post(page(User, "change", rows[User].pk), {"is_staff": "on"})
    entry = AuditLog.objects.get(action="staff_role")
    assert (User.objects.get(pk=rows[User].pk).is_staff, entry.actor_id) == (True, root.pk)


# Roles.


@pytest.fixture
def roles(db):
    """The groups of the migration, which tests that empty tables take away."""
    STAFF_ROLES.make_roles(apps, None)
    return STAFF_ROLES.ROLES


def member_of(role):
    user = staff()
    user.groups.add(Group.objects.get(name=role))
    return browser(user)


@pytest.mark.parametrize("role", ["moderator", "analyst", "admin"])
def test_a_role_has_the_rights_it_names_and_no_other(roles, role):
    held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    assert set(held) == {(app, f"{verb}_{model}") for app, verb, model in roles[role]}


def test_making_the_roles_again_changes_nothing(roles):
    before = Group.objects.count(), Group.permissions.through.objects.count()
    STAFF_ROLES.make_roles(apps, None)
    assert (Group.objects.count(), Group.permissions.through.objects.count()) == before


@every_model
def test_each_role_opens_exactly_the_lists_it_may_view(roles, rows, model):
    label = (model._meta.app_label, "view", model._meta.model_name)
    opened = {role: member_of(role).get(page(model)).status_code == 200 for role in roles}
    assert opened == {role: label in rights for role, rights in roles.items()}


@pytest.mark.parametrize("role, status", [("moderator", "restricted"), ("analyst", "active")])
def test_a_moderator_restricts_and_an_analyst_does_not(roles, rows, role, status):
    act(member_of(role), User, "restrict", rows[User])
    assert User.objects.get(pk=rows[User].pk).status == status


def test_nobody_but_a_superuser_gives_roles(roles, rows):
    answer = member_of("admin").post(page(User, "change", rows[User].pk), {"is_superuser": "on"})
    assert (answer.status_code, User.objects.get(pk=rows[User].pk).is_superuser) == (403, False)


# The transaction under it.


@pytest.fixture
def as_web(rows, root):
    """As the web's own login, which may do nothing outside a role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE connect_web")
        yield
        cursor.execute("RESET ROLE")


def test_the_admin_works_under_the_webs_login(root, as_web):
    assert log_in(browser(), root)


def test_the_audit_knows_which_staff_member_acted(boss, root, rows):
    act(boss, User, "restrict", rows[User])
    moved = AuditLog.objects.get(action="transition", entity_id=rows[User].pk, data__to="restricted")
    assert moved.actor_id == root.pk


def test_a_page_that_fails_leaves_nothing_behind(boss, rows, monkeypatch):
    def fail(**kwargs):
        Report.objects.update(details_text="half done")
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("safety.services.cases.triage", fail)
    boss.raise_request_exception = False
    assert (act(boss, Report, "triage", rows[Report]).status_code, Report.objects.get().details_text) == (
        500,
        "",
    )


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"])
def test_the_admins_cookies_go_to_the_admin_alone(root, cookie):
    client = browser()
    log_in(client, root)
    assert client.cookies[cookie]["path"] == "/admin/"


@pytest.mark.parametrize(
    "path, status", [("/healthz", 200), ("/api/schema", 200), ("/api/docs", 200), ("/no", 404)]
)
def test_a_session_cookie_elsewhere_is_not_looked_at(root, as_web, path, status):
    client = browser()
    log_in(client, root)
    assert client.get(path).status_code == status
