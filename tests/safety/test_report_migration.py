"""What reporters wrote before it was sealed is sealed by the migration, and opened again when it is undone."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from safety.models import Report
from safety.services import reports
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


def test_undone_it_is_in_clear_and_done_again_it_is_sealed():
    report = filed(details="They followed me home.")
    before = migrate("_report_details").objects.get()
    assert before.details_text == "They followed me home."
    migrate("_no_clear_report_details")
    assert b"followed" not in bytes(Report.objects.get().details)
    assert reports.details_of(Report.objects.get(id=report.id)) == "They followed me home."


def test_a_report_without_a_key_gets_one():
    report = filed(details="")
    Old = migrate("_report_details")
    Old.objects.update(details_text="Help.", details=None, evidence=None, evidence_key=None)
    migrate("_no_clear_report_details")
    found = Report.objects.get(id=report.id)
    assert (reports.details_of(found), reports.read_evidence(report=found, by=UserFactory().id)) == ("Help.", b"{}")


def test_without_words_nothing_is_made():
    filed(details="")
    migrate("_report_details").objects.update(details_text="", details=None)
    migrate("_no_clear_report_details")
    assert Report.objects.get().details is None
