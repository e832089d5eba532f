"""Every protection that can be switched off, generated from what the models and the engine declare.

A mutant is the tested product with one of them flipped: a move of a state machine forbidden that is allowed, or
allowed that is not; a row policy that lets everybody pass, or nobody; a table that may be rewritten; a hard filter
that turns nobody down. What later models declare is here by itself.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection, models
from django.utils import timezone

from matching.engine.filters import FILTERS
from matching.services import pairs, people
from safety import flags
from safety.schema import AppendOnly, RowSecurity, StateMachine
from safety.schema.base import Protection
from tests.conftest import flags_that_ship
from tests.safety.rows import our_models

Model = type[models.Model]
COMMANDS = ("select", "insert", "update", "delete")
NO_POLICIES = """
DO $$ DECLARE policy text; BEGIN
  FOR policy IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' LOOP
    EXECUTE format('DROP POLICY %I ON {table}', policy);
  END LOOP;
END $$
"""


KEPT = {
    "user_capacity": "tests/matching/test_interests.py",
    "credit_balance": "tests/connect/test_credits.py",
    "payment_state_status": "tests/connect/test_payments.py",
    "streaks_last_reveal": "tests/streaks/test_milestones.py",
    "profile_locked": "tests/connect/test_gov_ids.py",
    "personality_scores_numbers": "tests/connect/test_personality.py",
    "personality_confidence_numbers": "tests/connect/test_personality.py",
    "parameters_connect_weights": "tests/matching/test_parameters.py",
    "parameters_friendship_weights": "tests/matching/test_parameters.py",
    "parameters_frozen": "tests/matching/test_parameters.py",
    "match_one_live": "tests/matching/test_pairing.py",
}
"""Where the rules of single tables are tested, by their names."""


@dataclass(frozen=True)
class Mutant:
    """`switched` is the product with the protection flipped; `concerns` says of a test's id whether it may notice."""

    kind: str
    name: str
    switched: Callable[[], AbstractContextManager[None]]
    concerns: Callable[[str], bool]


def mutants() -> list[Mutant]:
    return [*_of_the_database(), *_of_the_engine()]


def _of_the_database() -> Iterator[Mutant]:
    for model in our_models():
        for protection in model._meta.constraints:
            if isinstance(protection, StateMachine):
                yield from _of_machine(model, protection)
            elif isinstance(protection, RowSecurity):
                yield from _of_security(model, protection)
            elif isinstance(protection, AppendOnly):
                yield _statement(
                    "append-only", f"{model._meta.db_table} may be rewritten", model, *_gone(model, protection)
                )
            elif isinstance(protection, Protection):
                yield _without_rule(model, protection)


# Rules of single tables.


def _without_rule(model: Model, rule: Protection) -> Mutant:
    file = KEPT[rule.name]
    return Mutant("rule", f"{rule.name} gone", _executed(*_gone(model, rule)), lambda test: test.startswith(file))


# State machines.


def _of_machine(model: Model, machine: StateMachine) -> Iterator[Mutant]:
    states = [value for value, _ in model._meta.get_field(machine.field).choices]
    for before, after in product(states, repeat=2):
        if before != after:
            name, change = _flipped(machine.transitions[before], after)
            moved = machine.transitions | {before: change}
            changed = _like(machine, transitions=moved)
            yield _machine_mutant(model, machine, changed, f"{before} -> {after} {name}", f"{before}-{after}")
    for state in states:
        name, change = _flipped(machine.initial, state)
        yield _machine_mutant(
            model, machine, _like(machine, initial=change or ["never"]), f"first {state} {name}", state
        )
    yield _statement("state machine", f"{machine.name} gone", model, *_gone(model, machine), ids=machine.name)
    yield _statement("state machine", f"{machine.name} unrecorded", model, *_silent(model, machine), ids=machine.name)


def _flipped(allowed: list[str], state: str) -> tuple[str, list[str]]:
    if state in allowed:
        return "forbidden", [other for other in allowed if other != state]
    return "allowed", [*allowed, state]


def _like(machine: StateMachine, **different: Any) -> StateMachine:
    same = {"transitions": machine.transitions, "initial": machine.initial}
    return StateMachine(name=machine.name, field=machine.field, **(same | different))


def _machine_mutant(model: Model, machine: StateMachine, changed: StateMachine, name: str, ids: str) -> Mutant:
    do = [_sql(machine.remove_sql(model, None)), _sql(changed.create_sql(model, None))]
    undo = [_sql(changed.remove_sql(model, None)), _sql(machine.create_sql(model, None))]
    exact = f"[{machine.name}-{ids}]"
    return Mutant("transition", f"{machine.name} {name}", _executed(do, undo), lambda test: test.endswith(exact))


def _silent(model: Model, machine: StateMachine) -> tuple[list[str], list[str]]:
    """The machine without what it writes into the audit log."""
    made = _sql(machine.create_sql(model, None))
    mute = re.sub(r"INSERT INTO safety_auditlog.*?;", "", made, flags=re.DOTALL)
    gone = _sql(machine.remove_sql(model, None))
    return [gone, mute], [gone, made]


def _gone(model: Model, protection: Protection) -> tuple[list[str], list[str]]:
    return [_sql(protection.remove_sql(model, None))], [_sql(protection.create_sql(model, None))]


# Row security.


def _of_security(model: Model, security: RowSecurity) -> Iterator[Mutant]:
    table = model._meta.db_table
    whole = [NO_POLICIES.format(table=table), _sql(security.create_sql(model, None))]
    for command in COMMANDS:
        for how, do in _changes(table, security, command):
            yield _statement("policy", f"{table} {command} {how}", model, do, whole)
    service = f"ALTER POLICY {security.name}_service ON {table} USING"
    yield _statement("policy", f"{table} service sees nothing", model, [f"{service} (false)"], [f"{service} (true)"])
    for switch in ("DISABLE", "NO FORCE"):
        # No role a test can take shows this one: the owner of the tables bypasses row security by its own right.
        do = [f"ALTER TABLE {table} {switch} ROW LEVEL SECURITY"]
        yield Mutant("policy", f"{table} {switch.lower()}", _executed(do, whole), _is_the_check)


def _is_the_check(test: str) -> bool:
    return test.endswith("test_rls_check_passes")


def _changes(table: str, security: RowSecurity, command: str) -> Iterator[tuple[str, list[str]]]:
    """Ways to get the policy of one command wrong."""
    policy = f"{security.name}_{command}"
    if command not in security.given:
        clause = "WITH CHECK (true)" if command == "insert" else "USING (true)"
        made = f"CREATE POLICY {policy}_more ON {table} FOR {command} TO connect_client {clause}"
        yield "given", [f"GRANT {command} ON {table} TO connect_client", made]
        return
    clauses = {"insert": ["WITH CHECK"], "update": ["USING", "WITH CHECK"]}.get(command, ["USING"])
    yield "taken", [f"DROP POLICY {policy} ON {table}"]
    for clause in clauses:
        yield f"open {clause.lower()}", [f"ALTER POLICY {policy} ON {table} {clause} (true)"]


def _statement(kind: str, name: str, model: Model, do: list[str], undo: list[str], *, ids: str | None = None) -> Mutant:
    """Noticed by a test that is about this table, or this machine, and says so in its id."""
    about = re.compile(rf"[\[-]{ids or model._meta.db_table}[\]-]")
    return Mutant(kind, name, _executed(do, undo), lambda test: bool(about.search(test)))


def _sql(statements: Any) -> str:
    return str(statements)


def _executed(do: list[str], undo: list[str]) -> Callable[[], AbstractContextManager[None]]:
    """Done and undone by the owner in the database of the tests, committed."""

    @contextmanager
    def switched() -> Iterator[None]:
        _execute(do)
        try:
            yield
        finally:
            _execute(undo)

    return switched


def _execute(statements: list[str]) -> None:
    settings = connection.settings_dict
    login = {"user": settings["USER"], "password": settings["PASSWORD"], "dbname": settings["NAME"]}
    with psycopg.connect(host=settings["HOST"], port=settings["PORT"], **login) as link:
        for statement in statements:
            link.execute(statement)


# Who may meet whom.


def _of_the_engine() -> Iterator[Mutant]:
    flags.remember(flags_that_ship())
    for name in FILTERS:
        open_to_all = {name: lambda rows, columns: rows.person[:, None] == rows.person[:, None]}
        yield _patched("filter", name, lambda change=open_to_all: patch.dict(FILTERS, change))
    for name in pairs._sources(timezone.now()):
        yield _patched("filter", f"pairs {name}", lambda name=name: patch.object(pairs, "_sources", _without(name)))
    for position, condition in enumerate(people.eligible(capacity=1).query.where.children):
        weaker = _weaker(position)
        yield _patched("filter", f"eligible {condition}", lambda weak=weaker: patch.object(people, "eligible", weak))


def _patched(kind: str, name: str, switched: Callable[[], AbstractContextManager[Any]]) -> Mutant:
    return Mutant(kind, name, switched, lambda test: test.startswith("tests/matching/"))


def _without(name: str) -> Callable[..., Any]:
    sources = pairs._sources

    def others(now: Any) -> Any:
        found = sources(now)
        queryset, one, other = found[name]
        return found | {name: (queryset.none(), one, other)}

    return others


def _weaker(position: int) -> Callable[[], Any]:
    eligible = people.eligible

    def without_one(*, capacity: int) -> Any:
        found = eligible(capacity=capacity)
        del found.query.where.children[position]
        return found

    return without_one
