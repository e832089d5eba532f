"""Cases about staff: decided above moderators, so that nobody judges a colleague, and no colleague is out of reach."""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from config.errors import Forbidden

RIGHT = "safety.oversee_report"


def is_colleague(*, about: UUID, by: UUID) -> bool:
    """Whether a case is about somebody on the staff whom `by` is not set above."""
    person = _people().filter(id=about, is_staff=True).first()
    return person is not None and not _is_above(person, by)


def refuse_colleague(*, about: UUID, by: UUID) -> None:
    """Raises Forbidden (staff_case) for a case about a colleague."""
    if is_colleague(about=about, by=by):
        raise Forbidden("This is about a member of staff. An admin decides it.", code="staff_case")


def overseers(*, about: UUID, besides: UUID) -> list[UUID]:
    """Who may decide a case about this member of staff, without who reported them; none for anybody else."""
    person = _people().filter(id=about, is_staff=True).first()
    if person is None:
        return []
    above = _people().filter(is_staff=True, is_superuser=True) if person.is_superuser else _holders()
    return list(above.exclude(id__in=[about, besides]).distinct().values_list("id", flat=True))


def _is_above(person: Any, by: UUID) -> bool:
    judge = _people().get(id=by)
    return bool(judge.is_superuser if person.is_superuser else judge.has_perm(RIGHT))


def _holders() -> QuerySet[Any]:
    app, codename = RIGHT.split(".")
    named = {"codename": codename, "content_type__app_label": app}
    groups = {f"groups__permissions__{name}": value for name, value in named.items()}
    own = {f"user_permissions__{name}": value for name, value in named.items()}
    return _people().filter(Q(is_superuser=True) | Q(**groups) | Q(**own), is_staff=True)


def _people() -> QuerySet[Any]:
    return get_user_model()._default_manager.all()
