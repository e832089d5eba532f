"""Room for the sealed words of reporters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safety", "0014_bans_outlive_accounts")]
    operations = [migrations.AddField("report", "details", models.BinaryField(null=True))]
