"""A staff member's browser, and the pages it goes to."""

from collections import defaultdict
from functools import cache
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from connect.models import User
from safety.schema import StaffRights
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


def make_roles():
    """The groups of the migrations, which tests that empty tables take away; what each may do."""
    rights = defaultdict(set)
    for step in _steps():
        step.code(apps, None)
        for role, given in step.given.items():
            rights[role] |= set(given)
        for role, taken in step.taken.items():
            rights[role] -= set(taken)
    return rights


@cache
def _steps():
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [step for migration, _ in plan for step in migration.operations if isinstance(step, StaffRights)]
