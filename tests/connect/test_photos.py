"""One's own photos: sent, listed, put in order, deleted; whom they are shown to, and by which links."""

import io
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from chat.services import keys
from config.db import new_id
from config.errors import CapacityReached
from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Photo, User, VerificationSignal
from connect.services import disclosures, kept_pictures, photos
from connect.services.photos import Examined
from safety.enums import BlockSource
from safety.models import Block
from tests.connect.overlap import overlap
from tests.factories import PhotoFactory, UserFactory
from tests.pictures import drawn_face, encoded, landscape, post_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
PATH = "/api/profile/photos"


@pytest.fixture
def user():
    return UserFactory(person=True)


def send(client, data, name="me.jpg", kind="image/jpeg"):
    return post_form(client, PATH, {"photo": SimpleUploadedFile(name, data, kind)})


def sent(client, seed=1, image=drawn_face):
    reply = send(client, encoded(image(400, 500, seed=seed)))
    assert reply.status_code == 201, reply.content
    return reply.json()


def code(reply):
    return reply.status_code, reply.json()["code"]


def listed(client):
    return client.get(PATH).json()["photos"]


def fetched(client, link):
    return b"".join(client.get(link).streaming_content)


def is_good(user):
    return VerificationSignal.objects.filter(user=user, kind="photo_quality").exists()


# Sending.


def test_a_photo_is_kept_with_what_was_seen_in_it(user, api):
    photo = sent(api(user))
    assert {name: photo[name] for name in ("position", "width", "height", "has_face")} == {
        "position": 1,
        "width": 400,
        "height": 500,
        "has_face": True,
    }
    row = Photo.objects.get(user=user)
    assert (str(row.id), row.analyzer, row.quality) == (photo["id"], "classical-1", photo["quality"])


def test_one_without_a_face_is_kept_too(user, api):
    assert sent(api(user), image=landscape)["has_face"] is False


@pytest.mark.parametrize("name, kind", [("me.png", "image/png"), ("me.txt", "text/plain"), ("x" * 300, "")])
def test_its_name_and_type_do_not_matter(user, api, name, kind):
    assert send(api(user), encoded(drawn_face()), name, kind).status_code == 201


def test_a_text_called_jpg_is_refused(user, api):
    assert code(send(api(user), b"GIF89a, or so it says")) == (400, "picture_unknown")
    assert not Photo.objects.exists()


def test_an_empty_file_is_refused(user, api):
    assert code(send(api(user), b"")) == (400, "empty")


def test_one_of_too_many_bytes_is_refused(user, api, settings):
    data = encoded(drawn_face())
    settings.PICTURE_BYTES = len(data)
    assert send(api(user), data).status_code == 201
    assert code(send(api(user), data + b"\0")) == (400, "picture_too_large")


def test_a_body_past_its_bound_is_not_read(user, api, settings):
    settings.UPLOADS = {PATH: 1000}
    assert code(send(api(user), b"x" * 1001)) == (413, "body_too_large")


def test_without_a_file_it_is_refused(user, api):
    reply = post_form(api(user), PATH, {})
    assert (reply.status_code, reply.json()["details"]["photo"][0]["code"]) == (400, "required")


def test_something_else_beside_it_is_refused(user, api):
    form = {"photo": SimpleUploadedFile("me.jpg", encoded(drawn_face())), "has_face": "true"}
    assert code(post_form(api(user), PATH, form)) == (400, "unknown_field")


def test_text_in_the_place_of_a_file_is_refused(user, api):
    assert code(post_form(api(user), PATH, {"photo": "me.jpg"})) == (400, "invalid")


def test_what_is_no_form_is_refused(user, api):
    assert code(api(user).post(PATH, {"photo": "x"}, format="json")) == (415, "unsupported_media_type")


def test_a_form_that_breaks_off_is_refused(user, api):
    reply = api(user).generic("POST", PATH, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert reply.status_code == 400


def test_the_same_photo_is_refused_and_named(user, api):
    client = api(user)
    first = sent(client)
    again = send(client, encoded(drawn_face(400, 500)))
    assert code(again) == (409, "photo_known")
    assert again.json()["details"] == {"photo_id": first["id"]}


def test_somebody_else_may_have_the_same(user, api):
    assert [sent(api(one))["position"] for one in (user, UserFactory())] == [1, 1]


def test_there_are_at_most_six(user, api):
    PhotoFactory.create_batch(5, user=user)
    assert sent(api(user))["position"] == 6
    assert code(send(api(user), encoded(landscape()))) == (409, "photos_full")


def test_a_restricted_person_sends_none(api):
    user = UserFactory()
    User.objects.filter(id=user.id).update(status="restricted")
    assert code(send(api(user), encoded(drawn_face()))) == (403, "account_restricted")


@pytest.mark.django_db(transaction=True)
def test_sent_at_once_there_are_six_all_the_same(now):
    user = UserFactory()
    PhotoFactory.create_batch(5, user=user)
    pictures = [photos.examine(io.BytesIO(encoded(landscape(300, 300, seed=seed)))) for seed in range(2)]
    refused = []

    def add(examined: Examined) -> None:
        try:
            photos.add(user_id=user.id, examined=examined, now=now)
        except CapacityReached as full:
            refused.append(full.code)

    overlap(*[lambda examined=examined: add(examined) for examined in pictures])
    assert (Photo.objects.filter(user=user).count(), refused) == (6, ["photos_full"])


def test_postgresql_takes_no_seventh(user):
    PhotoFactory.create_batch(6, user=user)
    with pytest.raises(IntegrityError, match="photo_most"), transaction.atomic():
        PhotoFactory(user=user)


# In order.


def test_they_are_listed_in_their_order(user, api):
    client = api(user)
    made = [sent(client, seed=seed)["id"] for seed in range(2)]
    assert [photo["id"] for photo in listed(client)] == made


def test_the_order_can_be_another(user, api):
    client = api(user)
    first, second, third = (str(photo.id) for photo in PhotoFactory.create_batch(3, user=user))
    reply = client.put(f"{PATH}/order", {"photo_ids": [third, first, second]})
    assert [photo["id"] for photo in reply.json()["photos"]] == [third, first, second]
    assert [(photo["id"], photo["position"]) for photo in listed(client)] == [(third, 1), (first, 2), (second, 3)]


@pytest.mark.parametrize("named", ["too few", "twice", "another's", "none"])
def test_an_order_names_each_photo_once(user, api, named):
    first, second = (str(photo.id) for photo in PhotoFactory.create_batch(2, user=user))
    other = str(PhotoFactory().id)
    order = {"too few": [first], "twice": [first, first], "another's": [first, other], "none": []}[named]
    assert code(api(user).put(f"{PATH}/order", {"photo_ids": order})) == (400, "photos_not_all")
    assert [photo["id"] for photo in listed(api(user))] == [first, second]


# Deleted.


def test_one_that_is_deleted_leaves_no_gap_and_no_file(user, api, django_capture_on_commit_callbacks):
    client = api(user)
    made = [sent(client, seed=seed)["id"] for seed in range(3)]
    file = Photo.objects.get(id=made[0]).file
    assert storages["private"].exists(file)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(f"{PATH}/{made[0]}").status_code == 204
    assert [(photo["id"], photo["position"]) for photo in listed(client)] == [(made[1], 1), (made[2], 2)]
    assert not storages["private"].exists(file)


def test_deleted_twice_it_is_gone(user, api):
    photo = PhotoFactory(user=user)
    client = api(user)
    assert [client.delete(f"{PATH}/{photo.id}").status_code for _ in range(2)] == [204, 404]


def test_nobody_deletes_anothers(user, api):
    photo = PhotoFactory()
    assert code(api(user).delete(f"{PATH}/{photo.id}")) == (404, "not_found")
    assert Photo.objects.filter(id=photo.id).exists()


# Proved by photos.


def test_three_with_a_good_face_are_proved(user, api):
    client = api(user)
    PhotoFactory.create_batch(2, user=user, has_face=False)
    assert not is_good(user)
    sent(client)
    assert is_good(user)


def test_three_without_one_are_not(user, api):
    PhotoFactory.create_batch(2, user=user, has_face=False)
    sent(api(user), image=landscape)
    assert not is_good(user)


def test_two_are_not(user, api):
    sent(api(user))
    sent(api(user), seed=2)
    assert not is_good(user)


@pytest.mark.parametrize("goes", ["the face", "the third"])
def test_it_is_taken_back_with_what_it_was_for(user, api, goes):
    client = api(user)
    others = PhotoFactory.create_batch(2, user=user, has_face=False)
    face = sent(client)
    client.delete(f"{PATH}/{face['id'] if goes == 'the face' else others[0].id}")
    assert not is_good(user)


# Who sees them.


def test_the_link_shows_the_picture_to_whoever_has_it(user, api):
    link = sent(api(user))["link"]
    reply = api().get(link)
    data = b"".join(reply.streaming_content)
    assert (reply.headers["Content-Type"], reply.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert int(reply.headers["Content-Length"]) == len(data)
    assert Image.open(io.BytesIO(data)).size == (400, 500)


def test_a_link_is_good_for_a_quarter_of_an_hour(user, api, monkeypatch):
    link = sent(api(user))["link"]
    later = time.time() + timedelta(minutes=15, seconds=2).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert code(api().get(link)) == (404, "not_found")


def test_a_signature_is_for_one_photo(user, api):
    first, second = sent(api(user)), sent(api(user), seed=2)
    signature = first["link"].partition("?")[2]
    assert api().get(f"/api/photos/{first['id']}/file?{signature}").status_code == 200
    assert code(api().get(f"/api/photos/{second['id']}/file?{signature}")) == (404, "not_found")


def test_the_signature_of_another_kind_of_file_is_none(user, api):
    photo = sent(api(user))
    foreign = TimestampSigner(salt="connect.export").sign(photo["id"]).partition(":")[2]
    assert code(api().get(f"/api/photos/{photo['id']}/file?signature={foreign}")) == (404, "not_found")


def test_a_link_to_a_deleted_photo_is_dead(user, api):
    photo = sent(api(user))
    api(user).delete(f"{PATH}/{photo['id']}")
    assert code(api().get(photo["link"])) == (404, "not_found")


def test_so_is_one_to_a_file_that_is_gone(user, api):
    photo = sent(api(user))
    storages["private"].delete(Photo.objects.get(user=user).file)
    assert code(api().get(photo["link"])) == (404, "not_found")


def let(viewer, subject, level):
    given = {"level": level, "source": DisclosureSource.REVEAL, "source_id": subject.id, "now": timezone.now()}
    disclosures.grant_mutual(first=viewer.id, second=subject.id, **given)


def test_whom_one_shows_ones_identity_gets_links(user, api):
    friend = UserFactory(person=True)
    sent(api(user))
    let(friend, user, DisclosureLevel.IDENTITY)
    (photo,) = api(friend).get(f"/api/people/{user.id}").json()["photos"]
    assert set(photo) == {"position", "width", "height", "link"}
    assert Image.open(io.BytesIO(fetched(api(), photo["link"]))).size == (400, 500)


def test_with_a_card_alone_there_is_none(user, api):
    other = UserFactory(person=True)
    sent(api(user))
    let(other, user, DisclosureLevel.CARD)
    assert api(other).get(f"/api/people/{user.id}").json()["photos"] == []


def test_once_it_is_taken_back_there_is_nobody(user, api):
    friend = UserFactory(person=True)
    sent(api(user))
    let(friend, user, DisclosureLevel.IDENTITY)
    disclosures.revoke_between(first=friend.id, second=user.id, now=timezone.now())
    assert code(api(friend).get(f"/api/people/{user.id}")) == (404, "not_found")


def shown_to(viewer, user, api):
    let(viewer, user, DisclosureLevel.IDENTITY)
    (photo,) = api(viewer).get(f"/api/people/{user.id}").json()["photos"]
    return photo["link"]


def taken_back(viewer, user):
    disclosures.revoke_between(first=viewer.id, second=user.id, now=timezone.now())


def less_than_identity(viewer, user):
    taken_back(viewer, user)
    let(viewer, user, DisclosureLevel.CARD)


def block(by, other):
    Block.objects.create(blocker=by, blocked=other, source=BlockSource.MANUAL)


def suspend(person, until=timedelta(days=1)):
    User.objects.filter(id=person.id).update(suspended_until=timezone.now() + until)


def leave(person):
    User.objects.filter(id=person.id).update(status="deletion_pending")


MEANWHILE = {
    "taken back": taken_back,
    "less": less_than_identity,
    "blocked by the viewer": block,
    "blocked by the owner": lambda viewer, user: block(user, viewer),
    "owner suspended": lambda viewer, user: suspend(user),
    "viewer suspended": lambda viewer, user: suspend(viewer),
    "owner leaving": lambda viewer, user: leave(user),
    "viewer leaving": lambda viewer, user: leave(viewer),
}


def asked(api, link):
    """What a fetch that is refused asks the database."""
    with CaptureQueriesContext(connection) as queries:
        assert code(api().get(link)) == (404, "not_found")
    return [re.sub(r"""'[^']*'|"s\d+_x\d+\"""", "?", query["sql"]) for query in queries]


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE.keys())
def test_a_link_shows_nothing_any_more_once_its_viewer_may_not_see_it(user, api, meanwhile):
    """And asks what it asks of a photo that is gone."""
    viewer = UserFactory(person=True)
    sent(api(user))
    link = shown_to(viewer, user, api)
    assert api().get(link).status_code == 200
    meanwhile(viewer, user)
    gone = Photo(id=new_id())
    assert asked(api, link) == asked(
        api, f"/api/photos/{gone.id}/file?signature={kept_pictures.signature(gone, viewer=viewer.id)}"
    )


def test_a_suspension_that_is_over_keeps_nothing_from_anybody(user, api):
    viewer = UserFactory(person=True)
    sent(api(user))
    link = shown_to(viewer, user, api)
    suspend(user, until=-timedelta(seconds=1))
    assert api().get(link).status_code == 200


def test_the_link_of_one_viewer_is_not_turned_into_that_of_another(user, api):
    viewer = UserFactory(person=True)
    sent(api(user))
    link = shown_to(viewer, user, api)
    assert str(viewer.id) in link
    assert code(api().get(link.replace(str(viewer.id), str(user.id)))) == (404, "not_found")


def test_ones_own_link_is_no_friends_link(user, api):
    """It goes on showing the photo to its owner when nobody else may see it."""
    viewer = UserFactory(person=True)
    own = sent(api(user))["link"]
    shown_to(viewer, user, api)
    block(user, viewer)
    assert api().get(own).status_code == 200


def test_a_wrong_method_on_a_link_is_that(user, api):
    link = sent(api(user))["link"]
    assert [code(api().generic(method, link)) for method in ("POST", "DELETE")] == [(405, "method_not_allowed")] * 2


# At rest.


def raw(photo: Any) -> bytes:
    with storages["private"].open(photo.file) as file:
        return file.read()


def test_the_file_is_sealed_and_its_name_tells_nothing(user, api):
    sent(api(user))
    photo = Photo.objects.get(user=user)
    assert re.fullmatch(r"photos/[0-9a-f]{2}/[0-9a-f-]{36}\.jpg", photo.file)
    assert str(user.id) not in photo.file
    assert b"\xff\xd8\xff" not in raw(photo)
    assert len(raw(photo)) > photo.size


def test_under_a_new_key_it_still_opens(user, api, settings):
    photo = sent(api(user))
    settings.DATA_KEYS = ["new:" + "A" * 43 + "=", *settings.DATA_KEYS]
    keys.rotate()
    assert bytes(Photo.objects.get(user=user).file_key).startswith(b"new\0")
    assert fetched(api(), photo["link"])[:3] == b"\xff\xd8\xff"
