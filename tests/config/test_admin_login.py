"""Who comes into the admin."""

from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from connect.models import User
from tests.config.desk import browser, log_in, staff, token


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


def test_guessing_is_limited(root, settings):
    settings.LIMITS = {**settings.LIMITS, "auth": {"address": "2/day", "sensitive": True}}
    client = browser()
    for _ in range(2):
        log_in(client, root, password="wrong")
    assert (log_in(client, root), log_in(browser(), root)) == (False, True)
