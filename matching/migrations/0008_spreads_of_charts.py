"""Charts keep how far their features lie off where the time of birth is unknown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0007_rights_of_pool_entries")]
    operations = [
        migrations.AddField("chart", "astro_spread", models.BinaryField(blank=True, null=True)),
        migrations.AddField("chart", "hd_spread", models.BinaryField(blank=True, null=True)),
    ]
