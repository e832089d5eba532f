"""The first version: the weights of the specification. A database that has a version already keeps what it has."""

from django.db import migrations
from django.utils import timezone

FIRST = {
    "number": 1,
    "note": "The numbers that shipped.",
    "weights": {
        "embedding": 0.20, "geometry": 0.20, "age": 0.15, "symmetry": 0.15, "skin_tone": 0.15, "expression": 0.15,
    },
    "threshold": 0.5,
    "least_quality": 0.4,
    "shortlist": 100,
    "regional": False,
}  # fmt: skip


def add_first(apps, schema_editor):
    parameters = apps.get_model("faces", "FaceParameters")
    if not parameters.objects.exists():
        made = parameters.objects.create(status="draft", **FIRST)
        parameters.objects.filter(id=made.id).update(status="live", published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("faces", "0001_initial"), ("safety", "0002_initial")]
    operations = [migrations.RunPython(add_first, migrations.RunPython.noop)]
