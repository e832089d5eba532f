"""Who works on cases: moderators and admins. Analysts have figures, not accusations, and get nothing here.

A moderator knows people by their cases: no more by the tables of accounts, profiles and devices, which name them.
"""

from django.db import migrations

from safety.schema import StaffRights

CASES = [
    *(("safety", "view", model) for model in ("moderationaction", "appeal", "safetyflag")),
    *(("safety", "change", model) for model in ("moderationaction", "appeal", "safetyflag")),
    ("safety", "add", "moderationaction"),
]
GIVEN = {"moderator": CASES, "admin": CASES}
TAKEN = {
    "moderator": [
        ("connect", "view", "user"),
        ("connect", "view", "profile"),
        ("connect", "view", "devicesession"),
        ("connect", "change", "devicesession"),
    ],
}


class Migration(migrations.Migration):
    dependencies = [("safety", "0007_case_checks")]
    operations = [StaffRights(GIVEN, taken=TAKEN)]
