"""Files of photos that have no row, rows that have no file, and what becomes of both when somebody leaves."""

import io
from datetime import timedelta
from zipfile import ZipFile

import orjson
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from connect.models import AccountDeletion, Photo, User
from connect.services import erasures, photos, picture_files
from connect.services.picture_files import Kind
from safety.models import AuditLog
from safety.services import archives
from tests.factories import PhotoFactory, UserFactory
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
SOON = timedelta(minutes=59)
LATER = timedelta(minutes=61)
PHOTOS = Kind(Photo, photos.lose)


def kept(user, seed=1):
    """A photo with its file."""
    examined = photos.examine(io.BytesIO(encoded(landscape(300, 300, seed=seed))))
    return photos.add(user_id=user.id, examined=examined, now=timezone.now())


def orphan(name="photos/ab/nobody.jpg"):
    storages["private"].save(name, ContentFile(b"left over"))
    return name


def there(name):
    return storages["private"].exists(name)


def sweep(after):
    return picture_files.sweep(PHOTOS, now=timezone.now() + after)


def test_a_file_without_a_row_goes_after_an_hour():
    file = orphan()
    assert (sweep(SOON), there(file)) == ((0, 0), True)
    assert (sweep(LATER), there(file)) == ((1, 0), False)


def test_a_file_with_its_row_stays():
    photo = kept(UserFactory())
    assert (sweep(LATER), there(photo.file)) == ((0, 0), True)


def test_a_row_without_a_file_goes_after_an_hour_and_leaves_no_gap():
    user = UserFactory()
    lost, stays = kept(user), kept(user, seed=2)
    storages["private"].delete(lost.file)
    assert sweep(SOON) == (0, 0)
    assert sweep(LATER) == (0, 1)
    assert list(Photo.objects.values_list("id", "position")) == [(stays.id, 1)]
    assert AuditLog.objects.filter(action="photo_lost", entity_id=lost.id).exists()


def test_when_many_are_gone_at_once_the_rows_stay(settings):
    settings.PICTURE_FILES_LOST_AT_ONCE = 2
    user = UserFactory()
    kept(user)
    PhotoFactory.create_batch(3, user=user)
    assert sweep(LATER) == (0, 0)
    assert Photo.objects.count() == 4


def test_when_all_are_gone_the_rows_stay():
    PhotoFactory()
    assert sweep(LATER) == (0, 0)
    assert Photo.objects.count() == 1


def test_when_most_files_have_no_row_they_stay(settings):
    settings.PICTURE_FILES_LOST_AT_ONCE = 1
    kept(UserFactory())
    files = [orphan(f"photos/ab/{number}.jpg") for number in range(2)]
    assert sweep(LATER) == (0, 0)
    assert all(map(there, files))


def test_swept_twice_nothing_is_left_to_do():
    orphan()
    assert [sweep(LATER), sweep(LATER)] == [(1, 0), (0, 0)]


def test_an_upload_that_fails_leaves_a_file_that_is_swept(monkeypatch):
    user = UserFactory()
    monkeypatch.setattr(Photo, "save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kept(user)
    assert sweep(LATER) == (1, 0)


def test_who_leaves_leaves_no_file():
    user, other = UserFactory(), UserFactory()
    photo, theirs = kept(user), kept(other)
    User.objects.filter(id=user.id).update(status="deletion_pending")
    AccountDeletion.objects.create(user=user, due_at=timezone.now())
    erasures.erase(user_id=user.id, now=timezone.now())
    assert (there(photo.file), there(theirs.file)) == (False, True)
    assert list(Photo.objects.values_list("user", flat=True)) == [other.id]


def test_an_export_holds_the_pictures_as_they_are_seen():
    user = UserFactory()
    first = kept(user)
    kept(UserFactory())
    out = io.BytesIO()
    archives.write(out, person=user.id, now=timezone.now())
    archive = ZipFile(out)
    assert [name for name in archive.namelist() if name.startswith("media/")] == ["media/photos/1.jpg"]
    assert Image.open(archive.open("media/photos/1.jpg")).size == (300, 300)
    (row,) = orjson.loads(archive.read("connect/photo.json"))
    assert (row["digest"], {"file", "file_key"} & set(row)) == (first.digest, set())
