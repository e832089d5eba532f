"""The two changes that the ledger of trust admits: a tombstone, and the end after three years."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("safety", "0024_trust")]
    operations = [
        migrations.RunSQL(
            (SQL / "0025_forgetting_trust.sql").read_text(), (SQL / "0025_forgetting_trust_reverse.sql").read_text()
        ),
    ]
