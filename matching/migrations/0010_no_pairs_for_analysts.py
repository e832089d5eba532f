"""Analysts have figures: who was matched with whom, what they said of it and what became of it are not theirs."""

from django.db import migrations

from safety.schema import StaffRights

TAKEN = {"analyst": [("matching", "view", model) for model in ("match", "matchfeedback", "connectionevent")]}


class Migration(migrations.Migration):
    dependencies = [("matching", "0009_charts_of_unknown_times_anew"), ("safety", "0008_case_rights")]
    operations = [StaffRights({}, taken=TAKEN)]
