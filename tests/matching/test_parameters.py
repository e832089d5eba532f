"""Versions of the engine's numbers: drafted, changed, published, and then the same for ever."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from config.errors import Invalid, NotYours, WrongState
from matching.engine.parameters import RANGES
from matching.enums import MatchStatus, ParametersStatus, RunStatus
from matching.models import EngineParameters, Match, MatchingRun
from matching.models.parameters import NUMBERS
from matching.services import parameters, pipeline, runs, scorings, tuning
from safety.models import AuditLog
from safety.roles import acting_as, as_service
from tests.matching.builders import account, match_of, person

pytestmark = pytest.mark.django_db

ROLES = {"owner": nullcontext, "service": as_service}
EVEN = {"values": 0.5, "communication": 0.5}
OTHERS = {
    "connect_weights": EVEN,
    "friendship_weights": EVEN,
    "threshold": 50.0,
    "shortlist": 20,
    "capacity": 2,
    "lifetime": timedelta(hours=24),
    "decline_rest": timedelta(days=30),
    "freshness": timedelta(hours=1),
    "waiting_lift": 2.0,
    "waiting_bound": 20.0,
    "exposure_lift": 7.0,
}
WRONG_WEIGHTS = [
    {"values": 0.9},
    {"values": 1.5, "communication": -0.5},
    {"values": 0.5, "looks": 0.5},
    {"values": 1.0, "looks": 0.0},
    {},
    [1.0],
]


@pytest.fixture
def staff():
    return account()


def drafted(staff, **changes):
    made = tuning.draft(by=staff.id)
    for name, value in changes.items():
        setattr(made, name, value)
    tuning.save(parameters=made, by=staff.id, changed=changes)
    return made


def published(staff, now, **changes):
    return tuning.publish(parameters_id=drafted(staff, **changes).id, by=staff.id, now=now)


# Drafts.


def test_the_first_version_is_live_with_what_shipped():
    shipped = parameters.live()
    assert (shipped.version, shipped.threshold, shipped.shortlist) == ("connect-v1.1", 45.0, 50)
    assert (shipped.connect.weights["astro"], shipped.friendship.weights["values"]) == (0.2, 0.35)


def test_a_draft_is_a_copy_of_the_live_one(staff, now):
    published(staff, now, threshold=51.0)
    made = tuning.draft(by=staff.id)
    live = EngineParameters.objects.live().get()
    assert [getattr(made, name) for name in NUMBERS] == [getattr(live, name) for name in NUMBERS]
    assert (made.number, made.status, made.created_by, made.note) == (3, "draft", staff, "")


def test_a_draft_is_not_what_the_engine_goes_by(staff):
    drafted(staff, threshold=99.0)
    assert parameters.live().threshold == 45.0


@pytest.mark.parametrize(("name", "value"), OTHERS.items())
def test_every_number_of_a_draft_may_change(staff, name, value):
    made = drafted(staff, **{name: value})
    assert getattr(EngineParameters.objects.get(id=made.id), name) == value


def test_what_changed_is_on_record_with_who_changed_it(staff):
    made = drafted(staff, threshold=50.0)
    entry = AuditLog.objects.get(action="parameters_changed", entity_id=made.id)
    assert (entry.actor_id, entry.data) == (staff.id, {"version": made.version, "changed": ["threshold"]})


@pytest.mark.parametrize(("name", "value"), [("threshold", 101.0), ("connect_weights", {"values": 0.9})])
def test_a_draft_the_engine_cannot_go_by_is_not_saved(staff, name, value):
    with pytest.raises(Invalid):
        drafted(staff, **{name: value})
    assert getattr(EngineParameters.objects.get(number=2), name) != value


# Publishing.


def test_publishing_makes_a_draft_live_and_retires_the_one_before(staff, now):
    made = published(staff, now, threshold=50.0)
    assert parameters.live().version == made.version == "connect-v1.2"
    statuses = dict(EngineParameters.objects.values_list("number", "status"))
    assert statuses == {1: ParametersStatus.RETIRED, 2: ParametersStatus.LIVE}
    assert EngineParameters.objects.get(number=2).published_at == now


def test_publishing_is_on_record(staff, now):
    made = published(staff, now)
    assert AuditLog.objects.get(action="parameters_published", entity_id=made.id).actor_id == staff.id


def test_publishing_asks_for_a_run(staff, now):
    made = drafted(staff)
    assert not MatchingRun.objects.exists()
    tuning.publish(parameters_id=made.id, by=staff.id, now=now)
    assert MatchingRun.objects.get().status == RunStatus.REQUESTED


def test_what_is_published_is_not_published_again(staff, now):
    made = published(staff, now)
    with pytest.raises(WrongState) as refused:
        tuning.publish(parameters_id=made.id, by=staff.id, now=now)
    assert (refused.value.code, parameters.live().version) == ("not_a_draft", made.version)


def test_what_is_not_there_is_not_published(staff, now):
    with pytest.raises(NotYours):
        tuning.publish(parameters_id=staff.id, by=staff.id, now=now)


def test_what_is_published_is_not_changed(staff, now):
    made = published(staff, now)
    with pytest.raises(WrongState):
        tuning.save(parameters=made, by=staff.id, changed=["threshold"])


# What the database itself holds to.


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("number", [1, 2], ids=["retired", "live"])
@pytest.mark.parametrize(("name", "value"), [*OTHERS.items(), ("number", 9), ("note", "Other")])
def test_nothing_of_a_published_version_changes(staff, now, name, value, number, role):
    published(staff, now, note="This")
    rows = EngineParameters.objects.filter(number=number)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic(), ROLES[role]():
        rows.update(**{name: value})


@pytest.mark.parametrize("number", [1, 2], ids=["retired", "live"])
def test_no_published_version_is_deleted(staff, now, number):
    published(staff, now)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        EngineParameters.objects.filter(number=number).delete()


def test_a_draft_may_be_deleted(staff):
    made = drafted(staff)
    assert EngineParameters.objects.filter(id=made.id).delete()[0] == 1


def test_who_drafted_a_published_version_may_be_forgotten(staff, now):
    made = published(staff, now)
    assert EngineParameters.objects.filter(id=made.id).update(created_by=None) == 1


def test_there_is_one_live_version(staff, now):
    made = drafted(staff)
    with pytest.raises(IntegrityError, match="parameters_one_live"), transaction.atomic():
        EngineParameters.objects.filter(id=made.id).update(status=ParametersStatus.LIVE, published_at=now)


@pytest.mark.parametrize("change", [{"status": "live"}, {"published_at": "2026-01-01T00:00Z"}])
def test_what_is_published_has_its_moment_and_a_draft_none(staff, change):
    EngineParameters.objects.live().update(status=ParametersStatus.RETIRED)
    made = EngineParameters(**_copy(number=2))
    made.save()
    with pytest.raises(IntegrityError, match="parameters_published"), transaction.atomic():
        EngineParameters.objects.filter(id=made.id).update(**change)


def _copy(**changes):
    first = EngineParameters.objects.get(number=1)
    return {name: getattr(first, name) for name in NUMBERS} | changes


@pytest.mark.parametrize("column", ["connect_weights", "friendship_weights"])
@pytest.mark.parametrize("weights", WRONG_WEIGHTS, ids=str)
def test_weights_that_are_none_are_refused(staff, column, weights):
    made = drafted(staff)
    with pytest.raises(DatabaseError), transaction.atomic():
        EngineParameters.objects.filter(id=made.id).update(**{column: weights})


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_its_range_is_refused(staff, name):
    made, (least, most) = drafted(staff), RANGES[name]
    with pytest.raises(IntegrityError, match="parameters_in_range"), transaction.atomic():
        EngineParameters.objects.filter(id=made.id).update(**{name: most + (most - least)})


def test_nobody_but_the_service_sees_them(staff):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting_as(staff.id):
        EngineParameters.objects.exists()


# What names its version.


@pytest.mark.parametrize(("name", "value"), OTHERS.items())
def test_with_any_number_the_version_changes_and_run_and_match_name_it(staff, now, name, value):
    made = published(staff, now, **{name: value})
    person(now, chart=False), person(now, chart=False)
    runs.request(now=now)
    done = runs.run_requested(now=now)
    match = Match.objects.get()
    assert made.version == done.engine_version == match.engine_version == "connect-v1.2"
    assert match.explanation["engine_version"] == match.weight_profile == "connect-v1.2"


def test_a_run_goes_by_one_version_to_its_end(staff, now, monkeypatch):
    person(now, chart=False), person(now, chart=False)
    real = parameters.live

    def then_another():
        monkeypatch.setattr(parameters, "live", real)
        found = real()
        published(staff, now, threshold=99.0)
        return found

    monkeypatch.setattr(parameters, "live", then_another)
    runs.request(now=now)
    assert runs.run_requested(now=now).engine_version == Match.objects.get().engine_version == "connect-v1.1"


def test_what_is_published_while_a_run_goes_on_is_run_after_it(staff, now, monkeypatch):
    made, real = drafted(staff), pipeline.propose

    def meanwhile(*args, **kwargs):
        tuning.publish(parameters_id=made.id, by=staff.id, now=now)
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", meanwhile)
    runs.request(now=now)
    runs.run_requested(now=now)
    assert MatchingRun.objects.unfinished().count() == 1


def test_a_proposal_lives_as_long_as_its_version_says(staff, now):
    published(staff, now, lifetime=timedelta(hours=5))
    person(now, chart=False), person(now, chart=False)
    runs.request(now=now)
    runs.run_requested(now=now)
    assert timedelta(hours=5) <= Match.objects.get().expires_at - now < timedelta(hours=6)


@pytest.mark.parametrize(
    ("profile", "version", "key"),
    [
        ("connect-v1", "connect-v1.1", "astro"),
        ("friendship-v1", "friendship-v1.1", "interests"),
        ("connect-v1.1", "connect-v1.1", "astro"),
        ("friendship-v1.2", "friendship-v1.2", "communication"),
    ],
)
def test_the_weights_behind_every_name_are_found(staff, now, profile, version, key):
    published(staff, now, friendship_weights=EVEN)
    found = parameters.weights([profile])[profile]
    assert (found.version, key in found.weights) == (version, True)


def test_weights_of_many_names_are_one_query(staff, now, django_assert_num_queries):
    published(staff, now, connect_weights=EVEN)
    with as_service(), django_assert_num_queries(1):
        parameters.weights(["connect-v1", "friendship-v1", "connect-v1.2", "friendship-v1.2"])


@pytest.mark.parametrize(("profile", "total"), [("connect-v1", 72.0), ("connect-v1.2", 65.0)])
def test_a_score_is_made_anew_by_the_weights_it_was_made_with(staff, now, profile, total):
    published(staff, now, connect_weights=EVEN)
    user = person(now, chart=False)
    scores = {"astro": 90.0, "values": 80.0, "communication": 60.0} | ({"communication": 50.0} if total == 65.0 else {})
    match = match_of(user, account(), now, MatchStatus.CLOSED, score_breakdown=scores, weight_profile=profile)
    scorings.forget(user_id=user.id, dimension="astro", now=now)
    assert float(Match.objects.get(id=match.id).total_score) == total
