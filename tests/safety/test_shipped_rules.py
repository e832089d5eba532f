"""The rules that ship are in the table as they are in the files."""

from importlib import import_module

import pytest
from django.apps import apps

from safety import rulebook
from safety.models import ModerationRule
from safety.words.rules import shipped

SHIPPED = import_module("safety.migrations.0012_shipped_rules")


@pytest.fixture(autouse=True)
def as_migrated(db):
    """Tests that empty tables take the rows of the migration away."""
    SHIPPED.add_rules(apps, None)


def test_every_rule_is_in_the_table_as_it_ships():
    assert rulebook._in_force(ModerationRule.objects.active().order_by("id")) == shipped()


def test_adding_them_again_changes_nothing():
    before = ModerationRule.objects.count()
    SHIPPED.add_rules(apps, None)
    assert ModerationRule.objects.count() == before == len(shipped())


def test_what_staff_changed_stays_as_they_left_it():
    rule = ModerationRule.objects.first()
    ModerationRule.objects.filter(id=rule.id).update(active=False, risk=1)
    SHIPPED.add_rules(apps, None)
    rule.refresh_from_db()
    assert (rule.active, rule.risk) == (False, 1)
