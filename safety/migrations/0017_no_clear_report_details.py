"""The words of reporters stand in clear no more. Backing out, the column comes back for them to be opened into."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("safety", "0016_seal_report_details")]
    operations = [migrations.RemoveField("report", "details_text")]
