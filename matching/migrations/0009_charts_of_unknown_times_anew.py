"""The charts there are of unknown times of birth get their spreads: they are computed anew."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def compute_anew(apps, schema_editor):
    charts = apps.get_model("matching", "Chart").objects.filter(user__birth__isnull=False, user__birth__time=None)
    charts.filter(Q(astro_features__isnull=False) | Q(hd_features__isnull=False)).update(due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("matching", "0008_spreads_of_charts"), ("connect", "0007_message_rejected")]
    operations = [migrations.RunPython(compute_anew, migrations.RunPython.noop)]
