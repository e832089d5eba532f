"""Versions of what likeness goes by: drafted, changed, published, and what everybody may know of them."""

import pytest

from config.errors import Invalid, WrongState
from faces.models import FaceParameters
from faces.models.parameters import NUMBERS
from faces.services import face_parameters
from safety.models import AuditLog
from tests.config.contract import violations
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EVEN = {"embedding": 0.5, "age": 0.5}
OTHERS = {"weights": EVEN, "threshold": 0.6, "least_quality": 0.5, "shortlist": 50, "regional": True}


@pytest.fixture
def staff():
    return UserFactory(is_staff=True)


def drafted(staff, **changes):
    made = face_parameters.draft(by=staff.id)
    for name, value in changes.items():
        setattr(made, name, value)
    face_parameters.save(parameters=made, by=staff.id, changed=changes)
    return made


def test_a_draft_is_a_copy_of_the_live_one_and_all_of_it_may_change(staff):
    made = drafted(staff, **OTHERS)
    live = face_parameters.live()
    assert (made.number, made.status, made.created_by, live.number) == (2, "draft", staff, 1)
    kept = FaceParameters.objects.get(id=made.id)
    assert {name: getattr(kept, name) for name in NUMBERS} == OTHERS


def test_publishing_makes_a_draft_live_for_good(staff, now, monkeypatch):
    hinted = []
    monkeypatch.setattr("faces.services.face_parameters.hints.after_commit", hinted.append)
    made = drafted(staff, threshold=0.6)
    face_parameters.publish(parameters_id=made.id, by=staff.id, now=now)
    assert (face_parameters.live().version, face_parameters.live().published_at) == ("faces-1.2", now)
    assert hinted == ["faces.tasks.search_again"]
    with pytest.raises(WrongState):
        face_parameters.publish(parameters_id=made.id, by=staff.id, now=now)
    assert [FaceParameters.objects.get(number=number).status for number in (1, 2)] == ["retired", "live"]


def test_who_turned_what_is_on_record(staff, now):
    made = drafted(staff, threshold=0.6)
    face_parameters.publish(parameters_id=made.id, by=staff.id, now=now)
    record = AuditLog.objects.filter(entity="faces_faceparameters", entity_id=made.id, actor_id=staff.id)
    actions = set(record.values_list("action", flat=True))
    assert actions >= {"parameters_drafted", "parameters_changed", "parameters_published"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 1.1},
        {"least_quality": -0.1},
        {"shortlist": 0},
        {"shortlist": 501},
        {"weights": {"embedding": 0.9}},
        {"weights": {"embedding": 1.5, "age": -0.5}},
        {"weights": {"embedding": 0.5, "looks": 0.5}},
        {"weights": {}},
        {"weights": [1.0]},
    ],
)
def test_numbers_that_nobody_can_go_by_are_refused(staff, wrong):
    with pytest.raises(Invalid):
        drafted(staff, **wrong)
    draft = FaceParameters.objects.get(number=2)
    assert getattr(draft, *wrong) == getattr(face_parameters.live(), *wrong)


def test_weights_and_threshold_are_public(api, staff, now):
    made = drafted(staff, weights=EVEN, threshold=0.6)
    face_parameters.publish(parameters_id=made.id, by=staff.id, now=now)
    reply = api().get("/api/settings")
    assert violations("get", "/api/settings", reply) == []
    told = reply.json()
    nothing = dict.fromkeys(("geometry", "symmetry", "skin_tone", "expression"), 0.0)
    assert (told["matching_weights"], told["match_threshold"]) == (EVEN | nothing, 0.6)
