"""The two changes that the audit admits: a tombstone in the place of somebody who left, and the end after seven years."""

from pathlib import Path

import django.contrib.postgres.indexes
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("safety", "0009_blocks_outlive_accounts")]
    operations = [
        migrations.AddIndex(
            model_name="auditlog",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("action", "transition"), _negated=True), fields=["data"], name="audit_data_idx"
            ),
        ),
        migrations.RunSQL(
            (SQL / "0010_forgetting.sql").read_text(), (SQL / "0010_forgetting_reverse.sql").read_text()
        ),
    ]
