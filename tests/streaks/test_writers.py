"""Who puts reveals into words, over real HTTP where it is somebody outside."""

import json
import threading

import pytest

from connect.enums import WriterName
from connect.writers.base import WriterFailed
from connect.writers.completions import LONGEST
from connect.writers.leaks import Secrets, leak
from streaks import writers
from streaks.services.contents import frame
from streaks.writers import phrases
from streaks.writers.base import Facts
from tests.connect.provider import standing_in

OLGA = Secrets(names=("Olga Oster",), handles=("otterlein",), places=("Berlin",), age=35)
LIKES = Facts(1, "en", ("music", "hiking"))
TEMPLATED = "Your partner lights up when it comes to music and hiking. Ask them where that began."


def completion(text):
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


@pytest.fixture
def model(settings):
    """A language model on this machine."""
    with standing_in(completion("Some song is never far from your partner.")) as stand_in:
        settings.REVEAL_WRITER, settings.OPENAI_URL = "openai", f"{stand_in.url}/v1"
        settings.OPENAI_KEY, settings.OPENAI_MODEL, settings.OPENAI_TIMEOUT = "key-of-ours", "some-model", 0.5
        yield stand_in


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_the_template_tells_of_everything_in_both_languages(language, number):
    known = Facts(number, language, ("Musik", "Wandern", "Tee"))
    text = writers.by_name(WriterName.TEMPLATE).text(known)
    assert leak(text, OLGA) is None
    assert ("Musik, Wandern" in text) == (number < 5)


def test_the_template_of_no_facts_says_that_there_is_something_to_ask():
    assert frame(Facts(1, "de"), OLGA) == (phrases.UNSPOKEN["de"], "template")


def test_the_template_that_would_leak_gives_way_to_no_facts():
    assert frame(Facts(1, "en", ("berlin",)), OLGA) == (phrases.UNSPOKEN["en"], "template")


def test_a_model_is_asked_as_its_endpoint_takes_it(model):
    assert frame(LIKES, OLGA) == ("Some song is never far from your partner.", "openai")
    (asked,) = model.asked
    sent = json.loads(asked.body)
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", "Bearer key-of-ours")
    assert (sent["model"], [message["role"] for message in sent["messages"]]) == ("some-model", ["system", "user"])
    assert json.loads(sent["messages"][1]["content"])["facts"] == ["music", "hiking"]


def test_a_model_is_told_nothing_that_names_anybody(model):
    frame(LIKES, OLGA)
    asked = model.asked[0].body.decode()
    assert not any(secret in asked for secret in ("Olga", "Oster", "otterlein", "Berlin", "35"))


@pytest.mark.parametrize(
    "said",
    [
        "Olga loves music.",
        "Your partner, otterlein elsewhere, loves music.",
        "Music all over Berlin.",
        "At 35, music still matters.",
        "Music: www.olga.example",
        "Write to them at o@example.org",
    ],
)
def test_a_model_that_leaks_is_not_heard(model, said):
    model.answer = completion(said)
    assert frame(LIKES, OLGA) == (TEMPLATED, "template")


def test_a_model_that_is_down_is_asked_again_and_then_done_without(model):
    model.status = 503
    assert frame(LIKES, OLGA) == (TEMPLATED, "template")
    assert len(model.asked) == 2


def test_a_model_that_is_too_slow_is_done_without(model):
    model.hold = threading.Event()
    try:
        assert frame(LIKES, OLGA) == (TEMPLATED, "template")
    finally:
        model.hold.set()


@pytest.mark.parametrize(
    "answer",
    [b"no json", {}, {"choices": []}, completion(None), completion("  "), completion("x" * (LONGEST + 1)), [1]],
)
def test_what_is_no_text_is_not_heard(model, answer):
    model.answer = answer
    with pytest.raises(WriterFailed):
        writers.by_name(WriterName.OPENAI).text(LIKES)
    assert frame(LIKES, OLGA) == (TEMPLATED, "template")


@pytest.mark.parametrize("known", [Facts(1, "en"), Facts(5, "en")])
def test_without_facts_no_model_is_asked(model, known):
    assert frame(known, OLGA)[1] == "template"
    assert model.asked == []
