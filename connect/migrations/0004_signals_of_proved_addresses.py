"""Who signed up with a mailed code proved the address by it."""

from django.db import migrations

RECORD = """
INSERT INTO connect_verificationsignal (user_id, kind, reference, verified_at)
SELECT person.id, 'email', '', person.created_at
FROM connect_user person JOIN connect_authidentity identity ON identity.user_id = person.id
WHERE identity.provider = 'password' AND person.email IS NOT NULL
ON CONFLICT (user_id, kind) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("connect", "0003_accounts")]
    operations = [migrations.RunSQL(RECORD, migrations.RunSQL.noop)]
