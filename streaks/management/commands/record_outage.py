"""`manage.py record_outage`: say that we were down, so that no day it touched breaks a streak."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from config import clock
from config.errors import DomainError
from streaks.services import outages


class Command(BaseCommand):
    help = "Put an outage of ours on record; the streaks it broke are mended within a minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("starts_at", type=_moment, help="with its offset, as 2026-03-01T18:00+00:00")
        parser.add_argument("ends_at", type=_moment)
        parser.add_argument("--note", default="", help="what happened, for us")

    def handle(self, *args: Any, starts_at: datetime, ends_at: datetime, note: str, **options: Any) -> None:
        try:
            outage = outages.record(starts_at=starts_at, ends_at=ends_at, note=note, by=None, now=clock.now())
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Recorded: {outage}.")


def _moment(said: str) -> datetime:
    """Raises ValueError, which the parser turns into a refusal, without an offset or for what is no moment."""
    moment = parse_datetime(said)
    if moment is None or moment.tzinfo is None:
        raise ValueError(said)
    return moment
