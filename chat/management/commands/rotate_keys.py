"""`manage.py rotate_keys`: after a new key was put first in DATA_KEYS, and before the old one is taken out."""

from typing import Any

from django.core.management.base import BaseCommand

from chat.services import keys


class Command(BaseCommand):
    help = "Rewrap every data key that is not under the newest key of DATA_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{keys.rotate()} data keys are now under the newest key.")
