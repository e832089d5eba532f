"""`manage.py ensure_demo`: an admin, two people to sign in as, and a pool around them; run again, it does nothing."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config import clock
from connect import demo
from connect.models import User
from safety.roles import as_service

ADMIN = f"admin@{demo.DOMAIN}"
SAMPLES = 2


class Command(BaseCommand):
    help = "Make the demo pool and its logins, which are written to demo.json beside the stack's data."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("There are no demo people in production.")
        file = Path(os.environ.get("STACK_DIR", settings.VAR_DIR)) / "demo.json"
        if file.exists() and User.objects.filter(email=ADMIN).exists():
            return
        with transaction.atomic(), as_service():
            logins = self._make()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(logins, indent=2))

    def _make(self) -> dict[str, Any]:
        known = {user.email: user for user in User.objects.filter(email__endswith=f"@{demo.DOMAIN}")}
        now = clock.now()
        made = [known.get(person.email) or demo.make(person, now=now) for person in demo.people()]
        admin = known.get(ADMIN) or User.objects.create_superuser(ADMIN)
        return {
            "admin": self._login(admin),
            "people": [self._login(user) for user in made[:SAMPLES]],
            "admin_url": "/admin/",
        }

    def _login(self, user: User) -> dict[str, Any]:
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        return {"email": user.email, "password": password}
