"""What reveals tell: written once, of what may be told, and gone with the consent or the person."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from connect.models import Consent, Notification, OffLimitsTopic, Profile
from connect.services import consents
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from streaks.models import MilestoneReveal, RevealContent, RevealJob
from streaks.services import contents, purchases
from tests.connect.provider import standing_in
from tests.factories import ConsentFactory, ProfileFactory
from tests.streaks.builders import at, both, end, person, streak
from tests.streaks.paying import balance, converted, purchase, settle, tells, tier
from tests.streaks.test_writers import completion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("milestones")]
NOW = at(2, 13)


@pytest.fixture
def made():
    """ "low" reads; "high", who is told of, has answered everything."""
    made = streak()
    subject = person(made, "high")
    ProfileFactory(user_id=person(made, "low"), languages=["en"])
    ProfileFactory(user_id=subject, name="Olga Oster", nickname="Otterlein", city="Berlin")
    tells(made, "high")
    return made


def unlock(made, number=1):
    purchase(made, number=number)
    settle(NOW)
    contents.write_due(now=NOW)
    return MilestoneReveal.objects.get(user=person(made, "low"), number=number)


def earned(made, number=1):
    """A reveal of "low" that waits for its content, and that nobody paid for."""
    reveal = MilestoneReveal.objects.create(streak=made, user_id=person(made, "low"), number=number)
    MilestoneReveal.objects.filter(id=reveal.id).update(status="earned")
    RevealJob.objects.create(reveal=reveal, due_at=NOW)
    return reveal


def told(made, number=1):
    return unlock(made, number).content.content["text"]


@pytest.mark.parametrize(
    "number, words",
    [
        (1, "music, hiking and art"),
        (2, "honesty"),
        (3, "deep conversation, a word every week and answers in their own time"),
        (4, "company of any size and friendships that last"),
    ],
)
def test_each_number_tells_of_something_else(made, number, words):
    assert words in told(made, number)


def test_none_tells_what_a_card_has_shown(made):
    assert not [number for number in (1, 2, 3, 4) if "Kites" in told(made, number)]


def test_it_is_told_in_the_language_of_who_reads(made):
    Profile.objects.filter(user=person(made, "low")).update(languages=["de"])
    assert "Musik" in told(made)
    assert Notification.objects.get(type="reveal_unlocked").title == "Etwas Neues über dein Gegenüber"


def test_unlocking_tells_its_person_alone(made):
    reveal = unlock(made)
    assert (reveal.status, reveal.unlocked_at) == ("unlocked", NOW)
    assert [note.user_id for note in Notification.objects.filter(type="reveal_unlocked")] == [reveal.user_id]
    assert not RevealJob.objects.exists()


def test_what_either_does_not_want_to_meet_is_left_out(made):
    OffLimitsTopic.objects.create(user_id=person(made, "low"), topic_key="music")
    OffLimitsTopic.objects.create(user_id=person(made, "high"), topic_key="art")
    text = told(made)
    assert "hiking" in text
    assert not {"music", "art"} & set(text.replace(".", "").split())


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_without_consent_nothing_asked_for_matching_is_told(made, number):
    Consent.objects.all().delete()
    earned(made, number)
    contents.write_due(now=NOW)
    assert "ask them about it" in RevealContent.objects.get().content["text"]


def test_a_consent_taken_back_deletes_what_was_told_of_one(made):
    both(made, *range(1, 16))
    contents.write_due(now=at(15, 13))
    with transaction.atomic():
        gone = consents.revoke(user_id=person(made, "high"), purpose="matching", now=NOW)
    assert gone["reveals"] == 4
    left = RevealContent.objects.filter(subject=person(made, "high"))
    assert [content.reveal.number for content in left] == [5]


def test_a_readers_own_consent_changes_nothing(made):
    ConsentFactory(user_id=person(made, "low"))
    unlock(made, 1)
    with transaction.atomic():
        consents.revoke(user_id=person(made, "low"), purpose="matching", now=NOW)
    assert RevealContent.objects.count() == 1


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something happen while a text is being written, and write."""
    framed = contents.frame

    def write(happens):
        def slow(*known):
            happens()
            return framed(*known)

        with monkeypatch.context() as slower:
            slower.setattr(contents, "frame", slow)
            contents.write_due(now=NOW)

    return write


def test_a_consent_taken_back_while_it_is_written_is_heeded(made, meanwhile):
    earned(made)
    meanwhile(Consent.objects.all().delete)
    assert (RevealContent.objects.count(), RevealJob.objects.count()) == (0, 1)
    contents.write_due(now=NOW)
    assert "ask them about it" in RevealContent.objects.get().content["text"]


def given_back(made):
    """Whether the reveal that "low" paid for is locked again, and the payment credits."""
    statuses = list(MilestoneReveal.objects.values_list("status", "payment"))
    return (statuses, balance(made, "low"), RevealContent.objects.count()) == ([("locked", None)], 299, 0)


@pytest.fixture
def paid(made):
    payment = purchase(made)
    settle(NOW)
    return payment


def test_what_was_paid_for_and_tells_nothing_becomes_credits(made, paid):
    Consent.objects.all().delete()
    contents.write_due(now=NOW)
    assert given_back(made)
    assert Notification.objects.get(type="credits_granted").message == "A payment of yours has become credits."


def test_what_was_given_back_can_be_bought_again(made, paid):
    Consent.objects.all().delete()
    contents.write_due(now=NOW)
    ConsentFactory(user_id=person(made, "high"))
    assert unlock(made).status == "unlocked"


def test_a_payment_told_of_again_after_it_was_given_back_opens_nothing(made, paid):
    Consent.objects.all().delete()
    contents.write_due(now=NOW)
    purchases.settled(payment=paid, now=NOW)
    assert given_back(made)
    assert converted(made, "low").count() == 1


def test_what_was_paid_for_and_is_not_written_any_more_becomes_credits(made, paid):
    end(made, "high", NOW)
    contents.write_due(now=NOW)
    assert given_back(made)


@pytest.mark.parametrize("parting", ["end", "block"])
def test_who_parts_while_it_is_written_is_not_told_of(made, paid, meanwhile, parting):
    people = {"blocker_id": person(made, "high"), "blocked_id": person(made, "low")}
    block = lambda: Block.objects.create(**people, source=BlockSource.MANUAL, alias="Someone")  # noqa: E731
    meanwhile(block if parting == "block" else lambda: end(made, "high", NOW))
    assert given_back(made)
    assert not Notification.objects.filter(type="reveal_unlocked").exists()


def test_it_is_written_once(made):
    reveal = unlock(made)
    with as_service():
        RevealJob.objects.create(reveal=reveal, due_at=NOW)
    contents.write_due(now=NOW)
    assert (RevealContent.objects.count(), RevealJob.objects.count()) == (1, 0)


def test_what_a_killed_worker_had_claimed_is_written_when_its_claim_ends(made):
    purchase(made)
    settle(NOW)
    RevealJob.objects.update(claimed_until=NOW + contents.CLAIM)
    assert (contents.write_due(now=NOW), RevealContent.objects.count()) == (0, 0)
    assert contents.write_due(now=NOW + contents.CLAIM + timedelta(seconds=1)) == 1
    assert RevealContent.objects.count() == 1


def test_one_that_fails_is_written_when_its_claim_ends(made, monkeypatch):
    purchase(made)
    settle(NOW)
    with monkeypatch.context() as broken:
        broken.setattr(contents, "frame", lambda *known: 1 / 0)
        assert (contents.write_due(now=NOW), RevealContent.objects.count()) == (1, 0)
    assert contents.write_due(now=NOW + contents.CLAIM + timedelta(seconds=1)) == 1
    assert RevealContent.objects.count() == 1


def test_of_who_has_parted_nothing_is_written(made):
    purchase(made)
    settle(NOW)
    end(made, "high", NOW)
    contents.write_due(now=NOW)
    assert (RevealContent.objects.count(), RevealJob.objects.count()) == (0, 0)


def test_no_transaction_is_open_while_a_model_is_asked(made, monkeypatch):
    seen = []
    framed = contents.frame
    depth = len(connection.savepoint_ids)

    def watching(*known):
        seen.append(len(connection.savepoint_ids) - depth)
        return framed(*known)

    monkeypatch.setattr(contents, "frame", watching)
    unlock(made)
    assert seen == [0]


@pytest.fixture
def model(settings):
    with standing_in() as stand_in:
        settings.REVEAL_WRITER, settings.OPENAI_URL = "openai", stand_in.url
        settings.OPENAI_KEY, settings.OPENAI_MODEL = "key-of-ours", "some-model"
        yield stand_in


def test_the_text_of_a_model_is_kept_as_its(made, model):
    model.answer = completion("Some song is never far.")
    reveal = unlock(made)
    assert (reveal.content.content["text"], reveal.content.writer) == ("Some song is never far.", "openai")


def test_a_model_that_names_the_other_is_replaced(made, model):
    model.answer = completion("Olga sings.")
    reveal = unlock(made)
    assert "music" in reveal.content.content["text"]
    assert (reveal.content.writer, len(model.asked)) == ("template", 1)


def test_the_last_is_told_to_both_at_completion(made):
    both(made, *range(1, 16))
    assert RevealContent.objects.filter(reveal__number=5).count() == 2


def test_earned_ones_are_written_too(made):
    tier(made, "low", "pro")
    both(made, 1, 2)
    contents.write_due(now=NOW)
    assert MilestoneReveal.objects.get().status == "unlocked"
