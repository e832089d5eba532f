"""Who sees recoveries, protections and reveals: moderators and admins. Admins set the milestones, analysts see them."""

from django.db import migrations

from safety.schema import StaffRights

_SEEN = [
    ("streaks", "view", name)
    for name in ("recoverypayment", "creditprotection", "milestonereveal", "revealjob", "revealmilestone")
]
GIVEN = {
    "moderator": _SEEN,
    "analyst": [("streaks", "view", "revealmilestone")],
    "admin": [*_SEEN, ("streaks", "view", "revealcontent"), ("streaks", "change", "revealmilestone")],
}


class Migration(migrations.Migration):
    dependencies = [("streaks", "0006_first_milestones"), ("safety", "0003_staff_roles")]
    operations = [StaffRights(GIVEN)]
