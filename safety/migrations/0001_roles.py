"""Rights of the working roles and the function behind append-only tables; the roles themselves exist already."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            (SQL / "0001_roles.sql").read_text(), (SQL / "0001_roles_reverse.sql").read_text()
        ),
    ]
