"""The one change that check-ins admit: a tombstone in the place of somebody who left."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("streaks", "0001_initial"), ("safety", "0010_forgetting")]
    operations = [
        migrations.RunSQL(
            (SQL / "0002_forgetting.sql").read_text(), (SQL / "0002_forgetting_reverse.sql").read_text()
        )
    ]
