"""What people like to do."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import CapacityReached, Invalid, NotYours
from connect.models import Hobby, HobbyOption, User
from connect.services import texts
from safety.roles import as_service


def save(*, user_id: UUID, code: str, description: str, now: datetime) -> Hobby:
    """Add a hobby, or say something else of one that is there.

    Raises Invalid for an option that is not offered (hobby_unknown) or a refused text (text_refused,
    place_too_exact), CapacityReached (hobbies_full).
    """
    texts.check("description", description)
    texts.check_place("description", description)
    option = HobbyOption.objects.active().filter(code=code).first()
    if option is None:
        raise Invalid("There is no such hobby.", code="hobby_unknown")
    _check_room(user_id, option)
    hobby, _ = Hobby.objects.update_or_create(user_id=user_id, option=option, defaults={"description": description})
    return hobby


def remove(*, user_id: UUID, hobby_id: UUID, now: datetime) -> None:
    """Raises NotYours."""
    if not Hobby.objects.filter(id=hobby_id, user=user_id).delete()[0]:
        raise NotYours()


def _check_room(user_id: UUID, option: HobbyOption) -> None:
    """Two that are added at once wait for each other here."""
    with as_service():
        User.objects.select_for_update(no_key=True).get(id=user_id)
    others = Hobby.objects.filter(user=user_id).exclude(option=option).count()
    if others >= settings.HOBBIES_MOST:
        most = settings.HOBBIES_MOST
        raise CapacityReached(f"You have {most} hobbies. Take one away first.", code="hobbies_full", most=most)
