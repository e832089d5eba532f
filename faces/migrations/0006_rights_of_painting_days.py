"""Who sees what pictures of babies cost, day by day: analysts and admins. Nobody is in it."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {role: [("faces", "view", "paintingday")] for role in ("analyst", "admin")}


class Migration(migrations.Migration):
    dependencies = [("faces", "0005_pictures_of_babies"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
