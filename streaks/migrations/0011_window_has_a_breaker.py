"""A payment window has somebody who missed the day: a check lets pass what is neither true nor false."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('matching', '0015_rights_of_discovery'),
        ('streaks', '0010_rights_of_nudge_payments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='streak',
            name='streak_breaker_while_broken',
        ),
        migrations.AddConstraint(
            model_name='streak',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('breaker', None), ('status__in', ['active', 'at_risk', 'reset', 'completed', 'terminated'])), models.Q(models.Q(('breaker', models.F('user_low')), ('breaker', models.F('user_high')), _connector='OR'), ('breaker__isnull', False), ('broken_on__isnull', False), ('status__in', ['payment_window', 'reset'])), _connector='OR'), name='streak_breaker_while_broken'),
        ),
    ]
