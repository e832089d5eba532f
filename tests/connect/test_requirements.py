"""What a person has to have done before discovery: told one by one, and asked of everybody at once."""

from typing import Any
from uuid import uuid4

import pytest

from connect import requirements
from connect.models import Hobby, HobbyOption, Photo, User, VerificationSignal
from safety.roles import as_service
from tests.factories import HobbyFactory, HobbyOptionFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

ALL = ["phone_unverified", "photos_missing", "face_photo_missing", "hobbies_missing"]


@pytest.fixture
def ready(now: Any) -> User:
    """Somebody who has just what is asked for."""
    user: User = UserFactory(ready=True)
    return user


def told(user: User) -> list[str]:
    """What is missing; the condition for everybody agrees."""
    missing = requirements.unmet(user.id)
    with as_service():
        assert User.objects.filter(requirements.met(), id=user.id).exists() == (not missing)
    return missing


def test_somebody_new_misses_all() -> None:
    assert told(UserFactory()) == ALL


def test_nobody_misses_all() -> None:
    assert requirements.unmet(uuid4()) == ALL


def test_who_has_it_all_misses_nothing(ready: User) -> None:
    assert told(ready) == []


def test_a_phone_has_to_be_proved(ready: User) -> None:
    VerificationSignal.objects.filter(user=ready, kind="phone").delete()
    assert told(ready) == ["phone_unverified"]


def test_two_photos_are_too_few(ready: User) -> None:
    Photo.objects.filter(user=ready, position=3).delete()
    assert told(ready) == ["photos_missing"]


def test_one_hobby_is_too_few(ready: User) -> None:
    Hobby.objects.of(ready.id)[0].delete()
    assert told(ready) == ["hobbies_missing"]


def test_a_photo_has_to_show_a_face(ready: User) -> None:
    Photo.objects.filter(user=ready).update(has_face=False)
    assert told(ready) == ["face_photo_missing"]


def test_a_face_has_to_be_seen_well_enough(ready: User) -> None:
    Photo.objects.filter(user=ready).update(quality=0.2)
    assert told(ready) == ["face_photo_missing"]


def test_one_good_face_is_enough(ready: User) -> None:
    Photo.objects.filter(user=ready, position__gt=1).update(has_face=False, quality=0)
    assert told(ready) == []


def test_what_others_have_does_not_count(ready: User) -> None:
    other = UserFactory()
    PhotoFactory(user=other)
    HobbyFactory(user=other, option=HobbyOptionFactory())
    assert told(other) == ["phone_unverified", "photos_missing", "hobbies_missing"]


def test_one_query_tells(ready: User, django_assert_num_queries: Any) -> None:
    with as_service(), django_assert_num_queries(1):
        requirements.unmet(ready.id)


def test_options_outlive_their_time_with_those_who_chose_them(ready: User) -> None:
    HobbyOption.objects.update(is_active=False)
    assert told(ready) == []
