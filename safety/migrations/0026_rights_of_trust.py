"""Who sees how far people are trusted, and reviews it: moderators and admins."""

from django.db import migrations

from safety.schema import StaffRights

HELD = [("safety", "view", "trustscore"), ("safety", "change", "trustscore"), ("safety", "view", "trustscoreevent")]
GIVEN = {"moderator": HELD, "admin": HELD}


class Migration(migrations.Migration):
    dependencies = [("safety", "0025_forgetting_trust"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
