"""Who puts an outage on record: admins."""

from django.db import migrations

from safety.schema import StaffRights


class Migration(migrations.Migration):
    dependencies = [("streaks", "0011_window_has_a_breaker"), ("safety", "0003_staff_roles")]
    operations = [StaffRights({"admin": [("streaks", "add", "outage")]})]
