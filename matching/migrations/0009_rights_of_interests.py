"""Who sees interests and wipes: those who see matches and connections, moderators and admins."""

from django.db import migrations

from safety.schema import StaffRights

SEEN = [("matching", "view", "interest"), ("matching", "view", "interestwipe")]


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_interests"), ("safety", "0008_case_rights")]
    operations = [StaffRights({"moderator": SEEN, "admin": SEEN})]
