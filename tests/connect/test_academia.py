"""Which addresses may sign up where only those of schools may."""

import pytest
from constance import config
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.models import OutgoingMail, PendingRegistration
from connect.services.academia import is_academic
from tests.connect.test_registrations import register
from tests.factories import UserFactory

ELSEWHERE = ["uni-example.de"]


@pytest.mark.parametrize(
    "email",
    [
        "a@tech.edu",
        "a@cs.tech.edu",
        "a@TECH.EDU",
        "a@ox.ac.uk",
        "a@maths.ox.ac.uk",
        "a@sydney.edu.au",
        "a@uni-example.de",
        "a@physics.uni-example.de",
    ],
)
def test_an_address_of_a_school(email):
    assert is_academic(email, ELSEWHERE)


@pytest.mark.parametrize(
    "email",
    [
        "a@gmail.com",
        "edu@gmail.com",
        "a@edu.com",
        "a@tech.edu.example.com",
        "a@fakeedu",
        "a@notreallyedu.com",
        "a@tech.edu.info",
        "a@mac.com",
        "a@lilac.uk",
        "a@not-uni-example.de",
        "a@uni-example.de.evil.com",
    ],
)
def test_an_address_of_no_school(email):
    assert not is_academic(email, ELSEWHERE)


def test_anybody_signs_up_unless_it_is_turned_off(api, db):
    assert register(api(), "a@gmail.com").status_code == 202


@pytest.mark.parametrize("known", [True, False])
def test_turned_off_an_address_of_no_school_is_refused_known_or_not(api, db, known):
    config.allow_non_edu_emails = False
    if known:
        UserFactory(email="a@gmail.com")
    reply = register(api(), "a@gmail.com")
    assert (reply.status_code, reply.json()["code"]) == (400, "email_not_academic")
    assert (PendingRegistration.objects.exists(), OutgoingMail.objects.exists()) == (False, False)


def test_turned_off_a_refusal_costs_the_same_known_or_not(api, db):
    config.allow_non_edu_emails = False
    UserFactory(email="known@gmail.com")
    register(api(), "first@gmail.com")  # what is turned on is looked up once a while
    counts = []
    for email in ("known@gmail.com", "unknown@gmail.com"):
        with CaptureQueriesContext(connection) as queries:
            register(api(), email)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_turned_off_an_address_of_a_school_signs_up(api, db):
    config.allow_non_edu_emails = False
    assert register(api(), "a@tech.edu").status_code == 202


def test_further_schools_can_be_named(api, db):
    config.allow_non_edu_emails, config.academic_domains = False, "Uni-Example.de else.example"
    assert [register(api(), f"a@{domain}").status_code for domain in ("uni-example.de", "other.de")] == [202, 400]
