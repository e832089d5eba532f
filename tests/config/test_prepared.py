"""Statements that are planned once give what their QuerySets give, to whom they give it."""

import threading
from uuid import uuid4

import pytest
from django.db import DataError, Error, ProgrammingError, connection, connections, transaction
from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Upper
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import prepared
from config.prepared import Prepared
from connect.models import BirthData, DeviceSession, Notification, User
from matching.models import MatchingRun
from safety.roles import acting_as, as_service
from tests.safety.rows import fill, person

KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"


@pytest.fixture
def user(db):
    return person()


@pytest.fixture
def notes(user):
    return [Notification.objects.create(user=user, type="match_proposed", title=f"{n}") for n in range(4)]


def of(user_id):
    return Notification.objects.filter(user=user_id).order_by("-id")


OF = Prepared(of)
AMONG = Prepared(lambda ids: Notification.objects.filter(id__any=ids).order_by("id"))
ALL_NOTES = Prepared(lambda: Notification.objects.order_by("id"))
TOGETHER = Prepared(lambda user, title: Notification.objects.filter(user=user, title=title))


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def kept():
    """How many statements on notifications the server keeps a plan of for this connection."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, ['SELECT "connect_notification"%'])
        return cursor.fetchone()[0]


class TestRows:
    def test_a_moment_has_its_zone(self, notes):
        (found,) = AMONG.all(ids=[notes[0].id])
        plain = Notification.objects.get(id=notes[0].id)
        assert (found.created_at, found.created_at.tzinfo) == (plain.created_at, plain.created_at.tzinfo)

    def test_its_order_is_kept(self, user, notes):
        assert [note.title for note in OF.all(user_id=user.id)] == ["3", "2", "1", "0"]

    def test_first_is_the_first(self, user, notes):
        assert OF.first(user_id=user.id) == notes[-1]

    def test_first_of_none_is_none(self, user):
        assert OF.first(user_id=user.id) is None

    def test_a_slice_is_kept(self, user, notes):
        assert Prepared(lambda user_id: of(user_id)[1:3]).all(user_id=user.id) == [notes[2], notes[1]]

    def test_a_row_is_a_stored_instance_that_saves(self, user, notes):
        found = OF.first(user_id=user.id)
        found.title = "changed"
        found.save()
        assert Notification.objects.get(id=found.id).title == "changed"
        assert (found._state.adding, found._state.db) == (False, "default")

    def test_select_related_takes_no_second_query(self, user, notes):
        joined = Prepared(lambda user_id: of(user_id).select_related("user"))
        found = joined.all(user_id=user.id)
        with CaptureQueriesContext(connection) as queries:
            assert {note.user.email for note in found} == {user.email}
        assert (len(queries), values(found[0].user)) == (0, values(User.objects.get(id=user.id)))

    def test_select_related_of_nothing_is_none(self, db):
        rows = fill(person(), person())
        match = next(row for model, row in rows.items() if model.__name__ == "Match")
        type(match).objects.filter(id=match.id).update(run=None)
        found = Prepared(lambda id: type(match).objects.filter(id=id).select_related("run")).first(id=match.id)
        with CaptureQueriesContext(connection) as queries:
            assert found.run is None
        assert len(queries) == 0
        assert MatchingRun.objects.exists()

    def test_only_leaves_the_rest_for_later(self, user, notes):
        found = Prepared(lambda user_id: of(user_id).only("title")).first(user_id=user.id)
        assert found.get_deferred_fields() == Notification.objects.only("title").first().get_deferred_fields()
        with CaptureQueriesContext(connection) as queries:
            assert (found.title, found.type) == ("3", "match_proposed")
        assert len(queries) == 1

    def test_annotations_are_there(self, user, notes):
        def counted(user_id, least):
            rows = User.objects.filter(id=user_id).annotate(notes=Count("notifications"), loud=Upper("email"))
            return rows.annotate(none=Value(None, CharField())).filter(notes__gte=least)

        found = Prepared(counted).first(user_id=user.id, least=4)
        assert (found.notes, found.loud, found.none) == (4, user.email.upper(), None)
        assert values(found) == values(User.objects.get(id=user.id))

    def test_annotations_beside_a_joined_row(self, user, notes):
        joined = Prepared(lambda id: of(id).select_related("user").annotate(seen=F("read_at"), sender=F("user__email")))
        found = joined.first(id=user.id)
        assert (found.seen, found.sender, found.user, found.title) == (None, user.email, user, "3")

    def test_converted_columns_are_converted(self, user):
        BirthData.objects.create(user=user, latitude="52.5", longitude="13.4", timezone="Europe/Berlin")
        found = Prepared(lambda user_id: BirthData.objects.filter(user=user_id)).first(user_id=user.id)
        assert values(found) == values(BirthData.objects.get(user=user))

    def test_a_parameter_may_stand_twice(self, user, notes):
        twice = Prepared(lambda at: Notification.objects.filter(created_at__lte=at).exclude(created_at__gt=at))
        assert len(twice.all(at=timezone.now())) == 4

    def test_a_moment_compares_as_in_the_queryset(self, user, notes):
        later = Prepared(lambda at: Notification.objects.filter(created_at__gt=at).order_by("id"))
        at = Notification.objects.get(id=notes[1].id).created_at
        assert later.all(at=at) == list(Notification.objects.filter(created_at__gt=at).order_by("id"))
        assert later.all(at=str(at)) == later.all(at=at)

    def test_each_run_has_its_own_values(self, user, notes):
        others = [Notification.objects.create(user=person(), type="match_proposed", title="other")]
        for _ in range(5):
            assert len(OF.all(user_id=user.id)) == 4
            assert OF.all(user_id=others[0].user_id) == others

    def test_what_is_written_meanwhile_is_found(self, user, notes):
        assert len(OF.all(user_id=user.id)) == 4
        Notification.objects.filter(id=notes[0].id).delete()
        assert len(OF.all(user_id=user.id)) == 3


class TestAny:
    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_it_is_like_in(self, notes, count):
        assert AMONG.all(ids=[note.id for note in notes[:count]]) == notes[:count]

    def test_none_of_the_given_is_nothing(self, notes):
        assert AMONG.all(ids=[uuid4()]) == []

    def test_any_number_is_one_statement(self, notes):
        with CaptureQueriesContext(connection) as queries:
            for count in (1, 2, 4):
                AMONG.all(ids=[note.id for note in notes[:count]])
        assert len({query["sql"].split("ANY")[0] for query in queries}) == 1
        assert kept_after(lambda: [AMONG.all(ids=[note.id for note in notes[:n]]) for n in (1, 2, 3, 4)]) == 1

    def test_texts_too(self, notes):
        titled = Prepared(lambda titles: Notification.objects.filter(title__any=titles).order_by("id"))
        assert titled.all(titles=["1", "2", "it's"]) == notes[1:3]
        assert titled.all(titles=[]) == []


def kept_after(work):
    """How many more plans the server keeps once `work` is done."""
    before = kept()
    work()
    return kept() - before


class TestValues:
    def test_a_wrong_name_is_a_fault(self, user):
        with pytest.raises(KeyError):
            OF.all(user=user.id)

    def test_a_missing_value_is_a_fault(self, user):
        with pytest.raises(KeyError):
            TOGETHER.all(user=user.id)

    def test_a_value_is_never_part_of_the_statement(self, user, notes):
        evil = "' OR true --"
        assert TOGETHER.all(user=user.id, title=evil) == []
        note = Notification.objects.create(user=user, type="match_proposed", title=evil)
        assert TOGETHER.all(user=user.id, title=evil) == [note]

    def test_a_percent_sign_is_a_percent_sign(self, user, notes):
        note = Notification.objects.create(user=user, type="match_proposed", title="100 %s")
        constant = Prepared(lambda user: Notification.objects.filter(user=user, title__startswith="100 %"))
        assert TOGETHER.all(user=user.id, title="100 %s") == constant.all(user=user.id) == [note]

    def test_a_value_of_no_such_type_is_djangos_error(self, user):
        with pytest.raises(DataError), transaction.atomic():
            OF.all(user_id="no id")

    def test_a_statement_that_makes_no_sense_is_djangos_error(self, db):
        with pytest.raises(ProgrammingError), transaction.atomic():
            prepared.execute("SELECT nothing_there", [])

    def test_in_a_broken_transaction_it_is_djangos_error(self, user):
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                OF.all(user_id=user.id)
            transaction.set_rollback(False)

    @pytest.mark.django_db(transaction=True)
    def test_a_lost_connection_is_djangos_error(self):
        connection.ensure_connection()
        connection.connection.close()
        with pytest.raises(Error):
            ALL_NOTES.all()
        connection.close()
        assert ALL_NOTES.all() == []


class TestConnection:
    def test_each_statement_is_counted(self, user, notes):
        with CaptureQueriesContext(connection) as queries:
            OF.all(user_id=user.id)
            OF.first(user_id=user.id)
        assert len(queries) == 2
        assert all(user.id.hex in query["sql"] for query in queries)

    def test_counted_or_not_the_rows_are_the_same(self, user, notes):
        plain = [values(note) for note in OF.all(user_id=user.id)]
        with CaptureQueriesContext(connection):
            assert [values(note) for note in OF.all(user_id=user.id)] == plain

    def test_its_plan_is_kept(self, user, notes):
        once = Prepared(lambda user_id: of(user_id).only("title", "read_at"))
        assert kept_after(lambda: [once.all(user_id=user.id) for _ in range(4)]) == 1

    def test_a_querysets_is_not(self, user, notes):
        assert kept_after(lambda: [list(of(user.id).only("title", "type")) for _ in range(8)]) == 0

    @pytest.mark.django_db(transaction=True)
    def test_it_works_on_a_connection_that_was_opened_again(self):
        user = person()
        Notification.objects.create(user=user, type="match_proposed", title="one")
        for _ in range(3):
            assert len(OF.all(user_id=user.id)) == 1
        before = connection.connection.info.backend_pid
        connection.close()
        for _ in range(3):
            assert len(OF.all(user_id=user.id)) == 1
        assert connection.connection.info.backend_pid != before

    @pytest.mark.django_db(transaction=True)
    def test_it_works_after_a_column_was_added(self):
        """A plan whose row type changed is made anew outside a transaction; deployments add columns."""
        user = person()
        for _ in range(4):
            assert OF.all(user_id=user.id) == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE connect_notification ADD COLUMN later text")
        try:
            assert OF.all(user_id=user.id) == []
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE connect_notification DROP COLUMN later")

    @pytest.mark.django_db(transaction=True)
    def test_threads_that_use_it_first_at_once_agree(self):
        user, fresh = person(), Prepared(lambda user_id: of(user_id).select_related("user"))
        note = Notification.objects.create(user=user, type="match_proposed", title="one")
        gate, found = threading.Barrier(6), []

        def ask():
            try:
                gate.wait()
                found.append(fresh.first(user_id=user.id))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [note] * 6


class TestRowSecurity:
    def seen_by(self, user, statement=ALL_NOTES):
        with transaction.atomic(), acting_as(user.id if user else None):
            return statement.all()

    @pytest.fixture
    def both(self, db):
        people = [person(), person()]
        return [(who, Notification.objects.create(user=who, type="match_proposed", title="own")) for who in people]

    def test_each_person_sees_their_own_on_one_connection(self, both):
        for _ in range(6):
            for who, note in both:
                assert self.seen_by(who) == [note]
        assert kept() > 0

    def test_nobody_sees_nothing_after_somebody(self, both):
        for _ in range(6):
            assert len(self.seen_by(both[0][0])) == 1
        assert self.seen_by(None) == []

    def test_the_service_sees_all_and_the_person_after_it_their_own(self, both):
        for _ in range(6):
            with transaction.atomic(), as_service():
                assert len(ALL_NOTES.all()) == 2
            assert self.seen_by(both[1][0]) == [both[1][1]]

    def test_a_role_taken_inside_another_changes_what_is_seen(self, both):
        (who, note), _ = both
        for _ in range(6):
            with transaction.atomic(), acting_as(who.id):
                assert ALL_NOTES.all() == [note]
                with as_service():
                    assert len(ALL_NOTES.all()) == 2
                assert ALL_NOTES.all() == [note]

    def test_a_session_is_asked_for_by_its_owner_alone(self, both):
        (who, _), (other, _) = both
        session = DeviceSession.objects.create(
            user=who, refresh_token_hash="0" * 64, last_used_at=timezone.now(), expires_at=timezone.now()
        )
        by_id = Prepared(lambda id: DeviceSession.objects.filter(id=id).select_related("user"))

        def found(viewer):
            with transaction.atomic(), acting_as(viewer.id):
                return by_id.first(id=session.id)

        assert [(found(who), found(other)) for _ in range(6)] == [(session, None)] * 6
