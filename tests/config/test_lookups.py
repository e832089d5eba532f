"""What a list in the admin may be asked for."""

import pytest
from django.contrib import admin

from config.lookups import ASKED, DeclaredLookups
from connect.models import DeviceSession, User
from safety.models import AuditLog, Report
from tests.config.desk import page
from tests.config.test_admin import SECRETS, name

ADMINS = {model: found for model, found in admin.site._registry.items() if model._meta.label != "constance.Config"}
GUESSES = ("startswith", "istartswith", "contains", "regex", "gt", "gte", "lt", "iexact", "range", *ASKED)
every_admin = pytest.mark.parametrize("model", ADMINS, ids=name)


def admits(model, column):
    """In how many ways a list may be asked for a column."""
    asked = [column, *(f"{column}__{way}" for way in GUESSES)]
    return [lookup for lookup in asked if ADMINS[model].lookup_allowed(lookup, "a", None)]


def offered(model):
    """The columns that a list is filtered by: its key, its filters, its links."""
    of = ADMINS[model]
    filters = [entry if isinstance(entry, (str, type)) else entry[0] for entry in of.list_filter]
    return {model._meta.pk.name, *of.linked, *filters}


@every_admin
def test_every_admin_is_held_to_what_it_declares(model):
    assert isinstance(ADMINS[model], DeclaredLookups)


@every_admin
def test_no_column_but_the_offered_is_asked_for(model):
    open_to_guesses = {field.name for field in model._meta.concrete_fields if admits(model, field.name)}
    assert open_to_guesses <= offered(model)


@every_admin
def test_an_offered_column_is_asked_for_whole_and_not_by_its_beginning(model):
    for column in offered(model) - {model._meta.pk.name}:
        if isinstance(column, str):
            assert admits(model, column) == [column, *(f"{column}__{way}" for way in ASKED)]


@every_admin
def test_no_column_of_another_table_is_asked_for(model):
    ways = [field.name for field in model._meta.concrete_fields if field.is_relation]
    found = [
        lookup
        for field in model._meta.concrete_fields
        if field.is_relation
        for beyond in field.related_model._meta.concrete_fields
        for lookup in admits(model, f"{field.name}__{beyond.name}")
    ]
    assert (found, [way for way in ways if admits(model, f"{way}__password")]) == ([], [])


@every_admin
def test_nothing_hidden_is_offered(model):
    assert not offered(model) & set(getattr(ADMINS[model], "hidden", ()))


@pytest.mark.parametrize("model", SECRETS, ids=name)
def test_a_secret_is_not_guessed_by_its_beginning(boss, rows, model):
    answers = [boss.get(page(model), {f"{column}__startswith": "a"}).status_code for column in SECRETS[model]]
    assert answers == [400] * len(answers)


def test_nor_through_another_table(boss, rows):
    assert boss.get(page(DeviceSession), {"user__password__startswith": "a"}).status_code == 400


def test_a_filter_still_filters(boss, rows):
    counts = [boss.get(page(Report), {"status__exact": status}).context["cl"].result_count for status in ("open", "x")]
    assert counts[0] == 1 and boss.get(page(User), {"is_staff__exact": "1"}).status_code == 200


def test_the_audit_of_a_row_is_linked_to(boss, rows):
    found = boss.get(page(AuditLog), {"entity_id": str(rows[User].pk)}).context["cl"].result_list
    assert {entry.entity_id for entry in found} == {rows[User].pk}
