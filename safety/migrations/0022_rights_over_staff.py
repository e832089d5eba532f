"""Admins decide cases about staff."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {"admin": [("safety", "oversee", "report")]}


class Migration(migrations.Migration):
    dependencies = [("safety", "0021_right_over_staff")]
    operations = [StaffRights(GIVEN)]
