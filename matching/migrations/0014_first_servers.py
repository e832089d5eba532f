"""The three servers of discovery. A database that has them already keeps how it calls and orders them."""

from django.db import migrations

FIRST = (("partner", "Partner"), ("friend", "Friend"), ("growth", "Growth"))


def add_first(apps, schema_editor):
    servers = apps.get_model("matching", "Server").objects
    for sort_order, (code, name) in enumerate(FIRST, start=1):
        servers.get_or_create(code=code, defaults={"name": name, "sort_order": sort_order})


class Migration(migrations.Migration):
    dependencies = [("matching", "0013_discovery")]
    operations = [migrations.RunPython(add_first, migrations.RunPython.noop)]
