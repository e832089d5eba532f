"""Who sees the tables of accounts, leaving and rules, and who turns flags. Analysts get nothing here."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
HELD = [("chat", "view", "heldmessage"), ("chat", "change", "heldmessage"), ("safety", "view", "moderationrule")]
GIVEN = {
    "moderator": [*HELD, ("connect", "view", "verificationsignal")],
    "admin": [
        *HELD,
        ("safety", "add", "moderationrule"),
        ("safety", "change", "moderationrule"),
        ("safety", "view", "texttrace"),
        ("safety", "view", "blockedidentity"),
        *(("connect", "view", model) for model in ("verificationsignal", "phoneverification", "passwordreset")),
        *(("connect", "view", model) for model in ("outgoingsms", "dataexport", "accountdeletion")),
        ("constance", "view", "config"),
        ("constance", "change", "config"),
    ],
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("safety", "0012_shipped_rules")]
    operations = [migrations.RunPython(give, take_away)]
