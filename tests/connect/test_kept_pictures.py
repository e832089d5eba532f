"""What all kinds of pictures have in common: kept, shown by links of their kind, swept, and declared to all who ask."""

import io
import time
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.errors import NotYours
from connect import pictures
from connect.models import Photo, StoredPicture
from connect.services import kept_pictures, photos, picture_files
from connect.services.picture_files import Kind
from tests.factories import UserFactory
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
KINDS = [model for model in apps.get_models() if issubclass(model, StoredPicture)]
LATER = timedelta(minutes=61)


def picture(seed=1):
    return pictures.read(io.BytesIO(encoded(landscape(300, 400, seed=seed))))


def kept(user, seed=1):
    return photos.add(user_id=user.id, examined=photos.Examined(picture(seed), no_face(), "none-1"), now=timezone.now())


def no_face():
    return photos.Sighting(None, 0.5)


def jpeg(row):
    return b"".join(kept_pictures.content(row))


def there(row):
    return storages["private"].exists(row.file)


def test_every_kind_is_swept_and_has_a_route_of_its_name():
    assert {kind.model for kind in picture_files.kinds()} == set(KINDS)
    assert all(reverse(f"{model._meta.model_name}-file", args=[UserFactory().id]) for model in KINDS)
    assert len({model.folder for model in KINDS}) == len(KINDS)


def test_a_row_is_told_what_was_kept():
    row, sent = Photo(), picture()
    kept_pictures.keep(row, sent)
    assert (row.size, row.digest, row.width, row.height) == (len(sent.jpeg), sent.digest, 300, 400)
    assert jpeg(row) == sent.jpeg


def test_kept_again_it_is_the_later_one():
    row = Photo()
    kept_pictures.keep(row, picture())
    first = row.file
    kept_pictures.keep(row, picture(seed=2))
    assert (row.file == first, jpeg(row)) == (False, picture(seed=2).jpeg)


def test_a_file_that_is_discarded_goes_with_the_transaction(django_capture_on_commit_callbacks):
    row = kept(UserFactory())
    with django_capture_on_commit_callbacks(execute=True):
        kept_pictures.discard([row.file])
        assert there(row)
    assert not there(row)


@pytest.mark.parametrize("hours, shown", [(23, True), (25, False)])
def test_a_link_of_a_kind_without_a_time_of_its_own_is_good_for_a_day(monkeypatch, hours, shown):
    monkeypatch.setattr(Photo, "link_lifetime", StoredPicture.link_lifetime)
    user = UserFactory()
    row = kept(user)
    signature = kept_pictures.signature(row, viewer=user.id)
    later = time.time() + timedelta(hours=hours).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    try:
        kept_pictures.signed(Photo, picture_id=row.id, signature=signature, now=timezone.now())
    except NotYours:
        assert not shown
    else:
        assert shown


def test_a_file_is_opened_when_the_transaction_is_over(api, monkeypatch):
    user = UserFactory()
    row = kept(user)
    within = []
    content = kept_pictures.content
    monkeypatch.setattr(
        kept_pictures, "content", lambda row: within.append(list(connection.savepoint_ids)) or content(row)
    )
    link = f"/api/photos/{row.id}/file?signature={kept_pictures.signature(row, viewer=user.id)}"
    assert (api().get(link).status_code, within) == (200, [[]])


def test_an_old_row_whose_file_came_after_the_list_stays(monkeypatch):
    row = kept(UserFactory())
    kept(UserFactory())
    listed = picture_files.listed
    monkeypatch.setattr(picture_files, "listed", lambda folder: listed(folder) - {row.file})
    assert picture_files.sweep(Kind(Photo, photos.lose), now=timezone.now() + LATER) == (0, 0)
    assert Photo.objects.filter(id=row.id).exists()


def test_the_files_of_a_kind_that_outlives_its_people_stay_with_their_rows(monkeypatch):
    row = kept(UserFactory())
    monkeypatch.setattr(picture_files, "_kinds", [Kind(Photo, photos.lose, belongs=())])
    picture_files.forget(row.user_id, timezone.now())
    assert there(row)


def test_what_is_swept_by_the_clock_is_every_kind(monkeypatch):
    swept = []
    monkeypatch.setattr(picture_files, "sweep", lambda kind, now: swept.append(kind.model))
    picture_files.sweep_all(now=timezone.now())
    assert swept == [kind.model for kind in picture_files.kinds()]
