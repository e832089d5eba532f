"""Who sees that there are rituals, never what was written in them: admins."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {"admin": [("streaks", "view", name) for name in ("dailypromptanswer", "weeklyintent", "xpentry")]}


class Migration(migrations.Migration):
    dependencies = [("streaks", "0014_forgetting_xp"), ("safety", "0003_staff_roles")]
    operations = [StaffRights(GIVEN)]
