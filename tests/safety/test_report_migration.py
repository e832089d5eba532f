"""What reporters wrote before it was sealed is sealed by the migration, and opened again when it is undone."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from safety.models import Report
from safety.services import reports
from tests.database import undone
from tests.factories import UserFactory
from tests.safety.cases import filed

pytestmark = pytest.mark.django_db


def migrate(name):
    """To the migration of that name and no further, whatever its number; the models as they are there."""
    executor = MigrationExecutor(connection)
    (target,) = (node for node in executor.loader.graph.nodes if node[0] == "safety" and node[1][4:] == name)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor.migrate([target])
    executor.loader.build_graph()
    return executor.loader.project_state([target]).apps.get_model("safety", "Report")


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    """Reports that went back to when their words were in clear, and forth again; how they were meanwhile."""
    with undone(django_db_blocker):
        told, keyless, silent = (filed(details=words) for words in ("They followed me home.", "", ""))
        before = migrate("_report_details").objects
        in_clear = before.get(id=told.id).details_text
        before.filter(id=keyless.id).update(details_text="Help.", details=None, evidence=None, evidence_key=None)
        before.filter(id=silent.id).update(details_text="", details=None)
        migrate("_no_clear_report_details")
        found = [Report.objects.get(id=report.id) for report in (told, keyless, silent)]
        yield in_clear, *found


def test_undone_it_is_in_clear_and_done_again_it_is_sealed(kept):
    in_clear, told, *_ = kept
    assert in_clear == "They followed me home."
    assert b"followed" not in bytes(told.details)
    assert reports.details_of(told) == "They followed me home."


def test_a_report_without_a_key_gets_one(kept):
    keyless = kept[2]
    assert (reports.details_of(keyless), reports.read_evidence(report=keyless, by=UserFactory().id)) == ("Help.", b"{}")


def test_without_words_nothing_is_made(kept):
    assert kept[3].details is None
