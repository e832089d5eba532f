"""Analysts look at the dashboard, which shows no small numbers; admins see its figures, and who told what of their use."""

from django.db import migrations

from safety.schema import StaffRights

WATCH = ("connect", "watch", "dailyfigure")
GIVEN = {
    "analyst": [WATCH],
    "admin": [WATCH, ("connect", "view", "dailyfigure"), ("connect", "view", "analyticsevent")],
}


class Migration(migrations.Migration):
    dependencies = [("connect", "0022_analytics"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
