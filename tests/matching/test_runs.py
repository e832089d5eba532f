"""The matching run: asked for once, carried out once, its record, its faults."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.celery import app
from connect.enums import NotificationType
from connect.models import ConnectProfile, Notification, Profile
from connect.services import pool
from connect.signals import birth_changed, profile_changed
from matching.enums import MatchStatus, RunStatus
from matching.models import Chart, Match, MatchingRun, PoolEntry
from matching.services import announcements, building, charts, entries, people, pipeline, runs
from safety.enums import BlockSource
from safety.models import AuditLog
from safety.services import blocks
from tests.matching.builders import entry_of, numbers, person

pytestmark = pytest.mark.django_db


def run(now):
    runs.request(now=now)
    return runs.run_requested(now=now)


def test_two_requests_are_one_run(now):
    runs.request(now=now)
    runs.request(now=now)
    assert MatchingRun.objects.count() == 1


def test_a_request_keeps_the_interval_to_the_last_run(now, settings):
    settings.MATCHING_MIN_INTERVAL = timedelta(minutes=10)
    finished = run(now).finished_at
    assert runs.request(now=now) == finished + timedelta(minutes=10)
    assert runs.run_requested(now=now) is None
    assert runs.run_requested(now=finished + timedelta(minutes=10)) is not None


def test_nothing_requested_is_nothing_done(now):
    assert runs.run_requested(now=now) is None


def test_a_run_proposes_and_keeps_its_record(now):
    one, other, _ = person(now), person(now), person(now, preferred_genders=["male"])
    done = run(now)
    done.refresh_from_db()
    assert (done.status, done.pool_size, done.proposals, done.left_without) == (RunStatus.FINISHED, 3, 1, 1)
    assert done.rejected["gender"] == 4
    assert set(done.seconds) == {"build", "load", "engine", "write"}
    assert done.exposure_gini == pytest.approx(1 / 3)
    match = Match.objects.get()
    assert [match.user_a_id, match.user_b_id] == sorted((one.id, other.id))
    assert (match.status, match.run, match.engine_version) == (MatchStatus.PROPOSED, done, numbers().version)
    assert (done.engine_version, match.weight_profile) == (numbers().version, numbers().connect.version)
    assert match.expires_at - now >= numbers().lifetime


def test_both_are_told_and_not_of_whom(now, monkeypatch):
    sent = []
    monkeypatch.setattr(announcements, "publish_each", sent.extend)
    person(now), person(now)
    run(now)
    match = Match.objects.get()
    notes = Notification.objects.filter(type=NotificationType.MATCH_PROPOSED, related_id=match.id)
    assert {note.user_id for note in notes} == {match.user_a_id, match.user_b_id}
    both = [match.user_a_id, match.user_b_id]
    assert sent == [(user_id, "match.proposed", {"match_id": str(match.id)}) for user_id in both]


def test_a_new_proposal_is_audited(now):
    person(now), person(now)
    run(now)
    entry = AuditLog.objects.get(entity="matching_match", entity_id=Match.objects.get().id)
    assert entry.data == {"field": "status", "from": None, "to": "proposed"}


def test_a_second_run_proposes_nothing_new(now):
    person(now), person(now)
    run(now)
    run(now + timedelta(hours=1))
    assert Match.objects.count() == 1
    assert MatchingRun.objects.filter(status=RunStatus.FINISHED).count() == 2


def test_charts_that_are_due_are_computed_first(now):
    user = person(now)
    Chart.objects.filter(user=user).update(astro_features=None)
    charts.mark_due(user_id=user.id, now=now)
    run(now)
    assert Chart.objects.get(user=user).astro_features is not None


def test_a_crashed_run_is_taken_again_after_its_lease(now, settings):
    runs.request(now=now)
    MatchingRun.objects.update(status=RunStatus.RUNNING, leased_until=now + settings.MATCHING_LEASE)
    assert runs.run_requested(now=now) is None
    again = runs.run_requested(now=now + settings.MATCHING_LEASE)
    again.refresh_from_db()
    assert again.status == RunStatus.FINISHED


def test_a_worker_that_lost_its_lease_writes_nothing(now, monkeypatch):
    person(now), person(now)
    real = pipeline.propose

    def slow(*args, **kwargs):
        outcome = real(*args, **kwargs)
        MatchingRun.objects.update(leased_until=now + timedelta(hours=1))
        return outcome

    monkeypatch.setattr(pipeline, "propose", slow)
    run(now)
    assert not Match.objects.exists()
    assert MatchingRun.objects.get().status == RunStatus.RUNNING


def test_the_heartbeat_extends_the_lease(now, settings, monkeypatch):
    person(now), person(now)
    settings.MATCHING_LEASE = timedelta(seconds=0.4)
    leases = []
    real = pipeline.propose

    def watched(*args, beat, **kwargs):
        leases.append(MatchingRun.objects.get().leased_until)
        time.sleep(0.2)
        beat()
        leases.append(MatchingRun.objects.get().leased_until)
        return real(*args, beat=beat, **kwargs)

    monkeypatch.setattr(pipeline, "propose", watched)
    assert run(now).status == RunStatus.FINISHED
    assert leases[1] > leases[0]


def test_a_lease_that_is_fresh_is_not_written_again(now, monkeypatch):
    person(now), person(now)
    leases = []
    real = pipeline.propose

    def watched(*args, beat, **kwargs):
        leases.append(MatchingRun.objects.get().leased_until)
        beat()
        leases.append(MatchingRun.objects.get().leased_until)
        return real(*args, beat=beat, **kwargs)

    monkeypatch.setattr(pipeline, "propose", watched)
    assert run(now).status == RunStatus.FINISHED
    assert leases[1] == leases[0]


def test_a_failing_run_is_marked_and_does_not_block_the_next(now, monkeypatch):
    def broken(**kwargs):
        raise ZeroDivisionError("boom")

    with monkeypatch.context() as patch:
        patch.setattr(people, "load", broken)
        failed = run(now)
    failed.refresh_from_db()
    assert (failed.status, failed.error) == (RunStatus.FAILED, "ZeroDivisionError")
    assert run(now + timedelta(minutes=1)).status == RunStatus.FINISHED


@pytest.mark.parametrize(
    "act",
    [
        lambda one, other, now: ConnectProfile.objects.filter(user=one).update(is_active=False),
        lambda one, other, now: blocks.block(by=one.id, other=other.id, source=BlockSource.MANUAL, now=now),
    ],
    ids=["left the pool", "blocked"],
)
def test_what_changed_while_the_engine_worked_counts(now, monkeypatch, act):
    one, other = person(now), person(now)
    real = pipeline.propose

    def slow(*args, **kwargs):
        act(one, other, now)
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", slow)
    assert run(now).proposals == 0
    assert not Match.objects.exists()


def test_who_changed_while_it_ran_is_looked_at_after_it(now, monkeypatch):
    stays, changes = person(now), person(now, preferred_genders=["male"])
    real = pipeline.propose

    def slow(*args, **kwargs):
        profile_changed.send(sender=None, user_id=changes.id, active=True, now=now)
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", slow)
    run(now)
    assert entry_of(changes).due_at == now
    assert (entry_of(stays).considered_at, entry_of(changes).considered_at) == (
        MatchingRun.objects.get().started_at,
        None,
    )


def test_who_came_while_it_ran_is_not_said_to_have_been_looked_at(now, monkeypatch):
    person(now)
    real, came = pipeline.propose, []

    def slow(*args, **kwargs):
        came.append(person(now, preferred_genders=["male"]))
        later = timezone.now() + timedelta(minutes=1)
        entries.mark_due(user_ids=[came[0].id], now=later)
        while building.build_due(now=later):
            pass
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", slow)
    run(now)
    assert entry_of(came[0]).considered_at is None
    assert entry_of(came[0]).consider_at is not None


def test_coming_into_the_pool_makes_the_entry_due_and_asks_for_no_run(now):
    user = person(now, chart=False)
    profile_changed.send(sender=None, user_id=user.id, active=True, now=now)
    assert entry_of(user).due_at == now
    assert not MatchingRun.objects.exists()


def test_leaving_the_pool_asks_for_none(now):
    user = person(now, chart=False)
    profile_changed.send(sender=None, user_id=user.id, active=False, now=now)
    assert not MatchingRun.objects.exists()


# The clock asks for a run only where something is stale.


def test_an_empty_pool_is_not_stale(now):
    assert not runs.request_if_stale(now=now)
    assert not MatchingRun.objects.exists()


def test_somebody_without_an_entry_is(now):
    person(now, chart=False)
    assert runs.request_if_stale(now=now)
    assert MatchingRun.objects.get().due_at == now


def test_fresh_proposals_are_not_and_old_ones_are(now):
    person(now, chart=False), person(now, chart=False)
    # Not `now`, which is before the two were made: they would count as changed since.
    done = run(timezone.now())
    assert not runs.request_if_stale(now=done.started_at + numbers().freshness)
    assert runs.request_if_stale(now=done.started_at + numbers().freshness + timedelta(seconds=1))


def test_a_run_looks_at_those_anew_who_were_looked_at_long_ago(now):
    person(now, chart=False)
    run(timezone.now())
    PoolEntry.objects.update(considered_at=now - timedelta(days=30))
    assert not runs.request_if_stale(now=now)
    MatchingRun.objects.update(started_at=now - timedelta(days=30))
    assert runs.request_if_stale(now=now)


def test_an_entry_that_another_engine_made_is(now):
    user = person(now, chart=False)
    run(now)
    PoolEntry.objects.filter(user=user).update(features_version="features-v0")
    assert runs.request_if_stale(now=now)


def test_a_change_that_nobody_told_of_is(now):
    user = person(now, chart=False)
    run(now)
    Profile.objects.filter(user=user).update(updated_at=timezone.now() + timedelta(minutes=1))
    assert runs.request_if_stale(now=now)


def test_the_entries_of_who_left_are_not(now):
    user = person(now, chart=False)
    run(now)
    pool.deactivate(user_id=user.id, now=now)
    PoolEntry.objects.update(considered_at=None)
    assert not runs.request_if_stale(now=now)


@pytest.mark.parametrize(
    ("cause", "task"),
    [
        (lambda user, now: runs.request(now=now), "matching.tasks.run_requested"),
        (
            lambda user, now: birth_changed.send(None, user_id=user.id, now=now),
            "matching.tasks.rebuild_charts",
        ),
        (lambda user, now: entries.mark_due(user_ids=[user.id], now=now), "matching.tasks.follow_pool"),
    ],
    ids=["run", "chart", "entry"],
)
def test_a_hint_names_a_task_that_exists(now, monkeypatch, django_capture_on_commit_callbacks, cause, task):
    user, sent = person(now), []
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        cause(user, now)
    assert sent == [task]
    app.loader.import_default_modules()
    assert task in app.tasks
