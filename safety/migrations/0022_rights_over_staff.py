"""Admins decide cases about staff."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
GIVEN = {"admin": [("safety", "oversee", "report")]}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("safety", "0021_right_over_staff")]
    operations = [migrations.RunPython(give, take_away)]
