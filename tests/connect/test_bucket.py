"""Private files in a bucket, over HTTP: kept, read, listed, deleted; and what becomes of all that when it is silent."""

import io
import socket
from datetime import timedelta
from zipfile import ZipFile

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config import bucket as buckets
from config.errors import Unavailable
from connect.models import DataExport, Photo
from connect.services import exports, photos, picture_files
from connect.services.picture_files import Kind
from tests.connect import bucket
from tests.connect.provider import standing_in
from tests.factories import UserFactory
from tests.pictures import encoded, landscape, post_form

pytestmark = pytest.mark.django_db
PATH = "/api/profile/photos"
LATER = timedelta(minutes=61)


@pytest.fixture(scope="module")
def url():
    with bucket.serving() as address:
        yield address


@pytest.fixture
def user():
    return UserFactory(person=True)


@pytest.fixture
def there(settings, url):
    """The client of the storage, with its bucket."""
    name = bucket.use(settings, url)
    client = storages["private"].connection.meta.client
    client.create_bucket(Bucket=name)
    return Objects(client, name)


@pytest.fixture
def silent(settings):
    """Nobody listens where the bucket should be."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bucket.use(settings, f"http://127.0.0.1:{taken.getsockname()[1]}")
        yield


class Objects:
    """What is in the bucket, looked at from outside."""

    def __init__(self, client, name):
        self.client, self.name = client, name

    def names(self):
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def content(self, name):
        return self.client.get_object(Bucket=self.name, Key=name)["Body"].read()

    def granted(self, name):
        told = self.client.get_object_acl(Bucket=self.name, Key=name)
        return [(grant["Grantee"].get("ID"), grant["Permission"]) for grant in told["Grants"]], told["Owner"]["ID"]


def send(client, seed=1):
    data = encoded(landscape(300, 300, seed=seed))
    return post_form(client, PATH, {"photo": SimpleUploadedFile("me.jpg", data, "image/jpeg")})


def sent(client, seed=1):
    reply = send(client, seed)
    assert reply.status_code == 201, reply.content
    return reply.json()


def code(reply):
    return reply.status_code, reply.json()["code"]


def sweep():
    return picture_files.sweep(Kind(Photo, photos.lose), now=timezone.now() + LATER)


def test_a_picture_is_kept_sealed_and_shown_by_its_link(user, api, there):
    photo = sent(api(user))
    (name,) = there.names()
    assert name == f"people/{Photo.objects.get().file}"
    assert there.content(name)[:3] != b"\xff\xd8\xff"
    assert b"".join(api().get(photo["link"]).streaming_content)[:3] == b"\xff\xd8\xff"


def test_it_is_its_owners_alone_and_has_no_address(user, api, there):
    sent(api(user))
    grants, owner = there.granted(there.names()[0])
    assert grants == [(owner, "FULL_CONTROL")]
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url(Photo.objects.get().file)


def test_deleted_it_is_gone(user, api, there, django_capture_on_commit_callbacks):
    photo = sent(api(user))
    with django_capture_on_commit_callbacks(execute=True):
        assert api(user).delete(f"{PATH}/{photo['id']}").status_code == 204
    assert there.names() == []


def test_a_link_to_what_is_not_in_the_bucket_is_dead(user, api, there):
    photo = sent(api(user))
    storages["private"].delete(Photo.objects.get().file)
    assert code(api().get(photo["link"])) == (404, "not_found")


def test_the_sweep_finds_what_belongs_together_and_what_does_not(user, api, there):
    stays, lost = sent(api(user)), sent(api(user), seed=2)
    storages["private"].delete(Photo.objects.get(id=lost["id"]).file)
    storages["private"].save("photos/ab/nobody.jpg", ContentFile(b"left over"))
    assert sweep() == (1, 1)
    assert [str(photo.id) for photo in Photo.objects.all()] == [stays["id"]]
    assert there.names() == [f"people/{Photo.objects.get().file}"]


def test_a_file_that_is_gone_before_it_is_looked_at_is_no_matter(there, monkeypatch):
    monkeypatch.setattr(picture_files, "listed", lambda folder: {f"{folder}/nobody.jpg"})
    assert sweep() == (0, 0)


def test_who_leaves_leaves_nothing_in_the_bucket(user, api, there):
    sent(api(user))
    picture_files.forget(user.id, timezone.now())
    assert there.names() == []


def test_an_export_is_built_there_and_cleared(user, api, there):
    sent(api(user))
    export = exports.request(user_id=user.id, now=timezone.now())
    built = exports.build_next(now=timezone.now())
    reply = api().get(f"/api/account/export/{export.id}/file?signature={exports.signature(built)}")
    assert "media/photos/1.jpg" in ZipFile(io.BytesIO(b"".join(reply.streaming_content))).namelist()
    exports.clear_over(now=timezone.now() + timedelta(days=8))
    assert [name for name in there.names() if "exports" in name] == []


def test_of_a_large_file_that_breaks_off_nothing_stays(there):
    def breaks_off(params, **kwargs):
        if params["query_string"].get("partNumber") == 2:
            raise EndpointConnectionError(endpoint_url="there")

    there.client.meta.events.register("before-call.s3.UploadPart", breaks_off)
    with pytest.raises(Unavailable):
        storages["private"].save("exports/large.zip", ContentFile(bytes(17 * 1024 * 1024)))
    assert there.names() == []
    assert there.client.list_multipart_uploads(Bucket=there.name).get("Uploads", []) == []


# When it does not answer.


def test_nothing_is_taken_in(user, api, silent):
    assert code(send(api(user))) == (503, "unavailable")
    assert not Photo.objects.exists()


def test_a_link_says_that_it_is_not_now(user, api, there, settings, url):
    link = sent(api(user))["link"]
    bucket.use(settings, url, bucket="another-one")
    assert code(api().get(link)) == (503, "unavailable")
    assert code(api().get(link.replace("signature=", "signature=x"))) == (404, "not_found")


def test_a_deletion_stands_and_the_file_is_left_to_the_sweep(user, api, there, django_capture_on_commit_callbacks):
    photo = sent(api(user))
    there.client.meta.events.register("before-call.s3.DeleteObject", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        assert api(user).delete(f"{PATH}/{photo['id']}").status_code == 204
    there.client.meta.events.unregister("before-call.s3.DeleteObject", refuse)
    assert (Photo.objects.count(), len(there.names())) == (0, 1)
    assert (sweep(), there.names()) == ((1, 0), [])


def refuse(**kwargs):
    raise EndpointConnectionError(endpoint_url="there")


def test_an_export_waits_and_is_tried_again(user, silent):
    exports.request(user_id=user.id, now=timezone.now())
    exports.build_next(now=timezone.now())
    assert list(DataExport.objects.values_list("status", "attempts")) == [("requested", 1)]


def test_who_leaves_is_not_forgotten_while_it_is_away(user, api, there, settings, url):
    sent(api(user))
    bucket.use(settings, url, bucket="another-one")
    with pytest.raises(Unavailable):
        picture_files.forget(user.id, timezone.now())
    assert len(there.names()) == 1


def test_a_bucket_that_is_not_there_costs_no_row(user, api, there, settings, url):
    sent(api(user))
    bucket.use(settings, url, bucket="another-one")
    with pytest.raises(Unavailable):
        sweep()
    assert Photo.objects.exists()


@pytest.fixture
def stand_in(settings):
    with standing_in(b"<Error><Code>SlowDown</Code></Error>") as store:
        bucket.use(settings, store.url)
        yield store


def test_a_store_that_is_overrun_is_asked_twice_and_no_more(stand_in):
    stand_in.status = 503
    with pytest.raises(Unavailable):
        storages["private"].open("photos/ab/one.jpg")
    assert len(stand_in.asked) == buckets.ATTEMPTS


def test_one_that_hangs_is_not_waited_for(settings, monkeypatch):
    monkeypatch.setattr(buckets, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        bucket.use(settings, f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(Unavailable):
            storages["private"].open("photos/ab/one.jpg")


def test_one_that_refuses_us_is_no_missing_file(stand_in):
    stand_in.status, stand_in.answer = 403, b"<Error><Code>AccessDenied</Code></Error>"
    with pytest.raises(Unavailable):
        storages["private"].open("photos/ab/one.jpg")
