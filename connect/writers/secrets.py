"""What must not be in a text about somebody, looked up."""

from datetime import date
from uuid import UUID

from connect.models import Profile, User
from connect.writers.leaks import Secrets


def secrets_of(person: UUID, today: date) -> Secrets:
    """What names a person. Needs the service role."""
    profile = Profile.objects.filter(user=person).first() or Profile()
    return Secrets.of(
        name=profile.name,
        nickname=profile.nickname,
        email=User.objects.values_list("email", flat=True).get(id=person) or "",
        places=(profile.city, profile.school),
        birth_date=profile.birth_date,
        today=today,
    )
