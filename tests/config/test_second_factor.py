"""The second factor of staff: set up before anything else, with codes for when it is lost."""

import re
import threading
from base64 import b32decode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config import second_factor
from connect.models import User
from safety.models import AuditLog
from tests.config.desk import act, browser, log_in, page, staff, token

WRONG = "000000"


@pytest.fixture
def required(settings):
    settings.STAFF_OTP_REQUIRED = True


def here():
    return reverse("admin:second_factor")


def begun(user):
    return TOTPDevice.objects.get(user=user, confirmed=False)


def set_up(client, user):
    """Go through the page as a person does; the recovery codes it shows."""
    client.get(here())
    return shown_codes(client.post(here(), {"token": token(begun(user))}))


def shown_codes(response):
    return re.findall(r"<li>([a-z2-7]{8})</li>", response.content.decode())


def opens(client):
    return client.get(reverse("admin:index")).status_code == 200


# Whoever has to.


@pytest.mark.parametrize("name", ["index", "connect_user_changelist", "safety_report_changelist", "jsi18n"])
def test_without_a_factor_every_page_leads_to_setting_one_up(boss, required, name):
    response = boss.get(reverse(f"admin:{name}"))
    assert (response.status_code, response.url) == (302, here())


def test_without_a_factor_nothing_is_done(boss, required, root):
    other = staff()
    response = boss.post(page(User), {"action": "restrict", "_selected_action": [str(other.pk)]})
    other.refresh_from_db()
    assert (response.status_code, response.url, other.status) == (302, here(), "active")


def test_where_it_is_not_required_the_desk_opens_without(boss):
    assert opens(boss)


def test_signing_in_with_the_password_alone_leads_there_too(root, required):
    client = browser()
    assert not log_in(client, root)
    assert client.get(reverse("admin:index")).url == here()


def test_once_it_is_set_up_the_desk_opens(boss, required, root):
    set_up(boss, root)
    assert opens(boss)


def test_without_a_factor_one_may_still_leave(boss, required):
    boss.post(reverse("admin:logout"))
    assert reverse("admin:login") in boss.get(reverse("admin:index")).url


def test_who_is_no_staff_sets_nothing_up(db, required):
    user = staff()
    User.objects.filter(pk=user.pk).update(is_staff=False)
    client = browser(user)
    assert (client.get(here()).status_code, TOTPDevice.objects.exists()) == (302, False)


def test_nobody_sets_nothing_up(db):
    response = browser().get(here())
    assert (response.status_code, reverse("admin:login") in response.url) == (302, True)


# Setting it up.


def test_the_page_draws_the_secret_and_asks_nobody_for_it(boss, root):
    body = boss.get(here()).content.decode()
    (secret,) = re.findall(r'id="set-up-secret"[^>]*>([A-Z2-7 ]+)<', body)
    assert ("<svg" in body, b32decode(secret.replace(" ", ""))) == (True, begun(root).bin_key)
    assert [url for url in re.findall(r'(?:src|href)="(https?:[^"]*)"', body) if "testserver" not in url] == []


def test_the_picture_is_of_the_address():
    pictures = {second_factor.drawn(address) for address in ("otpauth://totp/a?secret=A", "otpauth://totp/a?secret=B")}
    assert (len(pictures), all(picture.strip().startswith("<svg") for picture in pictures)) == (2, True)


def test_a_wrong_token_sets_up_nothing(boss, root):
    boss.get(here())
    wrong = WRONG if token(begun(root)) != WRONG else "000001"
    response = boss.post(here(), {"token": wrong})
    assert (response.status_code, TOTPDevice.objects.filter(confirmed=True).exists()) == (200, False)
    assert "not what the app should show" in response.content.decode()


@pytest.mark.parametrize("given", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_token_is_not_even_tried(boss, root, given):
    boss.get(here())
    boss.post(here(), {"token": given})
    assert begun(root).throttling_failure_count == 0


def test_a_secret_that_somebody_saw_before_is_of_no_use(boss, root):
    boss.get(here())
    seen = begun(root)
    boss.get(here())
    assert begun(root).key != seen.key
    boss.post(here(), {"token": token(seen)})
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


def test_guessing_is_stopped(boss, root, settings):
    few = {"account": "2/day", "sensitive": True}
    settings.LIMITS = {**settings.LIMITS, "admin_here": few}
    boss.get(here())
    for _ in range(2):
        boss.post(here(), {"token": WRONG})
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    response = boss.post(here(), {"token": token(begun(root))})
    assert ("Too many requests" in response.content.decode(), TOTPDevice.objects.get().confirmed) == (True, False)


def test_setting_up_is_on_record(boss, root):
    set_up(boss, root)
    recorded = AuditLog.objects.filter(entity_id=root.pk).values_list("action", "actor_id")
    assert {("second_factor_confirmed", root.pk), ("recovery_codes_renewed", root.pk)} <= set(recorded)


def test_other_sessions_have_to_show_it(boss, root):
    elsewhere = browser(root)
    before = opens(elsewhere)
    set_up(boss, root)
    assert (before, opens(elsewhere), opens(boss)) == (True, False, True)


def test_a_session_that_has_not_shown_it_cannot_set_up_another(boss, root, device):
    response = boss.get(here())
    assert (response.status_code, TOTPDevice.objects.count()) == (302, 1)
    assert boss.post(here(), {"token": WRONG}).status_code == 302


def test_a_form_from_elsewhere_is_refused(root):
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    assert client.post(here(), {"token": WRONG}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_once_begin_one_factor():
    user = staff(is_superuser=True)

    def begin():
        with transaction.atomic():
            second_factor.begin(user)
        connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TOTPDevice.objects.filter(user=user).count() == 1


# Recovery codes.


def test_recovery_codes_are_shown_once(boss, root):
    codes = set_up(boss, root)
    again = boss.get(here()).content.decode()
    assert (len(set(codes)), any(code in again for code in codes)) == (second_factor.RECOVERY_CODES, False)


def test_a_recovery_code_comes_in_once(boss, root):
    code = set_up(boss, root)[0]
    assert [log_in(browser(), root, otp_token=code) for _ in range(2)] == [True, False]


def test_the_app_still_comes_in(boss, root):
    set_up(boss, root)
    device = TOTPDevice.objects.get()
    TOTPDevice.objects.update(last_t=-1)
    assert log_in(browser(), root, otp_token=token(device))


def test_a_wrong_recovery_code_does_not_come_in_and_leaves_the_app_alone(boss, root):
    set_up(boss, root)
    assert not log_in(browser(), root, otp_token="aaaaaaaa")
    assert (TOTPDevice.objects.get().throttling_failure_count, StaticDevice.objects.get().throttling_failure_count) == (
        0,
        1,
    )


def test_a_recovery_code_of_somebody_else_does_not_come_in(boss, root):
    other = staff(is_superuser=True)
    code = set_up(boss, root)[0]
    set_up(browser(other), other)
    assert not log_in(browser(), other, otp_token=code)


def test_new_codes_end_the_old_ones(boss, root):
    old = set_up(boss, root)
    new = shown_codes(boss.post(here()))
    assert (len(new), set(old) & set(new)) == (second_factor.RECOVERY_CODES, set())
    assert [log_in(browser(), root, otp_token=codes[0]) for codes in (new, old)] == [True, False]


def test_the_page_says_how_many_are_left(boss, root):
    set_up(boss, root)
    StaticToken.objects.first().delete()
    assert "9 recovery codes left" in boss.get(here()).content.decode()


def test_no_page_of_the_admin_lists_recovery_codes(boss):
    assert boss.get("/admin/otp_static/staticdevice/").status_code == 404


# When it is lost.


def test_whoever_came_in_by_a_recovery_code_sets_up_another_app(boss, root):
    code = set_up(boss, root)[0]
    old, elsewhere = TOTPDevice.objects.get(), browser()
    log_in(elsewhere, root, otp_token=code)
    elsewhere.get(f"{here()}?replace")
    new = begun(root)
    codes = shown_codes(elsewhere.post(f"{here()}?replace", {"token": token(new)}))
    assert [device.key for device in TOTPDevice.objects.all()] == [new.key] != [old.key]
    assert (len(codes), opens(elsewhere)) == (second_factor.RECOVERY_CODES, True)


def test_until_another_is_confirmed_the_first_stays_good(boss, root):
    set_up(boss, root)
    boss.get(f"{here()}?replace")
    boss.post(f"{here()}?replace", {"token": WRONG if token(begun(root)) != WRONG else "000001"})
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1
    assert opens(boss)


def test_a_session_that_has_not_shown_it_replaces_nothing(boss, root, device):
    assert boss.get(f"{here()}?replace").status_code == 302
    assert list(TOTPDevice.objects.all()) == [device]


def test_a_superuser_takes_a_lost_one_away_with_its_codes(boss, root, required):
    set_up(boss, root)
    other = staff()
    client = browser(other)
    set_up(client, other)
    boss.post(page(TOTPDevice, "delete", TOTPDevice.objects.get(user=other).pk), {"post": "yes"})
    assert [kind.objects.filter(user=other).exists() for kind in (TOTPDevice, StaticDevice)] == [False, False]
    assert [kind.objects.filter(user=root).exists() for kind in (TOTPDevice, StaticDevice)] == [True, True]
    assert client.get(reverse("admin:index")).url == here()


def test_taking_one_away_is_on_record(boss, root):
    other = staff()
    device = TOTPDevice.objects.create(user=other, name="lost", confirmed=True)
    act(boss, TOTPDevice, "delete_selected", device, post="yes")
    entry = AuditLog.objects.get(action="second_factor_removed")
    assert (entry.actor_id, entry.entity_id) == (root.pk, other.pk)
