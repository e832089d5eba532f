"""Who sees that somebody answered and is told on a device, never the answers, numbers or keys: admins."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
MODELS = ("personalityanswer", "personalityquestion", "personalityscore", "pushdelivery", "pushdevice")
GIVEN = {"admin": [("connect", "view", model) for model in MODELS]}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("connect", "0009_personality_questions"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
