"""An outage is at most three days long; of one that was put on record longer the first three days count."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

SHORTEN = """
UPDATE streaks_outage SET ends_at = starts_at + interval '3 days' WHERE ends_at > starts_at + interval '3 days'
"""


class Migration(migrations.Migration):
    dependencies = [("streaks", "0015_rights_of_rituals")]
    operations = [
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(days=3)), name="outage_is_short"
            ),
        ),
    ]
