"""Demo faces: drawn, invented, the same every time, and never real people's company unless asked for by name."""

import pytest
from django.core.management import CommandError, call_command

from connect import demo as people
from connect.models import Consent
from faces import demo
from faces.enums import CelebrityCategory
from faces.models import Celebrity, Face, MatchJob
from faces.services import demo_faces
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def test_two_dozen_famous_of_every_category_are_drawn_and_found(now):
    assert demo_faces.seed(now=now) == (24, 0)
    by_category = [Celebrity.objects.filter(category=category).count() for category in CelebrityCategory]
    assert by_category == [6] * 4
    assert min(Celebrity.objects.values_list("quality_score", flat=True)) >= 0.6


def test_people_of_the_demo_pool_get_a_face_of_their_own(now, monkeypatch):
    monkeypatch.setattr(demo, "famous", list)
    member = UserFactory(email=people.people()[0].email)
    UserFactory()
    assert demo_faces.seed(now=now) == (0, 1)
    face = Face.objects.get()
    assert (face.user_id, face.verdict, face.judged_by, face.is_default) == (member.id, "verified", "demo", True)
    assert MatchJob.objects.get().job_type == "both"
    assert set(Consent.objects.values_list("purpose", flat=True)) == set(demo_faces.ALLOWED)


def test_again_nothing_comes_and_what_went_stays_away(now, monkeypatch):
    two = demo.famous()[:2]
    monkeypatch.setattr(demo, "famous", lambda: two)
    UserFactory(email=people.people()[0].email)
    assert demo_faces.seed(now=now) == (2, 1)
    Celebrity.objects.first().delete()
    assert demo_faces.seed(now=now) == (0, 0)


def test_a_drawing_is_the_same_every_time():
    assert demo.portraits(2) == demo.portraits(2)
    assert len({*demo.portraits(32), *(drawn.jpeg for drawn in demo.famous())}) == 56


def test_in_production_it_has_to_be_asked_for(settings, monkeypatch):
    monkeypatch.setattr(demo_faces, "seed", lambda now: (24, 32))
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="--in-production"):
        call_command("seed_demo_faces")
    call_command("seed_demo_faces", "--in-production", verbosity=0)
