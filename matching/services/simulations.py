"""Invented people for benchmarks and tuning: making them and taking them away again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import CASCADE, ForeignObjectRel, Model, QuerySet

from config.errors import WrongState
from connect.models import (
    BirthData,
    ConnectProfile,
    Consent,
    Hobby,
    InterestScore,
    NonNegotiable,
    OffLimitsTopic,
    Photo,
    PreferenceSettings,
    Profile,
    ReadinessAnswer,
    User,
    ValueScore,
    VerificationSignal,
)
from matching.models import Chart, DiscoveryEntry, PoolEntry
from matching.services import building, discovery_entries, entries
from matching.simulation import answer_rows, discovery_rows, people_rows
from matching.simulation.population import population
from matching.simulation.rows import Rows, write

TABLES = (
    (User, people_rows.users),
    (Profile, people_rows.profiles),
    (Consent, people_rows.consents),
    (ConnectProfile, people_rows.connect_profiles),
    (BirthData, people_rows.births),
    (Chart, people_rows.charts),
    (PreferenceSettings, answer_rows.preferences),
    (ValueScore, answer_rows.values),
    (InterestScore, answer_rows.interests),
    (ReadinessAnswer, answer_rows.readiness),
    (OffLimitsTopic, answer_rows.off_limits),
    (NonNegotiable, answer_rows.non_negotiables),
)
"""What is written, a table before those that refer to it."""

DISCOVERY = (
    *TABLES[:4],
    (VerificationSignal, discovery_rows.signals),
    (Photo, discovery_rows.photos),
    (Hobby, discovery_rows.hobbies),
)
"""The same people for discovery: the accounts, and what it asks of them."""


def simulated() -> QuerySet[User]:
    """The accounts that were made here: nobody can sign in as them."""
    return User.objects.filter(email__endswith=f"@{people_rows.DOMAIN}", password=people_rows.NO_PASSWORD)


def make(*, people: int, seed: int, keep: bool, now: datetime) -> None:
    """Put so many invented people into the pool, all or none; the same seed makes the same ones, ids included.

    Raises WrongState: in production; for a login that row security holds for; when this seed's people are here
    already; and, unless `keep` says that whoever is here stays among them, when anybody is.
    """
    _write(TABLES, people, seed, keep, now)
    derive(now=now)


def make_for_discovery(*, people: int, seed: int, keep: bool, now: datetime) -> None:
    """As `make`, but put them where discovery finds them, and nowhere else."""
    _write(DISCOVERY, people, seed, keep, now)
    _analyze([model for model, _ in DISCOVERY])
    while discovery_entries.sweep(now=now):
        pass
    _analyze([DiscoveryEntry])


def derive(*, now: datetime) -> None:
    """What has to follow a load that no signal tells of: statistics, and everybody's pool entry."""
    _analyze([model for model, _ in TABLES])
    entries.adopt(now=now)
    while building.build_due(now=now):
        pass
    _analyze([PoolEntry])


def _write(tables: Sequence[tuple[type[Model], Rows]], people: int, seed: int, keep: bool, now: datetime) -> None:
    with transaction.atomic():
        _check_allowed(seed, keep)
        _check_constraints_at_once()
        write(population(people, seed), tables, now=now)


def _analyze(models: Sequence[type[Model]]) -> None:
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def remove() -> int:
    """Delete all invented people and whatever is theirs, a statement a table; how many they were.

    The audit keeps that there were accounts, as it does of everybody.
    """
    with transaction.atomic():
        for model, field in _owned():
            model._base_manager.filter(**{f"{field}__in": simulated()}).delete()
        return simulated()._raw_delete(using=DEFAULT_DB_ALIAS)


def _owned() -> Iterator[tuple[Any, str]]:
    """Every table whose rows go with an account, and the field that names it."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is CASCADE:
            yield relation.related_model, relation.field.name


def _check_allowed(seed: int, keep: bool) -> None:
    if settings.ENVIRONMENT == "production":
        raise WrongState("Nobody is invented in production.", code="production")
    if _row_security_holds():
        raise WrongState("This needs the owner's login (DATABASE_LOGIN=owner).", code="not_the_owner")
    if not keep and User.objects.exists():
        message = "There are people in this database. Invented ones come among them only when asked to keep them."
        raise WrongState(message, code="people_present")
    if simulated().filter(email__startswith=f"{seed}.").exists():
        raise WrongState("The people of this seed are here already.", code="already_made")


def _row_security_holds() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s)", [User._meta.db_table])
        return bool(cursor.fetchone()[0])


def _check_constraints_at_once() -> None:
    """Foreign keys are looked at after every COPY: put off to the end, millions of them would wait in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
