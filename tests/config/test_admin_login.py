"""Who comes into the admin."""

import pytest
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from connect.models import User
from tests.config.desk import PASSWORD, browser, log_in, page, staff, token


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


WRONG = {"password": "something else"}
FEW = {"account": "4/day", "address": "5/day", "sensitive": True}
FEW_HERE = {"account": "3/day", "sensitive": True}


@pytest.fixture
def few_attempts(settings):
    settings.LIMITS = {**settings.LIMITS, "admin": FEW, "admin_here": FEW_HERE}


def test_fifteen_guesses_in_a_row_are_stopped(root):
    client = browser()
    for _ in range(15):
        log_in(client, root, **WRONG)
    assert (log_in(client, root), log_in(browser(), staff(is_superuser=True))) == (False, True)


def test_guessing_at_an_account_is_stopped_across_places(root, few_attempts):
    for _ in range(4):
        log_in(browser(), root, **WRONG)
    assert (log_in(browser(), root), log_in(browser(), staff())) == (False, True)


def test_guessing_at_many_accounts_is_stopped_by_place(root, few_attempts):
    client = browser()
    for number in range(5):
        log_in(client, root, username=f"nobody{number}@example.org")
    assert (log_in(client, root), log_in(browser(), root)) == (False, True)


def test_whoever_guesses_from_one_place_does_not_lock_staff_out(root, few_attempts):
    client = browser()
    for _ in range(9):
        log_in(client, root, **WRONG)
    assert (log_in(client, root), log_in(browser(), root)) == (False, True)


def test_guesses_from_many_places_do_not_lock_staff_out(root):
    for _ in range(20):
        log_in(browser(), root, **WRONG)
    assert log_in(browser(), root)


def test_who_signed_in_from_a_place_before_does_so_however_many_guess_elsewhere(root, few_attempts):
    known = browser()
    log_in(known, root)
    known.logout()
    for _ in range(6):
        log_in(browser(), root, **WRONG)
    assert (log_in(browser(), root), log_in(known, root)) == (False, True)


def test_signing_in_uses_up_nothing(root, few_attempts):
    client = browser()
    assert [log_in(client, root) for _ in range(6)] == [True] * 6
    client.logout()
    assert [log_in(client, root, **WRONG) for _ in range(2)] + [log_in(client, root)] == [False, False, True]


def test_a_password_without_its_token_is_a_failed_attempt(root, device, few_attempts):
    client = browser()
    for _ in range(3):
        log_in(client, root)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert (log_in(client, root, otp_token=token(device)), log_in(browser(), root, otp_token=token(device))) == (
        False,
        True,
    )


def test_other_spellings_of_an_account_are_no_further_guesses(root, few_attempts):
    User.objects.filter(pk=root.pk).update(email="chief@example.org")
    root.refresh_from_db()
    for spelling in ("chief@example.org", "CHIEF@example.org", "ch\u0131ef@example.org", " chief@example.org"):
        log_in(browser(), root, username=spelling, **WRONG)
    assert not log_in(browser(), root)


def test_guessing_a_token_is_stopped_too(root, device, few_attempts):
    wrong = "000000" if token(device) != "000000" else "000001"
    for _ in range(4):
        log_in(browser(), root, otp_token=wrong)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert not log_in(browser(), root, otp_token=token(device))


@pytest.mark.parametrize("username", ["root", "nobody@example.org"])
def test_whoever_is_stopped_is_told_why(root, few_attempts, username):
    client, data = browser(), {"username": root.email if username == "root" else username, "password": "wrong"}
    answers = [client.post(reverse("admin:login"), data).content.decode() for _ in range(4)]
    assert ["Too many attempts to sign in" in answer for answer in answers] == [False, False, False, True]


def test_without_redis_staff_do_not_come_in_and_are_told(root, redis_gone):
    answer = browser().post(reverse("admin:login"), {"username": root.email, "password": PASSWORD})
    assert (answer.status_code, "not available right now" in answer.content.decode()) == (200, True)


def test_staff_come_to_the_desk_from_a_bare_login_page(root):
    answer = browser().post(reverse("admin:login"), {"username": root.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))


def test_staff_come_to_the_page_they_asked_for(root):
    wanted = page(User)
    asked = f"{reverse('admin:login')}?next={wanted}"
    answer = browser().post(asked, {"username": root.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, wanted)
