"""Who sees interests and wipes: those who see matches and connections, moderators and admins."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
SEEN = [("matching", "view", "interest"), ("matching", "view", "interestwipe")]
GIVEN = {"moderator": SEEN, "admin": SEEN}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_interests"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
