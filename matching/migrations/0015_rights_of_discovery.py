"""Who sees discovery: moderators and admins who was shown to whom, analysts how well it is off."""

from django.db import migrations

from safety.schema import StaffRights

SHOWN = [("matching", "view", "discoverybatch"), ("matching", "view", "discoverycard")]
HEALTH = [("matching", "view", "server")]
GIVEN = {
    "moderator": SHOWN,
    "analyst": HEALTH,
    "admin": [
        *SHOWN,
        *HEALTH,
        ("matching", "view", "discoveryfilter"),
        ("matching", "view", "discoveryentry"),
    ],
}


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_first_servers"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
