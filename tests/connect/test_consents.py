from datetime import timedelta

import pytest

from config.errors import Invalid
from connect.enums import Purpose
from connect.models import ConnectProfile, Consent
from connect.services import consents
from connect.signals import birth_changed, consent_revoked, profile_changed
from connect.vectors import VALUES
from tests.connect.overlap import overlap
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# The login role; savepoint, role, session, the rows, role back, savepoint; the login role back.
LIST_QUERIES = 8


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def heard():
    """What the signals of people told while the test ran."""
    told = []

    def listen(signal, name, answer=None):
        def receive(sender, **facts):
            facts.pop("signal")
            told.append((name, facts))
            return answer

        signal.connect(receive, weak=False)
        undo.append((signal, receive))

    undo = []
    listen.told = told
    yield listen
    for signal, receive in undo:
        signal.disconnect(receive)


def grant(user, purpose=Purpose.MATCHING, *, now):
    return consents.grant(user_id=user.id, purpose=purpose, version="v1", now=now)


def test_a_grant_is_a_live_row(user, now):
    grant(user, now=now)
    assert Consent.objects.allows(user.id, Purpose.MATCHING)


def test_granting_twice_is_one_row(user, now):
    assert grant(user, now=now) == grant(user, now=now + timedelta(days=1))
    assert Consent.objects.filter(user=user).count() == 1


def test_a_new_version_ends_the_old_row(user, now, settings):
    settings.CONSENT_VERSIONS = {"v1", "v2"}
    old = grant(user, now=now)
    new = consents.grant(user_id=user.id, purpose=Purpose.MATCHING, version="v2", now=now)
    old.refresh_from_db()
    assert (old.revoked_at, new.revoked_at, new.version) == (now, None, "v2")


def test_an_unknown_version_is_refused(user, now):
    with pytest.raises(Invalid) as refused:
        consents.grant(user_id=user.id, purpose=Purpose.MATCHING, version="v0", now=now)
    assert refused.value.code == "unknown_consent_version"
    assert not Consent.objects.exists()


@pytest.mark.parametrize("purpose", [Purpose.ASTROLOGY, Purpose.HUMAN_DESIGN])
def test_what_is_computed_from_birth_is_told_once(user, now, heard, purpose):
    heard(birth_changed, "birth")
    grant(user, purpose, now=now)
    grant(user, purpose, now=now)
    assert heard.told == [("birth", {"user_id": user.id, "now": now})]


def test_other_purposes_do_not_touch_birth(user, now, heard):
    heard(birth_changed, "birth")
    grant(user, Purpose.MATCHING, now=now)
    assert heard.told == []


def test_revoking_ends_the_row_and_a_new_grant_is_a_new_row(user, now):
    grant(user, now=now)
    consents.revoke(user_id=user.id, purpose=Purpose.MATCHING, now=now)
    assert not Consent.objects.allows(user.id, Purpose.MATCHING)
    grant(user, now=now)
    assert Consent.objects.filter(user=user).count() == 2


def test_revoking_sums_what_receivers_deleted(user, now, heard):
    heard(consent_revoked, "first", {"charts": 1})
    heard(consent_revoked, "second", {"charts": 2, "pictures": 3})
    heard(consent_revoked, "third", None)
    grant(user, Purpose.FACE_ANALYSIS, now=now)
    deleted = consents.revoke(user_id=user.id, purpose=Purpose.FACE_ANALYSIS, now=now)
    assert (deleted["charts"], deleted["pictures"]) == (3, 3)


def test_revoking_tells_whose_what_and_when(user, now, heard):
    heard(consent_revoked, "revoked")
    grant(user, Purpose.ASTROLOGY, now=now)
    consents.revoke(user_id=user.id, purpose=Purpose.ASTROLOGY, now=now)
    assert heard.told == [("revoked", {"user_id": user.id, "purpose": Purpose.ASTROLOGY, "now": now})]


def test_revoking_what_was_not_given_tells_nobody(user, now, heard):
    heard(consent_revoked, "revoked")
    assert consents.revoke(user_id=user.id, purpose=Purpose.MATCHING, now=now) == {}
    assert heard.told == []


def test_revoking_matching_empties_the_pool_profile(user, now):
    grant(user, now=now)
    ConnectProfile.objects.update_or_create(
        user=user,
        defaults={
            "is_active": True,
            "values_vector": [0.5] * len(VALUES),
            "emotional_readiness_score": 80,
            "vector_version": "vectors-v1",
        },
    )
    deleted = consents.revoke(user_id=user.id, purpose=Purpose.MATCHING, now=now)
    profile = ConnectProfile.objects.get(user=user)
    assert deleted["vectors"] == 2
    assert (profile.is_active, profile.values_vector, profile.emotional_readiness_score) == (
        False,
        None,
        None,
    )
    assert profile.vector_version == ""


def test_revoking_matching_takes_out_of_the_pool(user, now, heard):
    heard(profile_changed, "profile")
    grant(user, now=now)
    consents.revoke(user_id=user.id, purpose=Purpose.MATCHING, now=now)
    assert heard.told == [("profile", {"user_id": user.id, "active": False, "now": now})]


def test_revoking_another_purpose_leaves_the_pool_profile(user, now):
    profile, _ = ConnectProfile.objects.update_or_create(user=user, defaults={"is_active": True})
    grant(user, Purpose.ANALYTICS, now=now)
    consents.revoke(user_id=user.id, purpose=Purpose.ANALYTICS, now=now)
    profile.refresh_from_db()
    assert profile.is_active


def test_the_ledger_is_read_and_written_over_the_api(user, api):
    client = api(user)
    granted = client.post("/api/consents", {"purpose": "matching", "version": "v1", "granted": True})
    assert granted.json() == {"purpose": "matching", "granted": True, "deleted": {}}
    [row] = client.get("/api/consents").json()["results"]
    assert (row["purpose"], row["version"], row["revoked_at"]) == ("matching", "v1", None)


def test_taking_back_over_the_api_says_what_was_deleted(user, api, now):
    grant(user, now=now)
    reply = api(user).post("/api/consents", {"purpose": "matching", "version": "v1", "granted": False})
    assert reply.json()["granted"] is False
    assert reply.json()["deleted"]["vectors"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "v0"}, "unknown_consent_version"),
        ({"purpose": "everything"}, "invalid_choice"),
        ({"extra": 1}, "unknown_field"),
        ({"granted": None}, "invalid"),
    ],
)
def test_bad_consents_are_refused(user, api, change, code):
    body = {"purpose": "matching", "version": "v1", "granted": True} | change
    reply = api(user).post("/api/consents", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not Consent.objects.exists()


def test_taking_back_does_not_depend_on_the_version(user, api, now):
    grant(user, now=now)
    reply = api(user).post("/api/consents", {"purpose": "matching", "version": "v0", "granted": False})
    assert (reply.status_code, reply.json()["granted"]) == (200, False)
    assert not Consent.objects.allows(user.id, Purpose.MATCHING)


def test_nobody_sees_anothers_ledger(user, api, now):
    grant(user, now=now)
    assert api(UserFactory()).get("/api/consents").json()["results"] == []


def test_the_ledger_takes_a_fixed_number_of_queries(user, api, now, django_assert_num_queries):
    for purpose in Purpose:
        grant(user, purpose, now=now)
    client = api(user)
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/api/consents")


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_are_one_row(user, now):
    overlap(lambda: grant(user, now=now), lambda: grant(user, now=now))
    assert Consent.objects.filter(user=user).count() == 1
