"""The first version: the numbers that were constants of the code and settings until now, under which all is made
that there is. A database that has a version already keeps what it has.
"""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

FIRST = {
    "number": 1,
    "note": "The numbers that shipped.",
    "connect_weights": {"astro": 0.20, "hd": 0.15, "values": 0.30, "communication": 0.20, "readiness": 0.15},
    "friendship_weights": {
        "values": 0.35, "communication": 0.25, "interests": 0.20, "depth": 0.10, "availability": 0.10,
    },
    "threshold": 45.0,
    "shortlist": 50,
    "capacity": 1,
    "lifetime": timedelta(hours=72),
    "decline_rest": timedelta(days=90),
    "freshness": timedelta(hours=24),
    "waiting_lift": 1.0,
    "waiting_bound": 10.0,
    "exposure_lift": 5.0,
}


def add_first(apps, schema_editor):
    parameters = apps.get_model("matching", "EngineParameters")
    if not parameters.objects.exists():
        made = parameters.objects.create(status="draft", **FIRST)
        parameters.objects.filter(id=made.id).update(status="live", published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_engine_parameters"), ("safety", "0002_initial")]
    operations = [migrations.RunPython(add_first, migrations.RunPython.noop)]
