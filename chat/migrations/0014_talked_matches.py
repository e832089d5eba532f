"""Matches of which a conversation came before that was kept with them."""

from django.db import migrations

FILL = """
UPDATE matching_match SET talked = true
WHERE id IN (SELECT match_id FROM chat_conversation WHERE match_id IS NOT NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0013_indexes_that_others_contain"),
        ("matching", "0023_talked_matches"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
