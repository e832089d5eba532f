"""A streak knows when its window closed, and what broke it before, so that an outage put on record later finds both."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0021_indexes_that_others_contain"),
        ("streaks", "0017_what_is_given_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="streak", name="streak_window_has_something_to_save"),
        migrations.AddField(
            model_name="streak", name="closed_on", field=models.DateField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="streak", name="earlier", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddConstraint(
            model_name="streak",
            constraint=models.CheckConstraint(
                condition=~Q(status="payment_window")
                | Q(current_day__gt=0, broken_count__gte=F("current_day"), broken_on__lt=F("day"), closed_on=None),
                name="streak_window_has_something_to_save",
            ),
        ),
        migrations.AddConstraint(
            model_name="streak",
            constraint=models.CheckConstraint(
                condition=Q(closed_on=None) | Q(broken_on__isnull=False, closed_on__gt=F("broken_on")),
                name="streak_window_closed_after_it_broke",
            ),
        ),
        migrations.AddConstraint(
            model_name="streak",
            constraint=models.CheckConstraint(
                condition=Q(earlier=[]) | Q(broken_on__isnull=False), name="streak_broken_before_and_since"
            ),
        ),
        migrations.AddIndex(
            model_name="streak",
            index=models.Index(condition=Q(closed_on__isnull=False), fields=["closed_on"], name="streak_closed_idx"),
        ),
        migrations.AddIndex(
            model_name="streak",
            index=GinIndex(
                condition=~Q(earlier=[]), fields=["earlier"], name="streak_earlier_idx", opclasses=["jsonb_path_ops"]
            ),
        ),
    ]
