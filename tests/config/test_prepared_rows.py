"""A statement that is planned once gives of every table what its QuerySet gives."""

import pytest

from config.prepared import Prepared
from tests.database import undone
from tests.safety.rows import fill, our_models, person


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with undone(django_db_blocker):
        yield fill(person(), person())


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_row_of_every_table_is_what_the_queryset_gives(scene, db, model):
    rows = model._default_manager.order_by("pk")
    found = Prepared(lambda: model._default_manager.order_by("pk")).all()
    assert [values(row) for row in found] == [values(row) for row in rows]
    assert {type(v) for row in found for v in values(row).values()} == {
        type(v) for row in rows for v in values(row).values()
    }
    assert len(found) > 0
