"""Accounts, ways in, and what staff rights leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from connect import mail, sms
from connect import models as people
from connect.models import User
from connect.personal_data.shared import SIGN_IN, when
from connect.private_files import storage
from safety import attempts
from safety.parts import deletes, replaces, with_its_owner
from safety.personal_data import Erasure, Leaving, Part
from safety.roles import as_service


def forget_address(person: UUID, now: datetime) -> None:
    """What names a person by their address where no key leads to them."""
    with transaction.atomic(), as_service():
        addresses = User.objects.filter(id=person).values_list("email", "phone").first() or ()
    for address in filter(None, addresses):
        attempts.forget(address)
        mail.forget(address)
        sms.forget(address)


def forget_exports(person: UUID, now: datetime) -> None:
    with transaction.atomic(), as_service():
        paths = [export.path for export in people.DataExport.objects.filter(user=person)]
    for path in paths:
        storage().delete(path)


def _forget_in_log(model: type[Model], leaving: Leaving) -> int:
    """What staff did, and what was done to the account."""
    LogEntry.objects.filter(object_id=str(leaving.person)).update(object_id=str(leaving.tombstone))
    LogEntry.objects.filter(object_repr__contains=str(leaving.person)).update(object_repr="")
    return replaces("user").run(model, leaving)


def _export(row: Any, person: UUID) -> dict[str, Any]:
    return {"status": row.status, **when(row, "created_at", "ready_at", "expires_at")}


def accounts() -> list[Part]:
    return [
        Part(
            User,
            "Your account",
            SIGN_IN,
            with_its_owner("deleted; an empty row under a random id stays where others' rows refer to it"),
            belongs=("id",),
            hidden=("password", "is_staff", "is_superuser"),
            seen_by="you; moderators",
        ),
        Part(
            people.AccountDeletion,
            "That you are leaving",
            "so that you can change your mind for 7 days",
            with_its_owner("deleted with the account"),
            hidden=("claimed_until",),
        ),
    ]


def ways_in() -> list[Part]:
    return [
        Part(people.AuthIdentity, "Your ways to sign in", SIGN_IN, deletes("user")),
        Part(
            people.VerificationSignal,
            "What you have proved of yourself",
            "so that others meet who they think they meet",
            deletes("user"),
            seen_by="you; moderators",
        ),
        Part(
            people.DeviceSession,
            "Where you signed in",
            SIGN_IN,
            deletes("user"),
            hidden=("refresh_token_hash",),
            seen_by="you; moderators",
        ),
        Part(people.Consent, "What you allowed", "to know what may be done with your data", deletes("user")),
        Part(
            people.DataExport,
            "Your exports",
            "so that you can take your data with you",
            deletes("user"),
            shown=_export,
            lasts="until you leave; the file 7 days",
        ),
    ]


def staff() -> list[Part]:
    """Who has staff rights cannot leave; these are of people who had them once."""
    rights = "what staff may do"
    return [
        _of_staff(
            LogEntry,
            "What staff changed in the admin",
            "to know who did what",
            Erasure("kept with a random id in the place of yours", _forget_in_log, last=True),
        ),
        _of_staff(TOTPDevice, "Second factors", SIGN_IN, deletes("user")),
        _of_staff(StaticDevice, "Recovery codes", SIGN_IN, deletes("user")),
        _of_staff(StaticToken, "Each recovery code", SIGN_IN, deletes("device__user")),
        _of_staff(User.groups.through, "Staff roles", rights, deletes("user")),
        _of_staff(User.user_permissions.through, "Single rights", rights, deletes("user")),
    ]


def _of_staff(model: type[Model], what: str, why: str, erased: Erasure) -> Part:
    return Part(model, what, why, erased, withheld="of staff alone", seen_by="administrators")
