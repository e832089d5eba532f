"""Rules that ship since: verbs that part, slurs, handles without their signs, and what only sounds like a threat."""

from importlib import import_module

from django.db import migrations

SHIPPED = import_module("safety.migrations.0012_shipped_rules")


class Migration(migrations.Migration):
    dependencies = [("safety", "0022_rights_over_staff")]
    operations = [migrations.RunPython(SHIPPED.add_rules, migrations.RunPython.noop)]
