"""Who sees bought nudges: moderators and admins."""

from django.db import migrations

from safety.schema import StaffRights

_SEEN = [("streaks", "view", "nudgepayment")]


class Migration(migrations.Migration):
    dependencies = [("streaks", "0009_nudge_payments"), ("safety", "0003_staff_roles")]
    operations = [StaffRights({"moderator": _SEEN, "admin": _SEEN})]
