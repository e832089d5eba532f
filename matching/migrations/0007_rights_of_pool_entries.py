"""Who sees that somebody has a pool entry, never the numbers in it: admins, as with charts; and parts of runs: as runs."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {
    "analyst": [("matching", "view", "matchingshard")],
    "admin": [("matching", "view", "poolentry"), ("matching", "view", "matchingshard")],
}


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_pool_entries_and_shards"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
