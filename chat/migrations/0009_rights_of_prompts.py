"""Who keeps the catalogue of prompts: moderators and admins; analysts see it."""

from django.db import migrations

from safety.schema import StaffRights

_KEPT = [("chat", verb, "prompt") for verb in ("view", "add", "change")]
GIVEN = {"moderator": _KEPT, "analyst": [("chat", "view", "prompt")], "admin": _KEPT}


class Migration(migrations.Migration):
    dependencies = [("chat", "0008_first_prompts"), ("safety", "0003_staff_roles")]
    operations = [StaffRights(GIVEN)]
