"""Who sees who waited: moderators and admins."""

from django.db import migrations

from safety.schema import StaffRights

SEEN = [("matching", "view", "queueentry")]


class Migration(migrations.Migration):
    dependencies = [("matching", "0016_queue"), ("safety", "0008_case_rights")]
    operations = [StaffRights({"moderator": SEEN, "admin": SEEN})]
