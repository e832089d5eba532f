"""Who sees the tables of accounts, leaving and rules, and who turns flags. Analysts get nothing here."""

from django.db import migrations

from safety.schema import StaffRights

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


class Migration(migrations.Migration):
    dependencies = [("safety", "0012_shipped_rules")]
    operations = [StaffRights(GIVEN)]
