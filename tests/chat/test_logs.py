"""What is said is in no line of the log, whichever way it goes; which conversation it went into is."""

import logging
from datetime import timedelta

import pytest
import structlog
from django.utils import timezone

from chat import calls, outbox
from chat.calls import Call
from chat.handlers import Visitor
from chat.services import messages
from connect.models import User
from safety.unit import Caller
from tests import words
from tests.chat.people import make_session, make_two

pytestmark = pytest.mark.django_db
SECRET = "plum-coloured-otter"
HELD, REFUSED = (f"{SECRET} {text}" for text in (words.HELD, words.REFUSED))


class Lines(logging.Handler):
    """Every record there is, as it is written and with all that hangs on it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.formatter = logging.getLogger().handlers[0].formatter
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.__dict__!r} {self.format(record)}")


@pytest.fixture
def log(caplog):
    root, lines = logging.getLogger(), Lines()
    caplog.set_level(logging.DEBUG)
    root.addHandler(lines)
    yield lines.lines
    root.removeHandler(lines)


@pytest.fixture
def two():
    return make_two()


def by_the_api(api, two, text):
    body = {"text": text, "client_id": "one"}
    return api(User.objects.get(id=two.a)).post(f"/api/conversations/{two.conversation.id}/messages", body)


def by_connect(api, two, text):
    body = {"message": text, "blindChatId": str(two.conversation.id), "clientId": "two"}
    return api(User.objects.get(id=two.a)).post("/connect/chat", body)


def frame(two, text):
    session = make_session(two.a)
    caller = Caller("10.0.0.1", two.a, session.id)
    visitor = Visitor(caller, two.a, session.id, timezone.now() + timedelta(hours=1))
    data = {"conversation_id": two.conversation.id, "client_id": text[-30:], "text": text}
    return Call(visitor, "r", "chat.send", data)


def by_a_frame(api, two, text):
    return calls.answer(frame(two, text))


def by_a_batch(api, two, text):
    return outbox._carry_out([frame(two, text)])


WAYS = pytest.mark.parametrize("way", [by_the_api, by_connect, by_a_frame, by_a_batch])


@WAYS
@pytest.mark.parametrize("text", [SECRET, HELD, REFUSED], ids=["said", "held", "refused"])
def test_no_line_holds_what_is_said(api, two, log, way, text):
    way(api, two, text)
    logging.getLogger("of.the.test").info("written")
    assert [line for line in log if "of.the.test" in line]
    assert [line for line in log if SECRET in line] == []


@WAYS
def test_nor_when_storing_it_fails(api, two, log, way, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("of the test")

    monkeypatch.setattr(messages.timeline, "append_messages", fail)
    try:
        way(api, two, SECRET)
    except RuntimeError:
        logging.getLogger("of.the.test").exception("failed")
    assert [line for line in log if "of the test" in line]
    assert [line for line in log if SECRET in line] == []


@pytest.mark.parametrize("way", [by_the_api, by_connect, by_a_frame])
def test_a_line_names_the_conversation_and_the_request(api, two, log, way, monkeypatch):
    def note(*args, **kwargs):
        structlog.get_logger("of.the.test").info("storing")
        return store(*args, **kwargs)

    store = messages.timeline.append_messages
    monkeypatch.setattr(messages.timeline, "append_messages", note)
    way(api, two, SECRET)
    (line,) = [line for line in log if "storing" in line]
    assert f"conversation_id={two.conversation.id}" in line
    assert "request_id=" in line
