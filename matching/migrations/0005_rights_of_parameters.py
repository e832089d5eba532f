"""Who sees the versions of the engine's numbers: analysts and admins; admins draft, change and publish them."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {
    "analyst": [("matching", "view", "engineparameters")],
    "admin": [("matching", "view", "engineparameters"), ("matching", "change", "engineparameters")],
}


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_first_parameters"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
