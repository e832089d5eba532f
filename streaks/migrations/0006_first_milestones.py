"""The days on which each tier earns its reveals, until somebody changes them."""

from django.db import migrations

DAYS = {"free": (4, 8, 11, 13, 15), "plus": (3, 6, 9, 12, 15), "pro": (2, 5, 8, 11, 15)}


def add_first(apps, schema_editor):
    milestones = apps.get_model("streaks", "RevealMilestone")._default_manager
    for tier, days in DAYS.items():
        for number, day in enumerate(days, start=1):
            milestones.get_or_create(
                tier=tier, number=number, defaults={"day_required": day, "purchasable": number < len(days)}
            )


class Migration(migrations.Migration):
    dependencies = [("streaks", "0005_last_reveal")]
    operations = [migrations.RunPython(add_first, migrations.RunPython.noop)]
