"""Likes of two who are connected by them already, or were, wait for nothing."""

from django.db import migrations

SETTLE = """
UPDATE faces_reaction liked SET waiting_since = NULL
FROM faces_facematch found, matching_connection edge, faces_faceconnection formed
WHERE liked.waiting_since IS NOT NULL AND found.id = liked.match_id AND formed.connection_id = edge.id
    AND edge.user_low_id = found.user_a_id AND edge.user_high_id = found.user_b_id
"""


class Migration(migrations.Migration):
    dependencies = [("faces", "0010_rights_of_people_told_apart"), ("matching", "0021_indexes_that_others_contain")]
    operations = [migrations.RunSQL(SETTLE, migrations.RunSQL.noop)]
