"""Reports from before the queue: who decided them is known from the audit."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("safety", "0005_cases")]
    operations = [migrations.RunSQL((SQL / "0006_cases_backfill.sql").read_text(), migrations.RunSQL.noop)]
