"""Who sees what likeness is measured by: it is nobody's."""

from django.db import migrations

from safety.schema import StaffRights

_SEEN = [("faces", "view", "likenessscale")]


class Migration(migrations.Migration):
    dependencies = [("faces", "0007_scales_of_likeness"), ("safety", "0008_case_rights")]
    operations = [StaffRights({group: _SEEN for group in ("moderator", "analyst", "admin")})]
