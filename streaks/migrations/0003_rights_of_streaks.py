"""Who sees streaks: moderators and admins as connections, and what of them is nobody's alone analysts too."""

from django.db import migrations

from safety.schema import StaffRights

_SEEN = [("streaks", "view", name) for name in ("streak", "checkin", "nudge", "outage")]
GIVEN = {
    "moderator": _SEEN,
    "analyst": [("streaks", "view", "outage")],
    "admin": _SEEN,
}


class Migration(migrations.Migration):
    dependencies = [("streaks", "0002_forgetting"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
