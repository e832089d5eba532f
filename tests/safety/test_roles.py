"""Roles: taken inside a transaction only, given back, gone after it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from safety.roles import acting_as, as_service, name_actor
from tests.safety.rows import person


def standing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('app.user_id', true), '')")
        return cursor.fetchone()


@pytest.fixture
def user(db):
    return person()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", [lambda: acting_as(None), as_service])
def test_a_role_needs_a_transaction(take):
    with pytest.raises(TransactionManagementError), take():
        pass


@pytest.mark.django_db
def test_acting_as_is_the_client_role_with_the_person_on_record(user):
    with acting_as(user.id):
        assert standing() == ("connect_client", str(user.id))


@pytest.mark.django_db
def test_acting_as_nobody_has_no_person():
    with acting_as(None):
        assert standing() == ("connect_client", "")


@pytest.mark.django_db
def test_as_service_keeps_the_person_on_record(user):
    with acting_as(user.id), as_service():
        assert standing() == ("connect_service", str(user.id))


@pytest.mark.django_db
def test_roles_nest_and_each_restores_what_stood_before(user):
    other = person()
    with acting_as(user.id):
        with as_service():
            with acting_as(other.id):
                assert standing() == ("connect_client", str(other.id))
            assert standing() == ("connect_service", str(user.id))
        assert standing() == ("connect_client", str(user.id))


@pytest.mark.django_db
def test_the_first_role_gives_the_login_back(user):
    before = standing()
    with acting_as(user.id):
        pass
    assert standing() == before


@pytest.mark.django_db
def test_a_role_is_given_back_after_an_error_of_ours(user):
    with acting_as(user.id):
        with pytest.raises(ValueError, match="ours"), as_service():
            raise ValueError("ours")
        assert standing() == ("connect_client", str(user.id))


@pytest.mark.django_db
def test_the_error_of_a_broken_transaction_is_not_hidden_by_giving_the_role_back(user):
    with acting_as(user.id):
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), as_service():
            connection.cursor().execute("SELECT 1/0")
        assert standing() == ("connect_client", str(user.id))


@pytest.mark.django_db
def test_name_actor_changes_the_person_and_not_the_role(user):
    with as_service():
        name_actor(user.id)
        assert standing() == ("connect_service", str(user.id))


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_role_is_left_after_commit(user):
    before = standing()
    with transaction.atomic():
        with acting_as(user.id):
            pass
        connection.cursor().execute("SET LOCAL ROLE connect_client")
    assert standing() == before


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_role_is_left_after_rollback(user):
    before = standing()
    with pytest.raises(ValueError, match="away"), transaction.atomic(), acting_as(user.id):
        raise ValueError("away")
    assert standing() == before


@pytest.mark.django_db(transaction=True)
def test_a_transaction_left_broken_inside_a_role_comes_back_clean(user):
    before = standing()
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(user.id), as_service():
        connection.cursor().execute("SELECT 1/0")
    assert standing() == before


TO_THE_END = [lambda: acting_as(None, to_the_end=True), lambda: as_service(to_the_end=True)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", TO_THE_END)
def test_nothing_is_left_of_a_role_that_is_held_to_the_end(user, take):
    before = standing()
    with transaction.atomic(), take():
        assert standing() != before
    assert standing() == before
    with transaction.atomic(), acting_as(user.id):
        assert standing() == ("connect_client", str(user.id))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", TO_THE_END)
def test_it_is_taken_back_at_no_further_statement(take):
    with CaptureQueriesContext(connection) as asked, transaction.atomic(), take():
        pass
    assert [query["sql"].split()[0] for query in asked] == ["BEGIN", "SELECT", "COMMIT"]


@pytest.mark.django_db
@pytest.mark.parametrize("take", TO_THE_END)
def test_a_role_held_to_the_end_of_a_savepoint_is_given_back(take):
    before = standing()
    with transaction.atomic(), take():
        assert standing() != before
    assert standing() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", TO_THE_END)
def test_a_role_held_to_the_end_inside_another_gives_that_back(user, take):
    with transaction.atomic(), acting_as(user.id):
        with take():
            pass
        assert standing() == ("connect_client", str(user.id))
