"""Who changes what hobbies there are to choose: admins."""

from django.db import migrations

from safety.schema import StaffRights


class Migration(migrations.Migration):
    dependencies = [("connect", "0020_notification_types_of_connections"), ("safety", "0003_staff_roles")]
    operations = [StaffRights({"admin": [("connect", "change", "hobbyoption")]})]
