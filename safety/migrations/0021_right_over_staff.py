from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("safety", "0020_settle_moot_appeals")]
    operations = [
        migrations.AlterModelOptions(
            name="report", options={"permissions": [("oversee_report", "Can decide cases about staff")]}
        )
    ]
