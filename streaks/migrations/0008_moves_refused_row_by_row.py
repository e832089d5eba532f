"""State machines refuse a move as the row changes, and record any number of moves by one join."""

from django.db import migrations

from safety.schema import StateMachinesAnew


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0023_announcements_and_slurs"),
        ("connect", "0019_notification_types"),
        ("matching", "0015_rights_of_discovery"),
        ("chat", "0004_held_messages"),
        ("streaks", "0007_rights_of_milestones"),
    ]
    operations = [StateMachinesAnew()]
