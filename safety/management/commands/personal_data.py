"""`manage.py personal_data`: the table of docs/privacy.md, out of what the apps declare."""

from typing import Any

from django.core.management.base import BaseCommand

from safety import personal_data


class Command(BaseCommand):
    help = "Print what is known of people as the table of docs/privacy.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(personal_data.table())
