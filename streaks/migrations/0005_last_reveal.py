"""The last reveal opens in a complete streak only."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("streaks", "0004_recoveries_and_reveals")]
    operations = [
        migrations.RunSQL(
            (SQL / "0005_last_reveal.sql").read_text(), (SQL / "0005_last_reveal_reverse.sql").read_text()
        )
    ]
