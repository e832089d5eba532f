"""Who sees what people pay: admins, who alone may give it back. Analysts see where the books differ."""

from importlib import import_module

from django.db import migrations

CASES = import_module("safety.migrations.0008_case_rights")
TABLES = ("payment", "paymentstate", "paymentjob", "subscription", "creditentry", "billingdifference")
GIVEN = {
    "analyst": [("connect", "view", "billingdifference")],
    "admin": [*(("connect", "view", table) for table in TABLES), ("connect", "change", "payment")],
}


def give(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.add(*(CASES._permission(apps, *right) for right in rights))


def take_away(apps, schema_editor):
    for name, rights in GIVEN.items():
        CASES._group(apps, name).permissions.remove(*(CASES._permission(apps, *right) for right in rights))


class Migration(migrations.Migration):
    dependencies = [("connect", "0009_forget_payer"), ("safety", "0008_case_rights")]
    operations = [migrations.RunPython(give, take_away)]
