"""The one change that the ledger of points admits: the entries of somebody who left go."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("streaks", "0013_rituals"), ("safety", "0010_forgetting")]
    operations = [
        migrations.RunSQL(
            (SQL / "0014_forgetting_xp.sql").read_text(), (SQL / "0014_forgetting_xp_reverse.sql").read_text()
        )
    ]
