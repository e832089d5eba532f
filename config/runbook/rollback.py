"""Taking the Connect flow out of a database again: its rows, and its tables where nobody else has rows in them.

Whatever other pathways made in the same tables stays. So do accounts, birth data, blocks, reports and the audit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from config.errors import WrongState
from config.runbook import backups, seeds
from config.runbook.backups import Backup
from config.runbook.reports import Line
from safety.schema.base import Protection
from safety.services import audit

Model = type[models.Model]
LOCK_TIMEOUT = "10s"


@dataclass(frozen=True)
class Removal:
    """Rows of one table that belong to the Connect flow, and how many there were when it was planned."""

    name: str
    rows: QuerySet[Any]
    count: int

    @property
    def model(self) -> Model:
        return self.rows.model


@dataclass(frozen=True)
class Plan:
    """`removals` in the order they are made; `tables` to drop after them; `kept` rows of others that forbid it."""

    removals: list[Removal]
    tables: list[Model]
    kept: dict[str, int]

    def lines(self) -> Iterator[Line]:
        for removal in self.removals:
            yield Line("rows", removal.name, f"{removal.model._meta.db_table}: {removal.count} to remove", ok=None)
        for model in self.tables:
            table = model._meta.db_table
            kept = self.kept.get(table)
            yield Line("tables", table, f"{kept} rows of others" if kept else "to drop", False if kept else None)


def plan(*, drop_tables: bool) -> Plan:
    """What a rollback would do now. Raises WrongState (tables_missing) where some were dropped already."""
    if gone := _dropped():
        names = ", ".join(model._meta.db_table for model in gone)
        raise WrongState(f"Dropped already: {names}; --undo-drop makes them again.", code="tables_missing")
    removals = [Removal(name, rows, rows.count()) for name, rows in _of_the_flow()]
    removed = {removal.model: removal.count for removal in removals}
    tables = _droppable() if drop_tables else []
    left = {model._meta.db_table: model._default_manager.count() - removed.get(model, 0) for model in tables}
    return Plan(removals, tables, {table: count for table, count in left.items() if count})


def refuse_without_backup(*, now: datetime) -> Backup:
    """The backup to go back to. Raises WrongState (no_backup) unless one is fresh and as it was written."""
    backup = backups.latest()
    hour = settings.ROLLBACK_BACKUP_MAX_AGE
    fault = backups.fault(backup, now=now, max_age=hour) if backup else "there is none"
    if backup is None or fault:
        raise WrongState(f"A backup younger than {hour} is needed first: {fault}.", code="no_backup")
    return backup


def phrase() -> str:
    """What has to be typed; it names the database, so that it is not typed at the wrong one."""
    return f"roll back {backups.address()}"


def carry_out(planned: Plan, *, backup: Backup) -> dict[str, int]:
    """Remove the rows, then the tables, in one transaction and with writers kept out; how many rows of each table.

    Raises WrongState (tables_in_use) where others have rows in a table that is to be dropped.
    """
    with transaction.atomic():
        _lock([removal.model for removal in planned.removals])
        fresh = plan(drop_tables=bool(planned.tables))
        if fresh.kept:
            raise WrongState(f"Others have rows in {', '.join(fresh.kept)}.", code="tables_in_use")
        removed = {removal.name: _remove(removal) for removal in fresh.removals}
        dropped = _drop(fresh.tables)
        noted = {"rows": removed, "tables": dropped, "backup": backup.file}
        audit.record(action="connect_rolled_back", actor=None, entity="database", entity_id=None, **noted)
    return removed


def undo_drop() -> list[str]:
    """Make the tables that were dropped again, empty, as the models declare them; their names."""
    dropped = _dropped()
    with connection.schema_editor() as editor:
        for model in dropped:
            editor.create_model(model)
    return [model._meta.db_table for model in dropped]


def _dropped() -> list[Model]:
    there = connection.introspection.table_names()
    return [model for model in _droppable() if model._meta.db_table not in there]


def _of_the_flow() -> Iterator[tuple[str, QuerySet[Any]]]:
    """Rows of the flow by the name of their table in the specification, those that refer to others first."""
    matches = _rows("matching.Match").filter(pathway="compatibility")
    chats = _rows("chat.Conversation").filter(kind="blind")
    reveals = _rows("chat.Reveal").filter(conversation__kind="blind")
    told = Q(related_id__in=matches.values("id")) | Q(related_id__in=chats.values("id"))
    seen = _rows("connect.Disclosure").filter(source="reveal", source_id__in=reveals.values("id"))
    others = _rows("matching.Match").exclude(pathway="compatibility").filter(run=OuterRef("pk"))
    yield "notifications", _rows("connect.Notification").filter(told)
    yield "events", _rows("chat.ConversationEvent").filter(conversation__kind="blind")
    yield "held messages", _rows("chat.HeldMessage").filter(message__conversation__kind="blind")
    pictures = _rows("chat.MessagePicture").filter(message__conversation__kind="blind")
    yield "pictures in messages", pictures
    yield "blind_chat_messages", _rows("chat.Message").filter(conversation__kind="blind")
    yield "match_feedback", _rows("matching.MatchFeedback").filter(match__pathway="compatibility")
    yield "disclosures", seen
    yield "reveals", reveals
    yield "blind_chats", chats
    yield "connection events", _rows("matching.ConnectionEvent").filter(connection__origin="compatibility")
    yield "connections", _rows("matching.Connection").filter(origin="compatibility")
    yield "matches", matches
    yield "runs", _rows("matching.MatchingRun").filter(~Exists(others))
    yield "connect_profiles", _rows("connect.ConnectProfile").all()


def _droppable() -> list[Model]:
    """The tables of the specification and every table that refers to one of them, the referring first."""
    referred: dict[Model, set[Model]] = {}
    waiting = [seed.model for seed in seeds.CONNECT if seed.model]
    while waiting:
        model = waiting.pop()
        if model not in referred:
            referred[model] = set()
            waiting += [relation.related_model for relation in model._meta.related_objects]
    for model, targets in referred.items():
        fields = (field.related_model for field in model._meta.concrete_fields if field.is_relation)
        targets.update(target for target in fields if target in referred and target is not model)
    return list(TopologicalSorter(referred).static_order())[::-1]


def _lock(tables: list[Model]) -> None:
    names = ", ".join(sorted({model._meta.db_table for model in tables}))
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _remove(removal: Removal) -> int:
    """What hangs on the rows by a foreign key goes with them."""
    removal.rows.delete()
    return removal.count


def _drop(tables: list[Model]) -> list[str]:
    """Functions first, as the specification warns: a trigger's function outlives its table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        for model in tables:
            for protection in (c for c in model._meta.constraints if isinstance(c, Protection)):
                editor.execute(protection.remove_sql(model, editor))
        for model in tables:
            editor.delete_model(model)
    return [model._meta.db_table for model in tables]


def _rows(label: str) -> "models.Manager[Any]":
    return apps.get_model(label)._default_manager
