"""Identity proved with papers: whose word is taken, what is kept, what cannot be changed afterwards."""

import time
from datetime import date, timedelta
from uuid import uuid4

import jwt
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from connect import id_tokens
from connect.gov_ids import SandboxVerifier
from connect.models import Profile, VerificationSignal
from connect.services import verifications
from safety.models import AuditLog
from tests.connect.provider import standing_in
from tests.connect.test_id_tokens import ISSUER, KEY, OTHER_KEY, OURS, key_set, public
from tests.connect.test_id_tokens import token as signed_by_them
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PATH = "/api/profile/gov_id"


@pytest.fixture
def user():
    return UserFactory(person=True)


def token(user, reference="papers-1", **further):
    return SandboxVerifier.token(user_id=user.id, reference=reference, now=timezone.now(), **further)


def prove(api, user, *given, **further):
    return api(user).post(PATH, {"token": token(user, *given, **further)})


def code(reply):
    return reply.status_code, reply.json()["code"]


def kept(user):
    return VerificationSignal.objects.filter(user=user, kind="gov_id").values_list("reference", flat=True).first()


def test_it_is_proved_and_only_a_reference_is_kept(user, api):
    reply = prove(api, user)
    assert (reply.status_code, reply.json()["locked"]) == (200, ["name", "birth_date", "gender"])
    assert kept(user) == "gov-id-sandbox papers-1"
    assert AuditLog.objects.filter(action="gov_id_verified", entity_id=user.id).exists()


def test_proved_again_it_is_once(user, api):
    assert [prove(api, user).status_code for _ in range(2)] == [200, 200]
    assert VerificationSignal.objects.filter(user=user).count() == 1


def test_papers_are_those_of_one_account(user, api):
    other = UserFactory(person=True)
    prove(api, user)
    assert code(prove(api, other)) == (409, "gov_id_in_use")
    assert prove(api, other, "papers-2").status_code == 200


def test_the_birth_date_of_the_papers_has_to_be_that_of_the_profile(user, api):
    assert code(prove(api, user, birthdate="1990-01-01")) == (400, "gov_id_mismatch")
    assert kept(user) is None
    assert prove(api, user, birthdate="1992-05-17").status_code == 200


@pytest.mark.parametrize("name, empty", [("name", ""), ("birth_date", None), ("gender", "")])
def test_what_will_be_locked_has_to_be_told_first(user, api, name, empty):
    Profile.objects.filter(user=user).update(**{name: empty})
    reply = prove(api, user)
    assert (code(reply), reply.json()["details"]) == ((409, "profile_incomplete"), {"missing": [name]})


def test_a_token_made_for_another_proves_nothing(user, api):
    found = token(UserFactory())
    assert code(api(user).post(PATH, {"token": found})) == (400, "gov_id_token_invalid")


def signed(user, key, **changed):
    now = int(time.time())
    whole = {"iss": "gov-id-sandbox", "aud": "gov-id-sandbox", "sub": "p", "nonce": str(user.id), "iat": now}
    return jwt.encode({**whole, "exp": now + 60, **changed}, key, algorithm="HS256")


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"iss": "somebody"},
        {"aud": "maitribe-connect"},
        {"nonce": None},
        {"sub": ""},
        {"sub": "a\0b"},
        {"birthdate": "yesterday"},
        {"birthdate": 5},
    ],
    ids=lambda changed: "-".join(map(str, changed.items())).replace("\0", "nul"),
)
def test_a_token_that_is_not_good_is_refused(user, api, settings, changed):
    assert api(user).post(PATH, {"token": signed(user, settings.SIGNING_KEY)}).status_code == 200
    VerificationSignal.objects.all().delete()
    bad = signed(user, settings.SIGNING_KEY, **changed)
    assert code(api(user).post(PATH, {"token": bad})) == (400, "gov_id_token_invalid")
    assert kept(user) is None


@pytest.mark.parametrize("bad", ["x", "a.b.c"])
def test_what_is_no_token_is_refused(user, api, bad):
    assert code(api(user).post(PATH, {"token": bad})) == (400, "gov_id_token_invalid")


def test_one_of_another_key_is_refused(user, api):
    bad = signed(user, "somebody else's key, long enough")
    assert code(api(user).post(PATH, {"token": bad})) == (400, "gov_id_token_invalid")


def test_a_hosted_service_that_is_not_set_up_is_not_offered(user, api, settings):
    settings.GOV_ID_VERIFIER = "connect.gov_ids.OidcVerifier"
    assert code(prove(api, user)) == (404, "provider_off")


# By a hosted service, whose keys are fetched over HTTP.


@pytest.fixture
def hosted(settings):
    id_tokens._keys.cache_clear()
    with standing_in(key_set(public(KEY, "one"))) as stand_in:
        settings.GOV_ID_VERIFIER = "connect.gov_ids.OidcVerifier"
        settings.GOV_ID = {"keys": stand_in.url, "issuers": [ISSUER], "audiences": [OURS], "algorithms": ["RS256"]}
        yield stand_in


def told_by_them(user, **changes):
    return signed_by_them(**{"sub": "papers-9", "nonce": str(user.id), "birthdate": "1992-05-17", **changes})


def test_the_word_of_a_hosted_service_is_taken(user, api, hosted):
    assert api(user).post(PATH, {"token": told_by_them(user)}).status_code == 200
    assert (kept(user), len(hosted.asked)) == (f"{ISSUER} papers-9", 1)


@pytest.mark.parametrize("changed", [{"key": OTHER_KEY}, {"aud": "another"}, {"nonce": "another"}, {"exp": 1}])
def test_a_word_that_is_not_theirs_or_not_for_this_is_refused(user, api, hosted, changed):
    assert code(api(user).post(PATH, {"token": told_by_them(user, **changed)})) == (400, "gov_id_token_invalid")


def test_a_token_of_the_sandbox_is_none_there(user, api, hosted):
    assert code(prove(api, user)) == (400, "gov_id_token_invalid")


def test_while_their_keys_cannot_be_had_it_is_to_be_tried_again(user, api, hosted):
    hosted.status = 500
    assert code(api(user).post(PATH, {"token": told_by_them(user)})) == (503, "unavailable")


# Afterwards.


@pytest.mark.parametrize("name, other", [("name", "Otto"), ("birth_date", "1991-01-01"), ("gender", "male")])
def test_what_was_proved_cannot_be_changed(user, api, name, other):
    prove(api, user)
    reply = api(user).patch("/api/profile", {name: other, "city": "Hamburg", "country": "DE"})
    assert (code(reply), reply.json()["details"]) == ((409, "identity_locked"), {"fields": [name]})
    assert Profile.objects.get(user=user).city == "Berlin"


@pytest.mark.parametrize("name, other", [("name", "Otto"), ("birth_date", "1991-01-01"), ("gender", "male")])
def test_before_it_was_it_can(user, api, name, other):
    assert api(user).patch("/api/profile", {name: other}).json()[name] == other


def test_the_rest_can_be_changed(user, api):
    prove(api, user)
    profile = Profile.objects.get(user=user)
    same = {"name": profile.name, "gender": profile.gender, "birth_date": "1992-05-17"}
    assert api(user).patch("/api/profile", {**same, "nickname": "Heron"}).json()["nickname"] == "Heron"


@pytest.mark.parametrize("name, other", [("name", "Otto"), ("birth_date", date(1991, 1, 1)), ("gender", "male")])
def test_postgresql_refuses_it_too(user, api, name, other):
    prove(api, user)
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Profile.objects.filter(user=user).update(**{name: other})
    assert Profile.objects.filter(user=user).update(nickname="Heron") == 1


def test_when_the_proof_is_forgotten_it_can_be_changed_again(user, api):
    prove(api, user)
    verifications.forget(user_id=user.id)
    assert api(user).patch("/api/profile", {"name": "Otto"}).status_code == 200


def test_of_somebody_else_it_says_nothing(user, api):
    prove(api, user)
    assert api(UserFactory(person=True)).patch("/api/profile", {"name": "Otto"}).status_code == 200


def test_it_is_tried_ten_times_a_day(user, api):
    client = api(user)
    assert [client.post(PATH, {"token": str(uuid4())}).status_code for _ in range(11)] == [400] * 10 + [429]


def test_an_old_token_is_refused(user, api):
    old = SandboxVerifier.token(user_id=user.id, reference="p", now=timezone.now() - timedelta(hours=1))
    assert code(api(user).post(PATH, {"token": old})) == (400, "gov_id_token_invalid")
