"""Row security as the web's real login meets it, over connections of its own (fault 8)."""

import os
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg_pool import ConnectionPool

from connect.models import User
from tests.safety.rows import fill, person
from tests.safety.test_row_security import READABLE, TABLES, label, own


@pytest.fixture
def committed(transactional_db):
    me, partner = person(), person()
    return SimpleNamespace(me=me, partner=partner, rows=fill(me, partner))


@pytest.fixture
def login():
    """How the web process logs in to the test database."""
    settings = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=settings["HOST"],
        port=settings["PORT"],
        dbname=settings["NAME"],
        user="connect_web",
        password=os.environ["DATABASE_WEB_PASSWORD"],
    )


def count_in(web, model):
    return web.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(model._meta.db_table))).fetchone()[0]


def become(web, user):
    web.execute("SET LOCAL ROLE connect_client")
    web.execute("SELECT set_config('app.user_id', %s, true)", [str(user.id)])


def test_outside_a_role_the_web_reads_no_table(committed, login):
    with psycopg.connect(login, autocommit=True) as web:
        for model in TABLES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                count_in(web, model)


def test_as_a_client_the_web_reads_the_persons_own_rows(committed, login):
    with psycopg.connect(login) as web:
        become(web, committed.me)
        read = {model: count_in(web, model) for model in READABLE}
    assert read == {model: len(own(model, committed.me, committed.rows[model])) for model in READABLE}


def test_a_connection_left_by_a_client_shows_nothing_to_the_next(committed, login):
    with psycopg.connect(login) as web:
        become(web, committed.me)
        web.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            count_in(web, User)


def test_a_pooled_connection_left_in_a_broken_transaction_shows_nothing(committed, login):
    with ConnectionPool(login, min_size=1, max_size=1, open=True) as pool:
        with pytest.raises(psycopg.errors.DivisionByZero), pool.connection() as web:
            become(web, committed.me)
            web.execute("SELECT 1/0")
        with pool.connection() as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
            count_in(web, User)


def test_a_person_left_on_record_for_the_session_shows_nothing_to_nobody(committed, login):
    with psycopg.connect(login) as web:
        web.execute("SELECT set_config('app.user_id', %s, false)", [str(committed.me.id)])
        web.commit()
        web.execute("SET LOCAL ROLE connect_client")
        web.execute("SELECT set_config('app.user_id', '', true)")
        assert count_in(web, User) == 0


@label("role", ["connect_owner", "connect_worker", "postgres"])
def test_the_web_cannot_take_another_role(transactional_db, login, role):
    with (
        psycopg.connect(login) as web,
        pytest.raises(psycopg.Error, match=r"permission denied|does not exist"),
    ):
        web.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
