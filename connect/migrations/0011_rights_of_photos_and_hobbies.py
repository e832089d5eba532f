"""Who sees what people like to do: who reads their profiles; that they have photos, never the pictures: admins."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
GIVEN = {
    "moderator": [("connect", "view", "hobby"), ("connect", "view", "hobbyoption")],
    "admin": [("connect", "view", model) for model in ("hobby", "hobbyoption", "photo")],
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("connect", "0010_proofs_of_identity"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
