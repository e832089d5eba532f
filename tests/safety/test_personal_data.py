"""Every table of a person's data is declared, once, with all that is asked of it."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from safety import personal_data
from safety.personal_data import Part, parts

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "privacy.md"
PARTS = pytest.mark.parametrize("part", parts(), ids=lambda part: part.name)


def personal_models():
    """Every model from which foreign keys lead to a person, at once or through others; and the person."""
    found = {apps.get_model(settings.AUTH_USER_MODEL)}
    while more := {model for model in apps.get_models(include_auto_created=True) if _leads_to(found, model)} - found:
        found |= more
    return found


def _leads_to(found, model):
    return any(field.related_model in found for field in model._meta.concrete_fields if field.is_relation)


def undeclared(declared):
    return sorted(model._meta.label for model in personal_models() - {part.model for part in declared})


def test_no_table_of_a_persons_data_is_left_out():
    assert undeclared(parts()) == []


@pytest.mark.parametrize("name", ["connect/profile", "chat/conversationevent", "connect/user_groups"])
def test_one_that_is_left_out_is_seen(name):
    (left_out,) = [part for part in parts() if part.name == name]
    assert undeclared([part for part in parts() if part is not left_out]) == [left_out.model._meta.label]


def test_each_table_is_declared_once():
    models = [part.model for part in parts()]
    assert len(models) == len(set(models))


def test_the_higher_app_ends_things_first(monkeypatch):
    ended = []
    monkeypatch.setattr(personal_data, "_endings", [])
    for name in ("lower", "higher"):
        personal_data.before_erasure(lambda person, now, name=name: ended.append(name))
    personal_data.end_everything(uuid4(), timezone.now())
    assert ended == ["higher", "lower"]


@PARTS
def test_each_says_what_and_why(part: Part):
    assert part.what and part.why and part.seen_by and part.erased.words


@PARTS
def test_what_is_hidden_or_derived_is_a_column(part: Part):
    columns = {field.name for field in part.model._meta.concrete_fields}
    assert {*part.hidden, *(name for names in part.derived.values() for name in names)} <= columns


@PARTS
def test_its_term_is_set(part: Part):
    assert part.retention is None or part.retention.term in settings.RETENTION


def test_each_term_is_of_some_table():
    assert {part.retention.term for part in parts() if part.retention} == set(settings.RETENTION)


def test_the_document_is_what_is_declared(capsys):
    call_command("personal_data")
    table = capsys.readouterr().out.strip()
    assert table == personal_data.table()
    assert table in DOCUMENT.read_text()
