"""A staff member's browser, and the pages it goes to."""

from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from connect.models import User
from tests.safety.calls import address

PASSWORD = "a long enough password"


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


def log_in(client, user, **fields):
    data = {"username": user.email, "password": PASSWORD, **fields}
    client.post(reverse("admin:login"), data)
    return client.get(reverse("admin:index")).status_code == 200


def token(device):
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


def act(client, model, action, *chosen, part=None, **more):
    """Choose rows of a list, or of a part of it, and do something to them."""
    data = {"action": action, "_selected_action": [str(row.pk) for row in chosen], **more}
    return client.post(f"{page(model)}?{urlencode(part or {})}", data, follow=True)


def member_of(role):
    user = staff()
    user.groups.add(Group.objects.get(name=role))
    return browser(user)
