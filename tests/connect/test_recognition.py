"""A blocked person who comes back under another account is blocked again, and cannot tell."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from connect import contacts
from connect.models import Consent, User
from matching.models import Match
from matching.services import runs
from safety.enums import BlockSource
from safety.models import AuditLog, Block, BlockedIdentity
from safety.services import blocks, recognition
from tests.connect.overlap import overlap
from tests.connect.test_registrations import confirm, mailed_code, signed_up
from tests.connect.test_registrations import register as sign_up
from tests.factories import UserFactory
from tests.matching.builders import person as pooled

EMAIL = "ben.blocked@maitribe.example"
PHONE = "+4915112345678"


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("ben@maitribe.example", "ben@maitribe.example"),
        ("Ben@MaiTribe.Example", "ben@maitribe.example"),
        ("ben+dates@maitribe.example", "ben@maitribe.example"),
        ("ben+a+b@maitribe.example", "ben@maitribe.example"),
        ("+ben@maitribe.example", "+ben@maitribe.example"),
        ("b.e.n@maitribe.example", "b.e.n@maitribe.example"),
        ("b.e.n@gmail.com", "ben@gmail.com"),
        ("B.en+x.y@GoogleMail.com", "ben@gmail.com"),
        ("ben@gmail.com.example", "ben@gmail.com.example"),
    ],
)
def test_an_address_is_folded_to_its_mailbox(given, folded):
    assert contacts.fold(given) == folded


def register(api: Any, email: str) -> User:
    registration = sign_up(api(), email).json()["registration_id"]
    reply = confirm(api(), registration, mailed_code(email.lower()))
    assert reply.status_code == 201
    return User.objects.get(id=reply.json()["user_id"])


def block(by: User, other: User, now: Any, alias: str = "Quiet Fox") -> Block:
    return blocks.block(by=by.id, other=other.id, source=BlockSource.MANUAL, now=now, alias=alias)


def erase(user: User) -> None:
    user.delete()


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (EMAIL, EMAIL),
        (EMAIL, EMAIL.upper()),
        (EMAIL, "ben.blocked+new@maitribe.example"),
        ("b.en+one@gmail.com", "be.n@googlemail.com"),
    ],
    ids=["same", "case", "tag", "dots"],
)
def test_who_signs_up_again_after_erasure_is_blocked_again(api, ada, now, before, after):
    ben = register(api, before)
    block(ada, ben, now)
    erase(ben)
    again = register(api, after)
    assert Block.objects.between(ada.id, again.id).exists()


def test_who_has_a_second_account_beside_the_first_is_blocked_there_too(api, ada, now):
    block(ada, register(api, "ben@gmail.com"), now)
    assert Block.objects.between(ada.id, register(api, "b.e.n@gmail.com").id).exists()


@pytest.mark.parametrize("other", ["else@maitribe.example", "benblocked@maitribe.example", "ben.blocked@gmail.com"])
def test_somebody_else_is_not(api, ada, now, other):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    erase(ben)
    assert not Block.objects.between(ada.id, register(api, other).id).exists()


def test_nobody_else_is_kept_from_them(api, ada, now):
    block(ada, register(api, EMAIL), now)
    assert not Block.objects.between(UserFactory().id, register(api, f"{EMAIL}x").id).exists()


def test_a_number_recognises_whoever_confirms_it(api, ada, now):
    ben = UserFactory(phone=PHONE)
    block(ada, ben, now)
    erase(ben)
    again = register(api, EMAIL)
    assert not Block.objects.between(ada.id, again.id).exists()
    number(again, PHONE, now)
    assert Block.objects.between(ada.id, again.id).exists()


def number(user: User, phone: str, now: Any) -> None:
    """As whatever confirms a number does: in one transaction."""
    with transaction.atomic():
        User.objects.filter(id=user.id).update(phone=phone)
        recognition.recognise(user_id=user.id, now=now)


def test_what_a_blocked_person_is_reached_by_later_is_kept_too(api, ada, now):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    number(ben, PHONE, now)
    erase(ben)
    again = UserFactory(phone=PHONE)
    recognition.recognise(user_id=again.id, now=now)
    assert Block.objects.between(ada.id, again.id).exists()


def test_what_they_bring_along_leads_on_to_the_next_account(api, ada, now):
    first = register(api, EMAIL)
    block(ada, first, now)
    erase(first)
    second = register(api, EMAIL)
    number(second, PHONE, now)
    erase(second)
    third = register(api, "third@maitribe.example")
    number(third, PHONE, now)
    assert Block.objects.between(ada.id, third.id).exists()


def test_every_block_is_carried_over_once(api, now):
    ben, people = register(api, EMAIL), [UserFactory() for _ in range(3)]
    for person in people:
        block(person, ben, now)
    erase(ben)
    again = register(api, EMAIL)
    recognition.recognise(user_id=again.id, now=now)
    assert set(Block.objects.filter(blocked=again).values_list("blocker", flat=True)) == {p.id for p in people}
    assert AuditLog.objects.filter(action="block_carried_over").count() == 3


def test_only_hashes_are_kept(api, ada, now):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    (kept,) = BlockedIdentity.objects.all()
    assert (len(kept.digest), "ben" in kept.digest, ben.id.hex in kept.digest) == (64, False, False)


def test_the_author_still_sees_one_block_by_the_name_they_knew(api, ada, now):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    erase(ben)
    register(api, EMAIL)
    (shown,) = api(ada).get("/api/blocks").json()["results"]
    assert shown["alias"] == "Quiet Fox"


def test_lifting_it_lifts_it_from_all_accounts(api, ada, now):
    ben = register(api, EMAIL)
    made = block(ada, ben, now)
    erase(ben)
    again = register(api, EMAIL)
    assert api(ada).delete(f"/api/blocks/{made.id}").status_code == 204
    assert not Block.objects.between(ada.id, again.id).exists()
    assert not BlockedIdentity.objects.exists()
    assert not Block.objects.between(ada.id, register(api, "ben.blocked+third@maitribe.example").id).exists()


def test_a_carried_block_is_not_lifted_by_itself(api, ada, now):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    erase(ben)
    carried = Block.objects.get(blocked=register(api, EMAIL))
    assert api(ada).delete(f"/api/blocks/{carried.id}").status_code == 404


def test_with_the_author_gone_nothing_is_carried_over(api, ada, now):
    ben = register(api, EMAIL)
    block(ada, ben, now)
    erase(ben), erase(ada)
    register(api, EMAIL)
    assert not Block.objects.exists()
    assert not BlockedIdentity.objects.exists()


def test_nobody_is_blocked_by_themselves(api, now):
    ben = register(api, "ben@gmail.com")
    other = UserFactory(email="b.en@gmail.com")
    block(other, ben, now)
    recognition.recognise(user_id=other.id, now=now)
    assert not Block.objects.filter(blocked=other).exists()


def test_signing_up_takes_the_same_queries_whether_one_was_blocked_or_not(api, ada, now):
    for person in (ada, UserFactory(), UserFactory()):
        ben = UserFactory(email=EMAIL)
        block(person, ben, now)
        erase(ben)
    counts, answers = [], []
    for email in (EMAIL, "new@maitribe.example"):
        registration = signed_up(api(), email=email)
        with CaptureQueriesContext(connection) as queries:
            reply = confirm(api(), *registration)
        counts.append(len(queries))
        answers.append((reply.status_code, set(reply.json())))
    assert counts[0] == counts[1]
    assert answers[0] == answers[1]
    assert Block.objects.filter(blocked__email=EMAIL).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_block_that_is_lifted_meanwhile_is_not_carried_over(now):
    ada, ben = UserFactory(), UserFactory(email=EMAIL)
    made = block_committed(ada, ben, now)
    erase(ben)
    again = UserFactory(email=EMAIL)
    overlap(
        lambda: blocks.lift(block_id=made.id, by=ada.id),
        lambda: recognition.recognise(user_id=again.id, now=now),
    )
    assert not Block.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_block_that_is_being_carried_over_is_lifted_with_it(now):
    ada, ben = UserFactory(), UserFactory(email=EMAIL)
    made = block_committed(ada, ben, now)
    erase(ben)
    again = UserFactory(email=EMAIL)
    overlap(
        lambda: recognition.recognise(user_id=again.id, now=now),
        lambda: blocks.lift(block_id=made.id, by=ada.id),
    )
    assert not Block.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_recognised_twice_at_once_it_is_one_block(now):
    ada, ben = UserFactory(), UserFactory(email=EMAIL)
    block_committed(ada, ben, now)
    erase(ben)
    again = UserFactory(email=EMAIL)

    def recognise(_: int) -> None:
        try:
            with transaction.atomic():
                recognition.recognise(user_id=again.id, now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(recognise, range(4)))
    assert Block.objects.filter(blocked=again).count() == 1


def block_committed(by: User, other: User, now: Any) -> Block:
    with transaction.atomic():
        return block(by, other, now)


def in_pool(user: User, now: Any) -> User:
    twin = pooled(now, chart=False)
    for row in (twin.profile, twin.connect_profile, *Consent.objects.filter(user=twin)):
        type(row).objects.filter(id=row.id).update(user=user)
    return user


def run(now: Any) -> list[Match]:
    runs.request(now=now)
    runs.run_requested(now=now)
    return list(Match.objects.all())


def test_a_run_goes_on_over_blocks_of_the_erased_and_proposes_nobody_who_came_back(api, now):
    ada, ben = pooled(now, chart=False), register(api, EMAIL)
    block(ada, ben, now)
    erase(ben)
    in_pool(register(api, EMAIL), now)
    assert run(now) == []


def test_without_a_block_the_two_are_proposed_to_each_other(api, now):
    ada = pooled(now, chart=False)
    ben = in_pool(register(api, EMAIL), now)
    (match,) = run(now)
    assert {match.user_a_id, match.user_b_id} == {ada.id, ben.id}
