"""Who sees discovery: moderators and admins who was shown to whom, analysts how full it is; admins order the servers."""

from django.db import migrations

from safety.schema import StaffRights

SHOWN = [("matching", "view", "discoverybatch"), ("matching", "view", "discoverycard")]
POOL = [("matching", "view", "server"), ("matching", "view", "discoverypool")]
GIVEN = {
    "moderator": SHOWN,
    "analyst": POOL,
    "admin": [
        *SHOWN,
        *POOL,
        ("matching", "change", "server"),
        ("matching", "view", "discoveryfilter"),
        ("matching", "view", "discoveryentry"),
    ],
}


class Migration(migrations.Migration):
    dependencies = [("matching", "0011_first_servers"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
