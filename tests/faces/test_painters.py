"""Who paints pictures out of two faces: the blend, and FAL over real HTTP, with all that may come back from there."""

import base64
import gzip
import io
import json
import socket

import numpy as np
import pytest
from PIL import Image

from faces import painters
from faces.engine.blend import EYES, Head
from faces.enums import PainterName
from faces.painters import outside
from faces.painters.base import Broken, Parents, Refused, Temporary, Unanswered
from tests.faces.fal import BEGIN, NUMBER, PICTURE, RESULT, STATUS, Reply, made
from tests.pictures import drawn_face

PARENTS = Parents(*(Head(np.asarray(drawn_face(512, 512, seed=seed)), EYES) for seed in (1, 2)))
FAL = painters.by_name(PainterName.FAL)


def fetched():
    return FAL.fetch(NUMBER, PARENTS)


def test_the_setting_names_the_painter(settings):
    assert painters.chosen() == PainterName.MORPH
    settings.BABY_PAINTER = "fal"
    assert painters.chosen() == PainterName.FAL


def test_the_morph_paints_at_once_and_for_nothing():
    morph = painters.by_name(PainterName.MORPH)
    picture = Image.open(io.BytesIO(morph.fetch(morph.begin(PARENTS), PARENTS)))
    assert (morph.price, picture.size, picture.format) == (0, (512, 512), "JPEG")


def test_fal_is_asked_as_it_takes_it(fal):
    assert FAL.begin(PARENTS) == NUMBER
    (asked,) = fal.asked
    sent = json.loads(asked.body)
    picture = sent.pop("image_url").partition("base64,")
    assert (asked.path, asked.headers["Authorization"]) == ("/fal-ai/flux/dev/image-to-image", "Key key-of-ours")
    assert "baby" in sent.pop("prompt")
    assert sent == {"num_images": 1, "guidance_scale": 7.5, "num_inference_steps": 50}
    assert Image.open(io.BytesIO(base64.b64decode(picture[2]))).size == (512, 512)


def test_fal_gets_a_blend_and_no_link_and_is_told_to_keep_nothing(fal):
    FAL.begin(PARENTS)
    (asked,) = fal.asked
    assert json.loads(asked.body)["image_url"].startswith("data:image/jpeg;base64,")
    assert asked.headers["X-Fal-Store-IO"] == "0"
    assert json.loads(asked.headers["X-Fal-Object-Lifecycle-Preference"]) == {"expiration_duration_seconds": 3600}


def test_what_was_begun_is_fetched_by_its_number(fal):
    assert Image.open(io.BytesIO(fetched())).size == (512, 512)
    request = f"/fal-ai/flux/requests/{NUMBER}"
    assert [asked.path for asked in fal.asked] == [f"{request}/status", request, "/files/child.png"]


def test_the_key_goes_to_fal_and_not_to_where_pictures_are(fal):
    fetched()
    assert "Authorization" not in fal.at(PICTURE)[0].headers


@pytest.mark.parametrize("status", ["IN_QUEUE", "IN_PROGRESS"])
def test_while_it_is_painted_there_is_nothing(fal, status):
    fal.replies[STATUS] = Reply({"status": status}, 202)
    assert fetched() is None


@pytest.mark.parametrize(
    "reply, failure",
    [
        (Reply({"detail": "busy"}, 500), Temporary),
        (Reply({"detail": "busy"}, 503), Temporary),
        (Reply({"detail": "too many"}, 429), Temporary),
        (Reply({"detail": [{"type": "content_policy_violation"}]}, 422), Refused),
        (Reply({"detail": "no such key"}, 401), Broken),
        (Reply({"detail": "no such model"}, 404), Broken),
        (Reply(b"", 307, {"Location": "http://127.0.0.1:9/"}), Broken),
        (Reply(b"<html>"), Broken),
        (Reply(["a", "list"]), Broken),
        (Reply({}), Broken),
        (Reply({"request_id": "../../admin"}), Broken),
        (Reply({"request_id": 7}), Broken),
        (Reply(b" " * 300_000), Broken),
        (Reply({"request_id": NUMBER}, wait=1.5), Unanswered),
        (Reply({"request_id": NUMBER}, drip=0.2), Unanswered),
        (Reply({"request_id": NUMBER}, headers={"Content-Length": "9999"}), Unanswered),
    ],
)
def test_a_beginning_that_fails_says_how(fal, reply, failure):
    fal.replies[BEGIN] = reply
    with pytest.raises(failure) as failed:
        FAL.begin(PARENTS)
    assert failed.type is failure


def test_where_nobody_listens_nothing_was_begun(fal, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.FAL_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Temporary) as failed:
            FAL.begin(PARENTS)
    assert failed.type is Temporary


@pytest.mark.parametrize(
    "step, reply, failure",
    [
        (STATUS, Reply({"status": "LOST"}), Broken),
        (STATUS, Reply({"detail": "busy"}, 502), Temporary),
        (RESULT, Reply({"detail": [{"type": "content_policy_violation"}]}, 422), Refused),
        (RESULT, Reply({"detail": "failed"}, 500), Temporary),
        (PICTURE, Reply(b"", 503), Temporary),
        (PICTURE, Reply(b"", 404), Broken),
        (PICTURE, Reply(b"", 302, {"Location": "http://127.0.0.1:9/"}), Broken),
        (PICTURE, Reply(b"<html>", headers={"Content-Type": "text/html"}), Broken),
        (PICTURE, Reply(b"a picture", headers={}), Broken),
        (PICTURE, Reply(b"a picture", headers={"Content-Type": "image/png"}, wait=1.5), Temporary),
    ],
)
def test_a_picture_that_cannot_be_fetched_says_how(fal, step, reply, failure):
    fal.replies[step] = reply
    with pytest.raises(failure):
        fetched()


@pytest.mark.parametrize("flags", [[True], [False, True], ["no"], [None]])
def test_what_is_not_called_fit_to_be_seen_is_refused(fal, flags):
    fal.replies[RESULT] = Reply(made(fal.url, has_nsfw_concepts=flags))
    with pytest.raises(Refused):
        fetched()
    assert not fal.at(PICTURE)


@pytest.mark.parametrize(
    "changed",
    [
        {"has_nsfw_concepts": None},
        {"has_nsfw_concepts": []},
        {"images": []},
        {"images": None},
        {"images": ["a"]},
        {"images": [{}]},
        {"images": [{"url": 7}]},
    ],
)
def test_a_model_that_says_less_is_not_believed(fal, changed):
    fal.replies[RESULT] = Reply(made(fal.url, **changed))
    with pytest.raises(Broken):
        fetched()


def test_a_picture_of_too_many_bytes_is_left(fal, settings):
    settings.PICTURE_BYTES = 1000
    with pytest.raises(Broken, match="more than 1000 bytes"):
        fetched()


def test_bytes_that_become_too_many_only_when_unpacked_are_counted_too(fal, settings):
    settings.PICTURE_BYTES = 100_000
    packed = gzip.compress(b" " * 50_000_000)
    fal.replies[PICTURE] = Reply(packed, headers={"Content-Type": "image/png", "Content-Encoding": "gzip"})
    assert len(packed) < settings.PICTURE_BYTES
    with pytest.raises(Broken, match="more than 100000 bytes"):
        fetched()


@pytest.mark.parametrize(
    "address",
    [
        "http://v3.fal.media/child.png",
        "https://fal.media.elsewhere.example/child.png",
        "https://notfal.media/child.png",
        "https://127.0.0.1/child.png",
        "https://v3.fal.media:8443/child.png",
        "https://v3.fal.media@127.0.0.1/child.png",
        "https://somebody@v3.fal.media/child.png",
        "file:///etc/passwd",
        "ftp://v3.fal.media/child.png",
        "https://[::1/child.png",
        "",
    ],
)
def test_an_address_that_is_not_theirs_is_asked_by_nobody(settings, monkeypatch, address):
    monkeypatch.setattr(outside, "exchange", None)
    with pytest.raises(Broken):
        outside.download(address)


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_name_of_theirs_that_leads_inside_is_asked_by_nobody(monkeypatch, inside):
    lead_to(monkeypatch, inside)
    monkeypatch.setattr(outside, "exchange", None)
    with pytest.raises(Temporary, match="not a public host"):
        outside.download("https://v3.fal.media/child.png")


def test_a_name_of_theirs_is_asked_at_the_address_that_was_looked_at(monkeypatch):
    lead_to(monkeypatch, "93.184.216.34")
    sent = []
    monkeypatch.setattr(outside, "exchange", lambda request, most: sent.append(request))
    outside.download("https://v3b.fal.media/files/child.png?a=b")
    (request,) = sent
    assert str(request.url) == "https://93.184.216.34/files/child.png?a=b"
    assert (request.headers["Host"], request.extensions["sni_hostname"]) == ("v3b.fal.media", "v3b.fal.media")


def lead_to(monkeypatch, address):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
