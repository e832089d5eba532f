"""The last reveal opens in a complete streak only."""

from django.db import migrations

import safety.schema


class Migration(migrations.Migration):
    dependencies = [("streaks", "0004_recoveries_and_reveals")]
    operations = [
        migrations.AddConstraint(
            model_name="milestonereveal",
            constraint=safety.schema.demands.Demands(
                name="streaks_last_reveal",
                when="NEW.number = 5 AND NEW.status <> 'locked'",
                of="streak",
                condition="status = 'completed'",
            ),
        ),
    ]
