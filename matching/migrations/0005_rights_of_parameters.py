"""Who sees the versions of the engine's numbers: analysts and admins; admins draft, change and publish them."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
GIVEN = {
    "analyst": [("matching", "view", "engineparameters")],
    "admin": [("matching", "view", "engineparameters"), ("matching", "change", "engineparameters")],
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_first_parameters"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
