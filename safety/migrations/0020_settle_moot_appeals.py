"""Appeals that were still open although what they are against was taken back."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("safety", "0019_moot_appeals")]
    operations = [migrations.RunSQL((SQL / "0020_settle_moot_appeals.sql").read_text(), migrations.RunSQL.noop)]
