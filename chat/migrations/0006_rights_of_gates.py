"""Who sees decision gates: admins all of them, moderators what came of them, never who voted for what."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {
    "moderator": [("chat", "view", "gatewindow")],
    "admin": [("chat", "view", "gatewindow"), ("chat", "view", "decisiongate")],
}


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_live_conversations"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
