"""Who sees what people like to do: who reads their profiles; that they have photos, never the pictures: admins."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {
    "moderator": [("connect", "view", "hobby"), ("connect", "view", "hobbyoption")],
    "admin": [("connect", "view", model) for model in ("hobby", "hobbyoption", "photo")],
}


class Migration(migrations.Migration):
    dependencies = [("connect", "0017_proofs_of_identity"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
