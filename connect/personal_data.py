"""What is known of people themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Model
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from connect import mail, sms
from connect import models as people
from connect.enums import Purpose
from connect.models import OutgoingMail, PendingRegistration, User
from connect.services import photo_files, photos
from safety import attempts
from safety.parts import deletes, older, replaces, with_its_owner
from safety.personal_data import Erasure, Leaving, Part, before_erasure, register
from safety.roles import as_service

MATCHING = "so that people are proposed to you who suit you"
IN_PASSING = "passes through and is not kept"
SIGN_IN = "so that you can sign in, and nobody else as you"


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
        storages["private"].delete(path)


def _addressed(column: str) -> Erasure:
    """Rows that belong to a person by their address alone."""

    def run(model: type[Model], leaving: Leaving) -> int:
        model._default_manager.filter(**{f"{column}__in": leaving.addresses}).delete()
        return 0

    return Erasure("deleted", run)


def _forget_in_log(model: type[Model], leaving: Leaving) -> int:
    """What staff did, and what was done to the account."""
    LogEntry.objects.filter(object_id=str(leaving.person)).update(object_id=str(leaving.tombstone))
    LogEntry.objects.filter(object_repr__contains=str(leaving.person)).update(object_repr="")
    return replaces("user").run(model, leaving)


def _disclosure(row: Any, person: UUID) -> dict[str, Any]:
    who = "you see another" if row.viewer_id == person else "another sees you"
    return {"who": who, "level": row.level, "source": row.source, **_when(row, "granted_at", "revoked_at")}


def _hobby(row: Any, person: UUID) -> dict[str, Any]:
    return {"option": row.option.code, "description": row.description, **_when(row, "created_at")}


def _export(row: Any, person: UUID) -> dict[str, Any]:
    return {"status": row.status, **_when(row, "created_at", "ready_at", "expires_at")}


def _when(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def declare() -> None:
    before_erasure(forget_exports)
    before_erasure(photo_files.forget)
    before_erasure(forget_address)
    register(*_accounts(), *_ways_in(), *_told(), *_preferred(), *_sent(), *_waiting(), *_staff())


def _accounts() -> list[Part]:
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


def _ways_in() -> list[Part]:
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


def _told() -> list[Part]:
    return [
        Part(
            people.Profile,
            "What you tell of yourself",
            "so that those whom you let see you know you",
            deletes("user"),
            seen_by="you; others after a reveal; moderators",
        ),
        Part(
            people.Photo,
            "Your photos, and what an automatic detector saw in them",
            "so that those whom you let know you see you",
            deletes("user"),
            hidden=("file", "file_key"),
            files=photos.files_of,
            seen_by="you; others after a reveal of identities",
        ),
        Part(
            people.Hobby,
            "What you like to do",
            "so that others find you by it",
            deletes("user"),
            related=("option",),
            shown=_hobby,
            seen_by="you; whom you are shown to; moderators",
        ),
        Part(people.BirthData, "When and where you were born", "for your chart, if you allow it", deletes("user")),
        Part(
            people.Disclosure,
            "Who may see whom",
            "so that nobody sees you whom you did not let",
            deletes("viewer", "subject"),
            belongs=("viewer", "subject"),
            shown=_disclosure,
        ),
    ]


def _preferred() -> list[Part]:
    vectors = ("values_vector", "communication_vector", "life_goals_vector", "emotional_readiness_score")
    return [
        Part(
            people.ConnectProfile,
            "Whom you look for, and the vectors made of your answers",
            MATCHING,
            deletes("user"),
            derived={Purpose.MATCHING: vectors},
        ),
        Part(people.PreferenceSettings, "How you like to be in touch", MATCHING, deletes("user")),
        Part(people.ValueScore, "What matters to you", MATCHING, deletes("user")),
        Part(people.InterestScore, "What interests you", MATCHING, deletes("user")),
        Part(people.OffLimitsTopic, "What you do not want to meet", MATCHING, deletes("user")),
        Part(people.NonNegotiable, "What matters most to you", MATCHING, deletes("user")),
        Part(people.ReadinessAnswer, "Your answers on readiness", MATCHING, deletes("user")),
    ]


def _sent() -> list[Part]:
    return [
        Part(
            people.Notification,
            "What you were told",
            "so that you miss nothing",
            deletes("user"),
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


def _waiting() -> list[Part]:
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


def _staff() -> list[Part]:
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
