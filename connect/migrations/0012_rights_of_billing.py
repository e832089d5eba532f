"""Who sees what people pay: admins, who alone may give it back. Analysts see where the books differ."""

from django.db import migrations

from safety.schema import StaffRights

TABLES = ("payment", "paymentstate", "paymentjob", "subscription", "creditentry", "billingdifference")
GIVEN = {
    "analyst": [("connect", "view", "billingdifference")],
    "admin": [*(("connect", "view", table) for table in TABLES), ("connect", "change", "payment")],
}


class Migration(migrations.Migration):
    dependencies = [("connect", "0011_forget_payer"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
