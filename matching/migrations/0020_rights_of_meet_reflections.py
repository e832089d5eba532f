"""Who sees how talks were for people: admins alone, as nobody may come to know who said what of whom."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {"admin": [("matching", "view", "meetreflection")]}


class Migration(migrations.Migration):
    dependencies = [("matching", "0019_meet_reflections"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
