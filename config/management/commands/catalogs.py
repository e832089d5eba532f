"""`manage.py catalogs [--check]`: the translations, renewed from the code and compiled."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import catalogs


class Command(BaseCommand):
    help = "Bring every locale/*/django.po up to what the code says, and compile it to its django.mo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, and fail if something would change")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        wrong = []
        for renewed in catalogs.renew():
            path = renewed.path.relative_to(settings.BASE_DIR)
            wrong += [f"{path}: nothing stands for {message!r}" for message in renewed.untranslated]
            if check and not renewed.is_current:
                wrong.append(f"{path}: not as the code has it, or not compiled")
            elif not check:
                renewed.write()
        if wrong:
            raise CommandError("\n".join(wrong))
