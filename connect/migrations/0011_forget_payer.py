"""The one change that the books admit: a tombstone in the place of somebody who left."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("connect", "0010_billing"), ("safety", "0010_forgetting")]
    operations = [
        migrations.RunSQL(
            (SQL / "0011_forget_payer.sql").read_text(), (SQL / "0011_forget_payer_reverse.sql").read_text()
        ),
    ]
