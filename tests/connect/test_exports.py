"""A copy of everything one gave and everything derived: asking for it, fetching it, building it."""

import base64
import io
import os
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from chat.services import keys
from connect.enums import ExportStatus, NotificationType
from connect.models import DataExport, Notification, Profile, User
from connect.services import exports
from safety.crypto import Tampered
from safety.services import archives
from tests.connect.archives import listed
from tests.connect.overlap import overlap
from tests.factories import UserFactory
from tests.matching.builders import match_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
PATH = "/api/account/export"


@pytest.fixture
def user():
    return UserFactory(person=True)


@pytest.fixture
def ready(user, api):
    """An export that was built, as its person reads of it."""
    client = api(user)
    client.post(PATH)
    exports.build_next(now=timezone.now())
    return client.get(PATH).json()


def code(reply):
    return reply.status_code, reply.json()["code"]


def age(export_id, by):
    export = DataExport.objects.get(id=export_id)
    DataExport.objects.filter(id=export_id).update(expires_at=export.expires_at - by)


# Asking.


def test_it_is_asked_for_and_waits(user, api):
    reply = api(user).post(PATH)
    told = reply.json()
    assert (reply.status_code, told["status"], told["link"]) == (202, "requested", None)
    assert told["export_id"] == str(DataExport.objects.get(user=user).id)


def test_while_one_is_under_way_it_is_that_one(user, api):
    client = api(user)
    assert client.post(PATH).json() == client.post(PATH).json()
    assert DataExport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_it_is_one(now):
    user = UserFactory()
    overlap(*[lambda: exports.request(user_id=user.id, now=now)] * 2)
    assert DataExport.objects.filter(user=user).count() == 1


def test_after_one_is_ready_there_is_another(ready, user, api):
    assert api(user).post(PATH).json()["export_id"] != ready["export_id"]


def test_under_a_key_the_same_reply_comes_back(user, api):
    client = api(user)
    first = client.post(PATH, key="one").json()
    exports.build_next(now=timezone.now())
    assert client.post(PATH, key="one").json() == first


def test_there_are_at_most_five_a_day(user, api):
    client = api(user)
    assert [client.post(PATH).status_code for _ in range(6)] == [202] * 5 + [429]


def test_who_asked_for_none_has_none(user, api):
    assert code(api(user).get(PATH)) == (404, "not_found")


def test_one_does_not_see_that_of_another(ready, api):
    assert code(api(UserFactory()).get(PATH)) == (404, "not_found")


def test_a_restricted_person_may_have_one(api):
    user = UserFactory()
    User.objects.filter(id=user.id).update(status="restricted")
    assert api(user).post(PATH).status_code == 202


def test_the_newest_is_shown(ready, user, api):
    client = api(user)
    asked = client.post(PATH).json()
    assert client.get(PATH).json() == asked


@pytest.mark.parametrize(
    ("languages", "words"),
    [(["de", "en"], "Eure Werte liegen nah beieinander."), (["en", "de"], "Your values lie close together.")],
)
def test_it_is_in_the_language_its_person_reads(user, api, now, languages, words):
    match_of(user, UserFactory(), now)
    Profile.objects.filter(user=user).update(languages=languages)
    client = api(user)
    client.post(PATH)
    exports.build_next(now=timezone.now())
    reply = client.get(client.get(PATH).json()["link"])
    (match,) = listed(ZipFile(io.BytesIO(b"".join(reply.streaming_content))), "matching/match.json")
    reply.close()
    assert [reason["text"] for reason in match["reasons"]] == [words]


# Fetching.


def test_when_it_is_ready_there_is_a_link_for_a_week(ready):
    days = timezone.datetime.fromisoformat(ready["expires_at"]) - timezone.datetime.fromisoformat(ready["ready_at"])
    assert (ready["status"], days, ready["size"] > 0) == ("ready", timedelta(days=7), True)
    assert ready["link"].startswith(f"/api/account/export/{ready['export_id']}/file?signature=")


def test_the_person_is_told(ready, user):
    assert Notification.objects.filter(user=user, type=NotificationType.EXPORT_READY).count() == 1


@pytest.mark.parametrize("accepted", ["*/*", "application/zip", "application/json", "text/html"])
def test_the_link_gives_the_file_to_nobody_in_particular(ready, api, accepted):
    reply = api().get(ready["link"], HTTP_ACCEPT=accepted)
    assert reply.status_code == 200
    assert "connect/profile.json" in ZipFile(io.BytesIO(b"".join(reply.streaming_content))).namelist()
    reply.close()


def test_as_a_file_that_nobody_keeps(ready, api):
    reply = api().get(ready["link"])
    told = {name: reply.headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")}
    assert told == {
        "Content-Type": "application/zip",
        "Content-Disposition": 'attachment; filename="maitribe-data.zip"',
        "Cache-Control": "no-store",
    }
    reply.close()


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + "x", lambda s: "x:" + s, lambda s: "é"])
def test_another_signature_opens_nothing(ready, api, change):
    path, _, signature = ready["link"].partition("?signature=")
    assert code(api().get(path, {"signature": change(signature)})) == (404, "not_found")


def test_nor_does_that_of_another_export(ready, api):
    other = UserFactory()
    client = api(other)
    client.post(PATH)
    exports.build_next(now=timezone.now())
    path, signature = client.get(PATH).json()["link"].split("?")[0], ready["link"].split("=")[1]
    assert code(api().get(path, {"signature": signature})) == (404, "not_found")


def test_no_signature_is_a_mistake(ready, api):
    assert code(api().get(ready["link"].split("?")[0])) == (400, "invalid")


def test_after_a_week_the_link_is_dead(ready, api):
    age(ready["export_id"], timedelta(days=7))
    assert code(api().get(ready["link"])) == (404, "not_found")


def test_a_signature_is_no_good_for_longer(ready, api, settings):
    settings.EXPORT_LIFETIME = timedelta(seconds=-1)
    assert code(api().get(ready["link"])) == (404, "not_found")


def test_a_file_that_is_gone_is_missing(ready, api):
    storages["private"].delete(f"exports/{ready['export_id']}.zip")
    assert code(api().get(ready["link"])) == (404, "not_found")


def test_the_sweeper_deletes_what_is_over(ready, own_files, user, api):
    age(ready["export_id"], timedelta(days=7))
    assert exports.clear_over(now=timezone.now()) == 1
    told = api(user).get(PATH).json()
    assert (told["status"], told["link"]) == ("expired", None)
    assert list((own_files / "private" / "exports").iterdir()) == []


def test_and_leaves_the_rest(ready, own_files):
    assert exports.clear_over(now=timezone.now()) == 0
    assert len(list((own_files / "private" / "exports").iterdir())) == 1


def test_the_file_is_for_the_process_alone(ready, own_files):
    (file,) = (own_files / "private" / "exports").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_on_the_disk_it_is_sealed(ready, own_files):
    (file,) = (own_files / "private" / "exports").iterdir()
    content = file.read_bytes()
    assert b"PK" not in content[:4]
    assert b"manifest.json" not in content


def test_a_file_that_was_changed_does_not_go_out(ready, api, own_files):
    (file,) = (own_files / "private" / "exports").iterdir()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    reply = api().get(ready["link"])
    with pytest.raises(Tampered):
        b"".join(reply.streaming_content)


def test_without_its_row_nobody_can_read_it(ready):
    age(ready["export_id"], timedelta(days=7))
    exports.clear_over(now=timezone.now())
    assert DataExport.objects.get(id=ready["export_id"]).file_key is None


def test_it_survives_a_rotation_of_keys(ready, api, settings):
    settings.DATA_KEYS = [f"next:{base64.b64encode(os.urandom(32)).decode()}", *settings.DATA_KEYS]
    keys.rotate()
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    reply = api().get(ready["link"])
    assert ZipFile(io.BytesIO(b"".join(reply.streaming_content))).testzip() is None


# Building.


def test_nothing_is_due_where_nothing_was_asked(db):
    assert exports.build_next(now=timezone.now()) is None


def test_what_a_worker_is_at_is_left_to_it(user, now):
    exports.request(user_id=user.id, now=now)
    DataExport.objects.update(status=ExportStatus.BUILDING, claimed_until=now + exports.CLAIM)
    assert exports.build_next(now=now) is None


def test_what_it_left_behind_is_built_by_another(user, now):
    exports.request(user_id=user.id, now=now)
    DataExport.objects.update(status=ExportStatus.BUILDING, claimed_until=now + exports.CLAIM)
    exports.build_next(now=now + exports.CLAIM)
    assert DataExport.objects.get().status == ExportStatus.READY


@pytest.fixture
def broken(monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(archives, "write", fail)


def test_one_that_fails_is_tried_again_later(user, now, broken):
    exports.request(user_id=user.id, now=now)
    exports.build_next(now=now)
    export = DataExport.objects.get()
    assert (export.status, export.due_at) == (ExportStatus.REQUESTED, now + exports.WAIT)


def test_three_times(user, now, broken):
    exports.request(user_id=user.id, now=now)
    for n in range(4):
        exports.build_next(now=now + n * exports.WAIT)
    export = DataExport.objects.get()
    assert (export.status, export.attempts) == (ExportStatus.FAILED, 3)


def test_after_a_failure_another_may_be_asked_for(user, now):
    exports.request(user_id=user.id, now=now)
    DataExport.objects.update(status=ExportStatus.BUILDING)
    DataExport.objects.update(status=ExportStatus.FAILED)
    assert exports.request(user_id=user.id, now=now).status == ExportStatus.REQUESTED


def test_of_somebody_erased_meanwhile_no_file_stays(user, now, own_files, monkeypatch):
    exports.request(user_id=user.id, now=now)

    def write(out, **kwargs):
        out.write(b"half")
        DataExport.objects.all().delete()

    monkeypatch.setattr(archives, "write", write)
    exports.build_next(now=now)
    assert list((own_files / "private" / "exports").iterdir()) == []


def test_a_file_whose_worker_was_killed_goes_with_the_next_sweep(own_files, now):
    folder = own_files / "private" / "exports"
    folder.mkdir(parents=True)
    (folder / "left.zip").write_bytes(b"half")
    exports.clear_over(now=now)
    assert list(folder.iterdir()) == []
