"""What a case must say of itself, and the keys that hold an appeal to its action."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("safety", "0006_cases_backfill")]
    operations = [
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'triaged'), _negated=True), models.Q(('assigned_to__isnull', False), ('triaged_at__isnull', False)), _connector='OR'), name='report_triaged_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['actioned', 'dismissed']), models.Q(('decision_text', ''), _negated=True)), models.Q(models.Q(('status__in', ['actioned', 'dismissed']), _negated=True), ('decided_at', None), ('decided_by', None), ('decision_text', '')), _connector='OR'), name='report_decided_with_reasons'),
        ),
        migrations.RunSQL(
            (SQL / "0007_appeal_of_action.sql").read_text(), (SQL / "0007_appeal_of_action_reverse.sql").read_text()
        ),
    ]
