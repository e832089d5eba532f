"""Who sees that a picture was sent, never what it shows: admins, and moderators as of messages."""

from django.db import migrations

from safety.schema import StaffRights

GIVEN = {
    "moderator": [("chat", "view", "messagepicture")],
    "admin": [("chat", "view", "messagepicture")],
}


class Migration(migrations.Migration):
    dependencies = [("chat", "0011_pictures_and_icebreakers"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
