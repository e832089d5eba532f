"""Who sees that somebody has a pool entry, never the numbers in it: admins, as with charts; and parts of runs: as runs."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
GIVEN = {
    "analyst": [("matching", "view", "matchingshard")],
    "admin": [("matching", "view", "poolentry"), ("matching", "view", "matchingshard")],
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_pool_entries_and_shards"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
