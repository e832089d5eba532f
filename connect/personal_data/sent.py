"""What people are told, and how they are reached."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Model

from connect import models as people
from connect.models import OutgoingMail, PendingRegistration
from connect.personal_data.shared import IN_PASSING, SIGN_IN, when
from safety.parts import deletes, older
from safety.personal_data import Erasure, Leaving, Part


def _addressed(column: str) -> Erasure:
    """Rows that belong to a person by their address alone."""

    def run(model: type[Model], leaving: Leaving) -> int:
        model._default_manager.filter(**{f"{column}__in": leaving.addresses}).delete()
        return 0

    return Erasure("deleted", run)


def _device(row: Any, person: UUID) -> dict[str, Any]:
    """Whose push service it is; whoever knows the rest of the address could reach the browser."""
    return {"service": urlsplit(row.endpoint).netloc, **when(row, "created_at", "updated_at")}


def sent() -> list[Part]:
    return [
        Part(
            people.Notification,
            "What you were told",
            "so that you miss nothing",
            deletes("user"),
            hidden=("to_push",),
            retention=older("notifications", "created_at", "the day"),
        ),
        Part(
            OutgoingMail, "Mail on its way to you", "to reach you", _addressed("to"), withheld=IN_PASSING, lasts="a day"
        ),
        Part(
            PendingRegistration,
            "A sign-up that waits for its code",
            "to prove an address",
            _addressed("email"),
            withheld=IN_PASSING,
            seen_by="administrators",
            lasts="30 minutes",
        ),
    ]


def pushed() -> list[Part]:
    return [
        Part(
            people.PushDevice,
            "The browsers you are told on",
            "to reach you",
            deletes("user"),
            shown=_device,
            lasts="until you sign out there, and 90 days more",
        ),
        Part(
            people.PushDelivery,
            "What is on its way to these browsers",
            "to reach you",
            deletes("user"),
            withheld=IN_PASSING,
            lasts="a day",
        ),
    ]


def waiting() -> list[Part]:
    return [
        Part(
            people.OutgoingSms,
            "Text messages on their way to you",
            "to reach you",
            _addressed("to"),
            withheld=IN_PASSING,
            lasts="a day",
        ),
        Part(
            people.PhoneVerification,
            "A number that waits for its code",
            "to prove a number",
            deletes("user"),
            withheld=IN_PASSING,
            lasts="10 minutes",
        ),
        Part(
            people.PasswordReset,
            "A new password that waits for its code",
            SIGN_IN,
            _addressed("email"),
            withheld=IN_PASSING,
            lasts="30 minutes",
        ),
    ]
