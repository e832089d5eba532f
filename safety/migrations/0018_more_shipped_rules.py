"""Rules that ship since: advertising, parcels and accounts, of the body, kept from parents, what nobody deserves."""

from importlib import import_module

from django.db import migrations

SHIPPED = import_module("safety.migrations.0012_shipped_rules")


class Migration(migrations.Migration):
    dependencies = [("safety", "0017_no_clear_report_details")]
    operations = [migrations.RunPython(SHIPPED.add_rules, migrations.RunPython.noop)]
