"""`manage.py seed_demo_faces`: invented famous people, and a face for each of the demo pool; again, it does nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import clock
from faces.services import demo_faces


class Command(BaseCommand):
    help = "Put in invented famous people, and give the people of the demo pool drawn faces."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--in-production", action="store_true", help="Show the invented people to real ones.")

    def handle(self, *, in_production: bool, **options: Any) -> None:
        if settings.ENVIRONMENT == "production" and not in_production:
            raise CommandError("This is production: say --in-production if invented people are to be seen here.")
        famous, people = demo_faces.seed(now=clock.now())
        self.stdout.write(f"{famous} famous people, {people} faces of the demo pool")
