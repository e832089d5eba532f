"""Staff roles: groups with their rights."""

from django.db import migrations

from safety.schema import StaffRights

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


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [StaffRights(ROLES)]
