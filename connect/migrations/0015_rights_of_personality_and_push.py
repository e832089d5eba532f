"""Who sees that somebody answered and is told on a device, never the answers, numbers or keys: admins."""

from django.db import migrations

from safety.schema import StaffRights

MODELS = ("personalityanswer", "personalityquestion", "personalityscore", "pushdelivery", "pushdevice")
GIVEN = {"admin": [("connect", "view", model) for model in MODELS]}


class Migration(migrations.Migration):
    dependencies = [("connect", "0014_personality_questions"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
