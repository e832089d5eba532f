"""Who sees streaks: moderators and admins as connections, and what of them is nobody's alone analysts too."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
_SEEN = [("streaks", "view", name) for name in ("streak", "checkin", "nudge", "outage")]
GIVEN = {
    "moderator": _SEEN,
    "analyst": [("streaks", "view", "outage")],
    "admin": _SEEN,
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("streaks", "0002_forgetting"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
