"""What is derived under a consent goes with it, whatever app derived it."""

from importlib import import_module
from uuid import uuid4

import numpy as np
import pytest
from django.apps import apps
from django.utils import timezone

from connect.enums import Purpose
from connect.services import analytics, consents, personality
from connect.services.analytics import Told
from matching.engine.features import DIMENSIONS
from matching.models import Chart, Match, MatchFeedback, PoolEntry
from matching.services import discovery_entries
from safety import personal_data
from tests.matching.builders import loaded, match_of, person
from tests.safety import rows_of_faces

add_questions = import_module("connect.migrations.0014_personality_questions").add_questions

DERIVED = [(part, purpose) for part in personal_data.parts() for purpose in part.derived]
# What is derived under these are rows of two, which go whole: tests/faces/test_keeping_away.py.
UNUSED = {Purpose.FACE_MATCHING, Purpose.BABY_IMAGES}

# What an analyzer of every art finds, beside what the simplest does.
SEEN = {
    "age": 30,
    "blur_score": 0.8,
    "illumination_score": 0.8,
    "landmarks_68": [[1.0, 2.0]],
    "pose": {"yaw": 0.0, "pitch": 0.0, "roll": 0.0},
    "expression_confidence": 0.9,
    "emotion_scores": {"happy": 0.9},
}


def held(part, purpose, user):
    rows = part.model._default_manager.filter(user=user)
    return [name for name in part.derived[purpose] if rows.filter(**{f"{name}__isnull": False}).exists()]


@pytest.fixture
def somebody(db):
    """Somebody in the pool with a chart, of whom something was learned."""
    now = timezone.now()
    user = person(now)
    match: Match = match_of(user, person(now), now)
    MatchFeedback.objects.create(
        match=match, user=user, rating=5, vector_delta=np.full(len(DIMENSIONS), 0.1), engine_version="1"
    )
    loaded(now)
    # As after a birth of which the time is not known.
    Chart.objects.filter(user=user).update(astro_spread=b"factors", hd_spread=b"factors")
    discovery_entries.build(user_ids=[user.id], now=now)
    rows_of_faces.face(user, now, **SEEN)
    consents.grant(user_id=user.id, purpose=Purpose.FACE_ANALYSIS, version="v1", now=now)
    add_questions(apps, None)
    consents.grant(user_id=user.id, purpose=Purpose.PERSONALITY, version="v1", now=now)
    personality.answer(user_id=user.id, answers={"party_life": 4})
    told = Told(uuid4(), "app_opened", {"platform": "web"}, now)
    consents.grant(user_id=user.id, purpose=Purpose.ANALYTICS, version="v1", now=now)
    analytics.record(by=user.id, events=[told], now=now)
    return user


def test_each_purpose_has_what_it_derives_declared():
    assert {purpose for _, purpose in DERIVED} == set(Purpose) - UNUSED


@pytest.mark.parametrize("part, purpose", DERIVED, ids=lambda value: getattr(value, "name", None))
def test_it_is_there_while_the_consent_is(somebody, part, purpose):
    assert held(part, purpose, somebody) == list(part.derived[purpose])


@pytest.mark.parametrize("part, purpose", DERIVED, ids=lambda value: getattr(value, "name", None))
def test_and_goes_with_it(somebody, part, purpose):
    deleted = consents.revoke(user_id=somebody.id, purpose=purpose, now=timezone.now())
    assert held(part, purpose, somebody) == []
    assert any(deleted.values())


def test_nothing_is_left_of_whom_one_looked_for(somebody):
    consents.revoke(user_id=somebody.id, purpose=Purpose.MATCHING, now=timezone.now())
    assert not PoolEntry.objects.filter(user=somebody).exists()


def test_what_was_learned_is_among_what_is_reported(somebody):
    deleted = consents.revoke(user_id=somebody.id, purpose=Purpose.MATCHING, now=timezone.now())
    assert deleted["learned"] == 1


def test_what_the_person_said_stays(somebody):
    consents.revoke(user_id=somebody.id, purpose=Purpose.MATCHING, now=timezone.now())
    assert MatchFeedback.objects.get(user=somebody).rating == 5
