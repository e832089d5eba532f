"""Pictures made to do harm, sent over the real routes: bounded memory and time, clean output or a clear 400 (fault 13).

What is said here holds for every route that takes pictures; another one is a line in ROUTES. The memory is that of a
process of its own, at its worst moment.
"""

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from PIL import Image

from chat.models import MessagePicture
from connect.api.file_views import UploadView
from connect.enums import Purpose
from connect.models import Photo, StoredPicture, User
from faces.models import Face
from tests.chat.faces import liked, talk_of
from tests.factories import ConsentFactory, UserFactory
from tests.pictures import drawn_face, encoded, post_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@dataclass(frozen=True)
class Route:
    """A way in for pictures: its path, the field of its form, the rows it makes, and what it makes of a file first.

    A star in the path is the id of something of the sender's, which `within` makes, or whatever else they need; `link`
    says where what came of it is shown, by the client that sent it, the path and the reply.
    """

    path: str
    field: str
    model: type[StoredPicture]
    examine: str
    within: Callable[[User], UUID] | None = None
    link: Callable[[Any, str, dict[str, Any]], str] = lambda client, path, reply: reply["link"]

    def __str__(self):
        return self.path

    def of(self, user):
        return self.path.replace("*", str(self.within(user))) if self.within else self.path


def consenting(user):
    ConsentFactory(user=user, purpose=Purpose.FACE_ANALYSIS)
    return user.id


def talk(user):
    return talk_of(liked(user.id)).id


def link_in_talk(client, path, reply):
    page = client.get(path.replace("/images", "/messages"), {"after_seq": reply["seq"] - 1}).json()
    return page["messages"][0]["image"]["link"]


ROUTES = [
    Route("/api/profile/photos", "photo", Photo, "connect.services.photos.examine"),
    Route("/api/faces", "face", Face, "connect.pictures.read", consenting),
    Route("/api/conversations/*/images", "picture", MessagePicture, "connect.pictures.read", talk, link_in_talk),
]
every_route = pytest.mark.parametrize("route", ROUTES, ids=str)

MOST_MB, MOST_SECONDS = 256, 10
SECRET = b"N 52.5163 E 13.3777 somebody's front door"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>%s</exif:GPSLatitude></x:xmpmeta>' % SECRET


def send(api, route, data):
    user = UserFactory(pooled=True)
    client, path = api(user), route.of(user)
    return client, path, post_form(client, path, {route.field: SimpleUploadedFile("me.jpg", data, "image/jpeg")})


def refused(api, route, data):
    *_, reply = send(api, route, data)
    assert not route.model.objects.exists()
    return reply.status_code, reply.json()["code"]


def kept(api, route, data):
    """The bytes that others get of a picture that was taken."""
    client, path, reply = send(api, route, data)
    assert reply.status_code == 201, reply.content
    return b"".join(client.get(route.link(client, path, reply.json())).streaming_content)


def test_every_route_for_pictures_is_among_these():
    takes = {
        re.sub("<uuid:[a-z_]+>", "*", f"/{pattern}")
        for pattern, view in paths(get_resolver())
        if issubclass(getattr(view, "cls", object), UploadView)
    }
    bounded = {path for path in configured.UPLOADS if not path.startswith("/admin/")}
    assert {route.path for route in ROUTES} == takes == bounded


def paths(resolver, before=""):
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from paths(entry, path)
        else:
            yield path, entry.callback


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks):
    """A PNG that says it is so large, with what is given for its pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def jpeg(width, height):
    """A real JPEG whose head was changed to say that it is so large."""
    whole = bytearray(encoded(drawn_face()))
    place = whole.index(b"\xff\xc0") + 5
    whole[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def scans(count):
    """A progressive JPEG that goes over its picture so many times."""
    whole = encoded(drawn_face(), progressive=True)
    first = whole.index(b"\xff\xda")
    second = whole.index(b"\xff", first + 2 + int.from_bytes(whole[first + 2 : first + 4]))
    while whole[second + 1] in {0, *range(0xD0, 0xD8)}:
        second = whole.index(b"\xff", second + 2)
    return whole[:first] + whole[first:second] * count + whole[second:]


def webp(width, height):
    """A WebP without a picture, whose canvas is said to be so large."""
    head = b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(head)) + head
    return b"RIFF" + struct.pack("<I", len(body)) + body


FLOODS = {
    "png": png(60_000, 60_000, chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))),
    "bomb": png(30_000, 30_000, chunk(b"IDAT", zlib.compress(b"\0" * 50_000_000, 9))),
    "jpeg": jpeg(65_000, 65_000),
    "just past": jpeg(5_001, 5_000),
}


NO_PICTURES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a head": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "text": b"I am a picture, says my name.",
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "ps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "elf": b"\x7fELF" + bytes(100),
    "a head alone": b"\xff\xd8\xff\xe0",
}


def truncated():
    """Pictures of each kind that break off early, in the middle and late."""
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(drawn_face(), kind)
        for part in (0.02, 0.5, 0.9):
            yield f"{kind} {part}", whole[: int(len(whole) * part)]


def spoilt(kind):
    """A picture with bytes changed all over it."""
    whole = bytearray(encoded(drawn_face(300, 375), kind))
    for place in range(20, len(whole), 97):
        whole[place] ^= 0x55
    return bytes(whole)


@every_route
def test_what_does_harm_is_refused_by_name(api, route):
    too_large = dict.fromkeys(FLOODS, (400, "picture_too_large"))
    unknown = dict.fromkeys(NO_PICTURES, (400, "picture_unknown"))
    harm = {**FLOODS, **NO_PICTURES, "thousand layers": scans(1000)}
    expected = {**too_large, **unknown, "thousand layers": (400, "picture_broken")}
    assert {name: refused(api, route, data) for name, data in harm.items()} == expected


@every_route
def test_what_is_not_whole_is_refused(api, route):
    broken = {**dict(truncated()), "canvas alone": webp(16_383, 16_383)}
    assert {name for name, data in broken.items() if refused(api, route, data)[0] != 400} == set()


@every_route
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_one_with_bytes_changed_is_refused_or_clean(api, route, kind):
    *_, reply = send(api, route, spoilt(kind))
    assert reply.status_code in {201, 400}
    assert reply.status_code == 201 or reply.json()["code"].startswith("picture_")


def located(kind):
    """A picture that says where it was taken, in every place its kind has for that."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 58.0), 29: SECRET.decode()})
    options = {"exif": exif, "xmp": XMP}
    if kind == "PNG":
        return _with_texts(encoded(drawn_face(), kind, exif=exif))
    return encoded(drawn_face(), kind, **options, **({"comment": SECRET} if kind == "JPEG" else {}))


def _with_texts(whole):
    texts = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    return whole[:33] + texts + whole[33:]


@every_route
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_is_not_told(api, route, kind):
    data = located(kind)
    assert SECRET in data
    shown = kept(api, route, data)
    picture = Image.open(io.BytesIO(shown))
    assert SECRET not in shown
    assert (dict(picture.getexif()), set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}) == (
        {},
        set(),
    )


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("payload.js", SECRET)
    return out.getvalue()


@every_route
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_something_else_besides_is_a_picture_alone_afterwards(api, route, kind):
    for tail in (archive(), b"<script>%s</script>" % SECRET, SECRET * 1000):
        shown = kept(api, route, encoded(drawn_face(), kind) + tail)
        assert SECRET not in shown
        assert not zipfile.is_zipfile(io.BytesIO(shown))
        assert shown.endswith(b"\xff\xd9")


# How much it takes.

READ = """
import json, sys, time
import django
django.setup()
from django.utils.module_loading import import_string
from config.errors import Invalid
examine = import_string(sys.argv[2])
import cv2  # what any process has loaded

def peak():
    # Of this program alone: what getrusage tells begins with what its parent took.
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

before, begun = peak(), time.monotonic()
try:
    with open(sys.argv[1], "rb") as file:
        found = examine(file)
        told = getattr(found, "picture", found).width
except Invalid as refusal:
    told = refusal.code
print(json.dumps({"told": told, "mb": peak() - before, "seconds": time.monotonic() - begun}))
"""


def measured(tmp_path: Path, route: Route, data: bytes):
    path = tmp_path / "picture"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), route.examine], capture_output=True, check=True, text=True, timeout=120
    )
    return json.loads(done.stdout.splitlines()[-1])


def largest(kind, mode, **options):
    """As many pixels as are taken of this kind."""
    side = {"JPEG": 5000, "PNG": 4000, "WEBP": 3535}[kind]
    return encoded(Image.linear_gradient("L").resize((side, side)).convert(mode), kind, **options)


HEAVY = {
    **FLOODS,
    "largest jpeg": lambda: largest("JPEG", "RGB"),
    "largest progressive": lambda: largest("JPEG", "RGB", progressive=True, subsampling=0),
    "largest png": lambda: largest("PNG", "RGBA", compress_level=1),
    "largest webp": lambda: largest("WEBP", "RGBA", quality=50, method=0),
}


@every_route
@pytest.mark.parametrize("name", HEAVY)
def test_no_picture_takes_more_than_its_share(tmp_path, route, name):
    data = HEAVY[name] if isinstance(HEAVY[name], bytes) else HEAVY[name]()
    found = measured(tmp_path, route, data)
    assert found["told"] == (1600 if name.startswith("largest") else "picture_too_large")
    assert found["mb"] < MOST_MB
    assert found["seconds"] < MOST_SECONDS


def test_what_a_process_takes_shows(tmp_path, monkeypatch):
    """Or the test above would say nothing."""
    held = READ.replace("found = examine", "held = bytearray(b'x') * 400_000_000; found = examine")
    monkeypatch.setattr(sys.modules[__name__], "READ", held)
    assert measured(tmp_path, ROUTES[0], encoded(drawn_face()))["mb"] > MOST_MB
