"""Pictures in messages: between two who know each other, shown while they talk, and nowhere else."""

import io
from functools import partial
from uuid import uuid4

import orjson
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from chat.enums import CloseReason
from chat.models import Conversation, ConversationEvent, Message, MessagePicture
from chat.personal_data import _clear
from chat.services import conversations, messages, pictures, reports, reveals, showing
from connect import pictures as cleaned
from connect.services import picture_files
from safety.enums import BlockSource, FlagKind, ReportReason
from safety.services import blocks, flags
from safety.services import reports as cases
from tests.chat.faces import liked, talk_of
from tests.chat.people import Web
from tests.chat.test_asyncapi import check
from tests.connect.overlap import overlap
from tests.matching.suitors import couple, suitor
from tests.pictures import encoded, landscape
from tests.safety.cases import moderator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def drawn(seed=1):
    return encoded(landscape(300, 400, seed=seed))


@pytest.fixture
def talk(db):
    return talk_of(liked())


@pytest.fixture
def me(talk):
    return talk.user_a_id


@pytest.fixture
def other(talk):
    return talk.user_b_id


def show(talk, by, *, client_id="c1", seed=1):
    form = {"picture": SimpleUploadedFile("beach.jpg", drawn(seed), "image/jpeg"), "client_id": client_id}
    return Web(by).send_form(f"/api/conversations/{talk.id}/images", form)


def told(talk, by):
    """What one of the two reads of the last message."""
    return Web(by).get(f"/api/conversations/{talk.id}/messages").json()["messages"][-1]


def fetch(talk, by):
    """How the picture of the last message answers the one it is linked for."""
    return Web(by).get(told(talk, by)["image"]["link"]).status_code


def files():
    return picture_files_there("messages")


def picture_files_there(folder):
    there = storages["private"]
    found = there.listdir(folder)[0] if there.exists(folder) else []
    return [name for part in found for name in there.listdir(f"{folder}/{part}")[1]]


def test_both_see_what_one_sent(talk, me, other):
    sent = show(talk, me)
    assert (sent.status_code, sent.json()["seq"], sent.json()["status"]) == (201, 2, "sent")
    for person in (me, other):
        line = told(talk, person)
        assert (line["type"], line["text"]) == ("image", None)
        assert (line["image"]["width"], line["image"]["height"]) == (300, 400)
        shown = b"".join(Web(person).get(line["image"]["link"]).streaming_content)
        assert shown[:3] == b"\xff\xd8\xff"


def test_it_is_an_event_like_what_is_said(talk, me, other):
    show(talk, me)
    _, frame = messages.after(conversation=talk, after_seq=0, limit=9, viewer=other)
    assert [frame.type, *(frame.data[name] for name in ("type", "from", "seq"))] == ["chat.message", "image", "them", 2]
    assert (frame.data["text"], set(frame.data["image"])) == (None, {"width", "height", "link"})
    assert Web(other).get(frame.data["image"]["link"]).status_code == 200
    check({"type": frame.type, "data": frame.data}, "server_chat_message")


def test_sent_again_it_is_the_first(talk, me):
    first, again = show(talk, me), show(talk, me)
    assert (first.json(), again.status_code) == (again.json(), 201)
    assert (Message.objects.count(), MessagePicture.objects.count(), len(files())) == (1, 1, 1)


def test_another_picture_under_the_same_number_is_refused(talk, me):
    show(talk, me)
    assert show(talk, me, seed=2).json()["code"] == "client_id_reused"
    assert len(files()) == 1


def test_so_is_a_text_and_the_other_way_round(talk, me):
    show(talk, me)
    path = f"/api/conversations/{talk.id}/messages"
    assert Web(me).post(path, {"text": "Hello", "client_id": "c1"}).json()["code"] == "client_id_reused"
    Web(me).post(path, {"text": "Hello", "client_id": "c2"})
    assert show(talk, me, client_id="c2").json()["code"] == "client_id_reused"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_number_are_one(now):
    talk = talk_of(liked())
    picture = cleaned.read(io.BytesIO(drawn()))
    send = partial(showing.send, conversation_id=talk.id, by=talk.user_a_id, client_id="c1", picture=picture, now=now)
    overlap(send, send)
    assert (Message.objects.count(), MessagePicture.objects.count()) == (1, 1)


def test_under_pseudonyms_there_are_no_pictures_and_after_a_reveal_there_are(two):
    assert show(two.conversation, two.a).json()["code"] == "pictures_after_reveal"
    assert (Message.objects.count(), files()) == (0, [])
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    reveals.accept(reveal_id=offer.id, by=two.b, now=timezone.now())
    assert show(two.conversation, two.a).status_code == 201


def test_in_a_locked_one_there_are_none(db):
    edge = couple(suitor(), suitor(), timezone.now())
    talk = Conversation.objects.get(connection=edge)
    assert show(talk, edge.user_low_id).json()["code"] == "conversation_locked"
    assert files() == []


def test_a_silent_flag_changes_nothing_for_whom_it_is_about(talk, me, now):
    flags.raise_flag(user=me, kind=FlagKind.RISKY_TEXT, source_kind="message", source_id=uuid4(), data={}, now=now)
    assert show(talk, me).status_code == 201


def test_taken_back_its_file_is_gone(talk, me, other, django_capture_on_commit_callbacks):
    show(talk, me)
    link = told(talk, other)["image"]["link"]
    with django_capture_on_commit_callbacks(execute=True):
        assert Web(me).delete(f"/api/conversations/{talk.id}/messages/2").status_code == 200
    assert (Web(other).get(link).status_code, MessagePicture.objects.count(), files()) == (404, 0, [])
    line = told(talk, other)
    assert (line["type"], line["image"], line["retracted"]) == ("image", None, True)


def closed(talk):
    conversations.close(conversation_id=talk.id, reason=CloseReason.USER_END, by=talk.user_a_id, now=timezone.now())


def blocked(talk):
    with transaction.atomic():
        blocks.block(by=talk.user_b_id, other=talk.user_a_id, source=BlockSource.MANUAL, alias="", now=timezone.now())


def shredded(talk):
    Conversation.objects.filter(id=talk.id).update(data_key=None)


@pytest.mark.parametrize("meanwhile", [closed, blocked, shredded])
def test_a_link_shows_nothing_any_more_once_they_cannot_talk(talk, me, other, meanwhile):
    show(talk, me)
    links = {person: told(talk, person)["image"]["link"] for person in (me, other)}
    assert [Web(person).get(link).status_code for person, link in links.items()] == [200, 200]
    meanwhile(talk)
    assert [Web(person).get(link).status_code for person, link in links.items()] == [404, 404]


def test_one_of_another_conversation_opens_for_nobody_else(talk, me, other):
    show(talk, me)
    row = MessagePicture.objects.get()
    assert MessagePicture.objects.shown_to(suitor(), timezone.now()).count() == 0
    assert list(MessagePicture.objects.shown_to(other, timezone.now())) == [row]


def evidence(talk, by):
    report = reports.about_conversation(
        conversation_id=talk.id, by=by, reason=ReportReason.HARASSMENT, details="", now=timezone.now()
    )
    return orjson.loads(cases.read_evidence(report=report, by=moderator()))["messages"]


def test_a_report_freezes_what_it_shows(talk, me, other):
    show(talk, me)
    (frozen,) = evidence(talk, other)
    assert (frozen["type"], frozen["text"], frozen["readable"]) == ("image", None, True)
    assert frozen["picture"].startswith("/9j/")
    page = render_to_string("safety/transcript.html", {"talk": {"messages": [frozen], "reported_by": "b"}})
    assert f'<img src="data:image/jpeg;base64,{frozen["picture"]}"' in page


def test_one_whose_file_is_gone_keeps_nobody_from_reporting(talk, me, other):
    show(talk, me)
    storages["private"].delete(MessagePicture.objects.get().file)
    (frozen,) = evidence(talk, other)
    assert (frozen["picture"], frozen["readable"]) == (None, False)


def test_a_file_that_is_lost_takes_its_row_and_leaves_the_message(talk, me, other):
    show(talk, me)
    pictures.lose(MessagePicture.objects.get(), timezone.now())
    assert (MessagePicture.objects.count(), Message.objects.count(), fetch(talk, other)) == (0, 1, 404)


def test_an_export_has_ones_own_pictures(talk, me, other):
    show(talk, me)
    show(talk, other, client_id="c2", seed=2)
    (mine,) = pictures.files_of(me)
    assert mine.name == "messages/1.jpg"
    assert b"".join(mine.open()) == cleaned.read(io.BytesIO(drawn())).jpeg


def test_who_leaves_takes_their_files_and_nobody_elses(talk, me, other):
    show(talk, me)
    show(talk, other, client_id="c2", seed=2)
    picture_files.forget(me, timezone.now())
    kept = MessagePicture.objects.get(message__sender=other)
    assert [name in kept.file for name in files()] == [True]


def test_with_the_conversation_its_files_go(talk, me, django_capture_on_commit_callbacks):
    show(talk, me)
    with django_capture_on_commit_callbacks(execute=True):
        _clear(Conversation.objects.filter(id=talk.id))
    assert (files(), ConversationEvent.objects.count(), MessagePicture.objects.count()) == ([], 0, 0)


def test_a_person_sends_so_many_a_day(talk, me, settings):
    settings.LIMITS = settings.LIMITS | {"chat_picture": {"account": "2/day", "sensitive": True}}
    codes = [show(talk, me, client_id=str(number), seed=number).status_code for number in range(3)]
    assert codes == [201, 201, 429]
