"""Who works on cases: moderators and admins. Analysts have figures, not accusations, and get nothing here.

A moderator knows people by their cases: no more by the tables of accounts, profiles and devices, which name them.
"""

from django.db import migrations

CASES = [
    *(("safety", "view", model) for model in ("report", "moderationaction", "appeal", "safetyflag")),
    *(("safety", "change", model) for model in ("report", "moderationaction", "appeal", "safetyflag")),
    ("safety", "add", "moderationaction"),
]
GIVEN = {"moderator": CASES, "admin": CASES}
TAKEN = {
    "moderator": [
        ("connect", "view", "user"),
        ("connect", "view", "profile"),
        ("connect", "view", "devicesession"),
        ("connect", "change", "devicesession"),
    ],
}


def change_rights(apps, schema_editor):
    for name, rights in GIVEN.items():
        _group(apps, name).permissions.add(*(_permission(apps, *right) for right in rights))
    for name, rights in TAKEN.items():
        _group(apps, name).permissions.remove(*(_permission(apps, *right) for right in rights))


def change_back(apps, schema_editor):
    for name, rights in GIVEN.items():
        new = [right for right in rights if right[2] != "report"]
        _group(apps, name).permissions.remove(*(_permission(apps, *right) for right in new))
    for name, rights in TAKEN.items():
        _group(apps, name).permissions.add(*(_permission(apps, *right) for right in rights))


def _group(apps, name):
    return apps.get_model("auth", "Group").objects.get_or_create(name=name)[0]


def _permission(apps, app, verb, model):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {model}"}
    )
    return found


class Migration(migrations.Migration):
    dependencies = [("safety", "0007_case_checks")]
    operations = [migrations.RunPython(change_rights, change_back)]
