"""Who sees which people were told apart: moderators, who tell them apart, and admins."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {role: [("faces", "view", "twins")] for role in ("moderator", "admin")}


class Migration(migrations.Migration):
    dependencies = [("faces", "0009_people_told_apart"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
