"""State machines refuse a move as the row changes, and record any number of moves by one join."""

from django.db import migrations

from safety.schema import StateMachinesAnew


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0023_announcements_and_slurs"),
        ("connect", "0019_rights_of_photos_and_hobbies"),
        ("matching", "0012_rights_of_interests"),
        ("chat", "0004_held_messages"),
        ("streaks", "0003_rights_of_streaks"),
    ]
    operations = [StateMachinesAnew()]
