"""`manage.py simulate_pool`: what it writes, for whom it refuses to, and that it leaves nothing behind."""

from collections import Counter
from datetime import datetime, timedelta
from io import StringIO

import h3
import numpy as np
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from connect.enums import Gender, Mode, Purpose
from connect.models import BirthData, ConnectProfile, Consent, Profile, User, ValueScore
from connect.services import demands, extraction, profiles
from matching.engine.features import DIMENSIONS
from matching.engine.filters import cosines
from matching.models import Chart, Match
from matching.services import arrays, charts, people, runs, simulations
from matching.simulation import answers, people_rows, tables
from matching.simulation.cities import cities
from matching.simulation.population import population
from matching.simulation.rows import copy
from safety.models import AuditLog
from tests.conftest import powerless
from tests.factories import ConversationFactory
from tests.matching.builders import account, person

pytestmark = pytest.mark.django_db

N, SEED = 40, 3
TABLES = [model for model, _ in simulations.TABLES]


def simulate(*arguments):
    out = StringIO()
    call_command("simulate_pool", *arguments, stdout=out)
    return out.getvalue()


def make(people=N, seed=SEED, keep=False, now=None):
    simulations.make(people=people, seed=seed, keep=keep, now=now or timezone.now())


def rows():
    """Every row of every table that is written."""
    return {
        model._meta.label: sorted(model.objects.values_list(*[f.attname for f in model._meta.concrete_fields]), key=str)
        for model in TABLES
    }


def numbers():
    """How many rows each table of the product has; the audit only grows."""
    models = [model for model in apps.get_models() if model is not AuditLog and model._meta.managed]
    return Counter({model._meta.label: model._default_manager.count() for model in models})


def drawn_and_loaded():
    """The population and the pool; in the same order, since ids rise with a person's number."""
    make()
    found = people.load(capacity=1, now=timezone.now())
    return population(N, SEED), people.aligned(found, sorted(found.ids))


def test_the_command_says_what_it_did():
    assert simulate("--people", "5", "--seed", "2") == "5 invented people made of seed 2.\n"
    assert simulate("--remove") == "5 invented people removed.\n"


def test_everybody_is_in_the_pool():
    make()
    assert len(people.load(capacity=1, now=timezone.now())) == User.objects.count() == N


def test_each_table_has_what_was_drawn():
    make()
    crowd = population(N, SEED)
    said = crowd.answers
    assert {model.__name__: model.objects.count() for model in TABLES} == {
        "User": N,
        "Profile": N,
        "Consent": N + crowd.astrology.sum() + crowd.human_design.sum(),
        "ConnectProfile": N,
        "BirthData": crowd.born.sum(),
        "Chart": crowd.born.sum(),
        "PreferenceSettings": said.preferences.sum(),
        "ValueScore": (said.values != answers.NOT_GIVEN).sum(),
        "InterestScore": (said.interests != answers.NOT_GIVEN).sum(),
        "ReadinessAnswer": (said.readiness > 0).sum(),
        "OffLimitsTopic": said.off_limits.sum(),
        "NonNegotiable": (said.essentials != answers.NOT_GIVEN).sum(),
    }


def test_nobody_can_be_written_to_or_sign_in():
    make()
    assert all(user.email.endswith("@simulated.invalid") for user in User.objects.all())
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_pool_loads_with_the_filters_that_were_drawn():
    crowd, loaded = drawn_and_loaded()
    wishes, pool = crowd.wishes, loaded.pool
    genders, modes = list(tables.GENDER_SHARES), list(tables.MODE_SHARES)
    assert pool.age_min.tolist() == wishes.age_min.tolist()
    assert pool.age_max.tolist() == wishes.age_max.tolist()
    limits = np.where(wishes.distance_km == 0, np.inf, wishes.distance_km)
    np.testing.assert_array_equal(pool.nearest, cosines(limits.astype(float)))
    assert pool.gender.tolist() == [arrays.GENDERS[Gender(genders[i])] for i in wishes.gender]
    assert pool.mode.tolist() == [arrays.MODES[Mode(modes[i])] for i in wishes.mode]
    assert pool.seeks.tolist() == [sum(arrays.GENDERS[g] for g in tables.SEEKS[i]) for i in wishes.seeks]
    assert (pool.off_limits > 0).tolist() == crowd.answers.off_limits.any(axis=1).tolist()
    assert (pool.languages > 0).all()


def test_the_pool_loads_with_the_ages_that_were_drawn():
    crowd, loaded = drawn_and_loaded()
    today = timezone.now().date()
    days = list(Profile.objects.order_by("user").values_list("birth_date", flat=True))
    assert loaded.pool.age.tolist() == people.ages(np.array(days, dtype="M8[D]"), today).tolist()
    drawn = crowd.births.age_days[crowd.birth] / 365.2425
    assert (loaded.pool.age >= np.floor(drawn)).all()
    assert (loaded.pool.age >= 18).all()


def test_the_pool_loads_with_the_features_that_were_consented_to():
    crowd, loaded = drawn_and_loaded()
    given = {"astro": crowd.born & crowd.astrology, "hd": crowd.born & crowd.human_design}
    there = dict(zip(DIMENSIONS, loaded.features.present.T, strict=True))
    assert there["astro"].tolist() == given["astro"].tolist()
    assert there["hd"].tolist() == given["hd"].tolist()
    assert there["values"].all()
    assert there["communication"].tolist() == crowd.answers.preferences.tolist()
    assert there["readiness"].tolist() == (crowd.answers.readiness[:, 0] > 0).tolist()
    assert (there["availability"] <= crowd.answers.preferences).all()


def test_people_live_in_the_cell_of_their_home():
    make()
    crowd = population(N, SEED)
    for i, profile in enumerate(Profile.objects.order_by("user")):
        assert bool(profile.cell) == bool(profile.city) == bool(crowd.placed[i])
        if profile.cell:
            assert h3.cell_to_latlng(profile.cell) == pytest.approx(crowd.home[i], abs=0.1)
            assert profile.city == cities().names[crowd.city[i]]


def test_everybody_has_what_the_pool_demands():
    make()
    for member in ConnectProfile.objects.select_related("user__profile"):
        facts = profiles.demanded(member.user.profile)
        facts["values"] = ValueScore.objects.filter(user=member.user_id).exists()
        assert demands.missing(facts, distance_km=member.distance_km) == []


def test_the_vectors_are_those_the_product_would_make_of_the_answers(now):
    make()
    names = ("values_vector", "communication_vector", "life_goals_vector")
    for stored in ConnectProfile.objects.all():
        made = extraction.rebuild(user_id=stored.user_id, now=now)
        assert made.emotional_readiness_score == stored.emotional_readiness_score
        assert made.vector_version == stored.vector_version
        for name in names:
            before, after = getattr(stored, name), getattr(made, name)
            assert (before is None) == (after is None)
            assert before is None or np.allclose(before, after, atol=1e-6)


def test_the_features_are_those_the_product_would_compute(now):
    make()
    stored = {chart.user_id: chart for chart in Chart.objects.all()}
    Chart.objects.update(due_at=now, astro_features=None, hd_features=None, astro_spread=None, hd_spread=None)
    charts.compute_due(now=now)
    assert BirthData.objects.filter(time=None).exists()
    for made in Chart.objects.all():
        for name in ("astro_features", "hd_features"):
            before, after = getattr(stored[made.user_id], name), getattr(made, name)
            assert (before is None) == (after is None)
            assert before is None or np.allclose(before, after, atol=1e-6)
        for name in ("astro_spread", "hd_spread"):
            assert getattr(made, name) == getattr(stored[made.user_id], name)


def test_a_run_finds_proposals_among_them(now):
    make(people=120, now=now)
    runs.request(now=now)
    done = runs.run_requested(now=now)
    assert (done.status, done.pool_size) == ("finished", 120)
    assert Match.objects.count() == done.proposals > 0


def test_their_accounts_are_in_the_audit_as_everybodys_are():
    make()
    assert AuditLog.objects.filter(entity="connect_user", action="transition").count() == N


def test_the_same_seed_writes_the_same_rows(now):
    make(now=now)
    first = rows()
    simulations.remove()
    make(now=now)
    assert rows() == first


def test_later_only_the_moments_are_others(now):
    make(now=now)
    first = rows()
    simulations.remove()
    make(now=now + timedelta(days=400))
    moved = [name for name, after in rows().items() if without_moments(after) != without_moments(first[name])]
    assert moved == []


def without_moments(table):
    return [[cell for cell in row if not isinstance(cell, datetime)] for row in table]


def test_another_seed_writes_other_people():
    make()
    make(seed=SEED + 1, keep=True)
    assert User.objects.count() == 2 * N


def test_ids_are_in_the_form_of_all_others():
    make()
    assert {(user.id.version, user.id.variant) for user in User.objects.all()} == {(7, User().id.variant)}


def test_removing_leaves_nothing(now):
    before = numbers()
    make(now=now)
    simulations.remove()
    assert numbers() == before


def test_removing_takes_their_proposals_along(now):
    before = numbers()
    make(people=120, now=now)
    runs.request(now=now)
    runs.run_requested(now=now)
    assert simulations.remove() == 120
    assert +(numbers() - before) == {"matching.MatchingRun": 1}


def test_removing_takes_their_conversations_along():
    before = numbers()
    make(people=2)
    ConversationFactory.blind(*User.objects.order_by("id"))
    assert (numbers() - before)["chat.Conversation"] == 1
    simulations.remove()
    assert numbers() == before


def test_removing_leaves_everybody_else(now):
    real = person(now)
    before = numbers()
    make(keep=True)
    simulations.remove()
    assert numbers() == before
    assert User.objects.get() == real


def test_somebody_with_such_an_address_and_a_password_stays():
    real = account()
    real.email = "real@simulated.invalid"
    real.set_password("a long enough passphrase")
    real.save()
    assert simulations.remove() == 0
    assert User.objects.get() == real


def test_beside_people_it_wants_to_be_asked():
    account()
    with pytest.raises(CommandError, match="There are people"):
        simulate("--people", "5")
    assert User.objects.count() == 1
    simulate("--people", "5", "--keep")
    assert User.objects.count() == 6


def test_the_same_people_come_only_once():
    make(people=5)
    with pytest.raises(CommandError, match="here already"):
        simulate("--people", "6", "--seed", str(SEED), "--keep")
    assert User.objects.count() == 5


def test_removing_first_makes_room():
    make(people=5)
    simulate("--remove", "--people", "6", "--seed", str(SEED))
    assert User.objects.count() == 6


def test_not_in_production(settings):
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="production"):
        simulate("--people", "5", "--keep")
    assert not User.objects.exists()


def test_not_under_row_security():
    with powerless(), pytest.raises(CommandError, match="owner's login"):
        simulate("--people", "5")
    assert not User.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("--people", "-1"), ("--people", "5", "--seed", "-1")])
def test_nonsense_is_refused(arguments):
    with pytest.raises(CommandError, match="--people"):
        simulate(*arguments)
    assert not User.objects.exists()


def test_a_column_that_nobody_thought_of_is_named():
    columns = {f.column: [] for f in Consent._meta.concrete_fields}
    copy(Consent, columns)
    del columns["version"]
    with pytest.raises(ValueError, match=r"connect\.Consent: .*\['version'\]"):
        copy(Consent, columns)


def test_a_fault_on_the_way_leaves_nobody(monkeypatch):
    broken = (*simulations.TABLES[:3], (ConnectProfile, lambda block: {}))
    monkeypatch.setattr(simulations, "TABLES", broken)
    with pytest.raises(ValueError, match=r"connect\.ConnectProfile"):
        make()
    assert not User.objects.exists()


def test_constraints_hold(monkeypatch):
    doubled = (*simulations.TABLES, (Consent, people_rows.consents))
    monkeypatch.setattr(simulations, "TABLES", doubled)
    with pytest.raises(IntegrityError, match="consent_one_live"):
        make()
    assert not User.objects.exists()


def test_the_planner_knows_the_rows():
    make()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'connect_valuescore'")
        assert cursor.fetchone()[0] == ValueScore.objects.count()


def test_consents_are_live_and_of_a_version_that_is_known(settings):
    make()
    assert set(Consent.objects.live().values_list("version", flat=True)) <= settings.CONSENT_VERSIONS
    assert Consent.objects.live().filter(purpose=Purpose.MATCHING).count() == N
