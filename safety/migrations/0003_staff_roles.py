"""Staff roles: groups with their rights.

Django makes permissions only after all migrations; those named here are made now, by name, and found then.
"""

from django.db import migrations

EVERYTHING = {
    "safety": ["auditlog", "block", "idempotencykey", "report"],
    "connect": [
        *("authidentity", "birthdata", "connectprofile", "consent", "devicesession", "disclosure", "interestscore"),
        *("nonnegotiable", "notification", "offlimitstopic", "outgoingmail", "pendingregistration"),
        *("preferencesettings", "profile", "readinessanswer", "user", "valuescore"),
    ],
    "matching": ["chart", "connection", "connectionevent", "match", "matchfeedback", "matchingrun"],
    "chat": ["conversation", "conversationevent", "message", "reveal"],
}
VIEW_ALL = [(app, "view", model) for app, models in EVERYTHING.items() for model in models]
ROLES = {
    "moderator": [
        ("safety", "view", "auditlog"),
        ("safety", "view", "block"),
        ("safety", "view", "report"),
        ("safety", "change", "report"),
        ("connect", "view", "user"),
        ("connect", "view", "profile"),
        ("connect", "view", "devicesession"),
        ("connect", "change", "devicesession"),
        ("matching", "view", "match"),
        ("matching", "view", "connection"),
        ("chat", "view", "conversation"),
        ("chat", "view", "message"),
        ("chat", "view", "reveal"),
    ],
    "analyst": [
        ("matching", "view", "match"),
        ("matching", "view", "matchfeedback"),
        ("matching", "view", "matchingrun"),
        ("matching", "view", "connectionevent"),
    ],
    "admin": [
        *VIEW_ALL,
        ("safety", "change", "report"),
        ("connect", "change", "devicesession"),
        ("matching", "add", "matchingrun"),
    ],
}


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(apps, *right) for right in rights))


def _permission(apps, app, verb, model):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {model}"}
    )
    return found


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
