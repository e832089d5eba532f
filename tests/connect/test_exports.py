"""A copy of everything one gave and everything derived."""

import base64
import hashlib
import io
import os
import re
import tracemalloc
from datetime import timedelta
from zipfile import ZipFile

import orjson
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services import conversations, keys, messages, panic
from connect.enums import ExportStatus, NotificationType, UserStatus
from connect.models import AccountDeletion, DataExport, Notification, Profile, User
from connect.services import erasures, exports
from matching.services import connections
from safety import personal_data
from safety.crypto import Tampered
from safety.enums import FOREVER, BlockSource
from safety.personal_data import Part, StoredFile
from safety.services import archives, blocks
from tests.chat.people import make_two
from tests.connect.leavers import WORDS, leaver
from tests.connect.overlap import overlap
from tests.factories import UserFactory
from tests.matching.builders import match_of
from tests.safety.cases import filed
from tests.streaks.builders import at, streak

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


def archive_of(user_id):
    out = io.BytesIO()
    archives.write(out, person=user_id, now=timezone.now())
    return ZipFile(out)


def listed(archive, name):
    return orjson.loads(archive.read(name))


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


# What is in it.


@pytest.fixture
def everything():
    return leaver()


def test_the_manifest_says_what_each_file_is(everything):
    archive = archive_of(everything.user.id)
    manifest = listed(archive, "manifest.json")
    told = {file["name"]: file for file in manifest["files"]}
    there = {name: file for name, file in told.items() if not file.get("missing")}
    assert {*there, "manifest.json"} == set(archive.namelist())
    for name, file in there.items():
        content = archive.read(name)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert (file["rows"], file["bytes"]) == (len(orjson.loads(content)), len(content))
    assert (manifest["product"], manifest["version"]) == ("MaiTribe Connect", "1")


def test_every_table_that_is_not_withheld_is_in_it(everything):
    names = {f"{part.name}.json" for part in personal_data.parts() if not part.withheld}
    assert names == set(archive_of(everything.user.id).namelist()) - {"manifest.json"}


def test_and_somebody_with_everything_finds_something_in_each(everything):
    archive = archive_of(everything.user.id)
    assert [name for name in archive.namelist() if not listed(archive, name)] == []


def test_what_one_gave_is_there_in_full(everything):
    archive = archive_of(everything.user.id)
    profile = Profile.objects.get(user=everything.user)
    (told,) = listed(archive, "connect/profile.json")
    columns = {field.name for field in Profile._meta.concrete_fields} - {"user"}
    assert (set(told), told["name"], told["nickname"]) == (columns, profile.name, profile.nickname)


def test_messages_are_opened_and_the_other_is_a_pseudonym(everything):
    said = listed(archive_of(everything.user.id), "chat/message.json")
    conversation = everything.two.conversation
    words = [(m["from"], m["text"]) for m in said if m["conversation_id"] == str(conversation.id)]
    assert words == [("you", WORDS), (conversation.pseudonym_of(everything.friend), "Me neither")]


def test_a_message_that_cannot_be_read_does_not_stop_the_others(everything):
    said = listed(archive_of(everything.user.id), "chat/message.json")
    assert [m["text"] for m in said if m["conversation_id"] != str(everything.two.conversation.id)] == [None]


def test_nobody_else_is_named(everything):
    archive = archive_of(everything.user.id)
    content = b"".join(archive.read(name) for name in archive.namelist())
    for person in User.objects.filter(id__in=[everything.other.id, everything.friend]):
        assert str(person.id).encode() not in content
        assert str(person.email).encode() not in content


@pytest.mark.parametrize("name", ["password", "refresh_token_hash", "data_key", "content_ciphertext", "evidence"])
def test_secrets_are_not_in_it(everything, name):
    archive = archive_of(everything.user.id)
    assert not any(f'"{name}":'.encode() in archive.read(file) for file in archive.namelist())


def test_reports_of_others_are_not_in_it(everything):
    filed(by=everything.other.id, against=everything.user.id)
    reports = listed(archive_of(everything.user.id), "safety/report.json")
    assert [report["details"] for report in reports] == [""]


def test_ones_own_words_in_a_report_are(everything):
    filed(by=everything.user.id, against=everything.other.id)
    reports = listed(archive_of(everything.user.id), "safety/report.json")
    assert "They said it." in [report["details"] for report in reports]


def test_the_other_side_gets_the_same_talk_the_other_way_round(everything):
    said = listed(archive_of(everything.friend), "chat/message.json")
    conversation = everything.two.conversation
    words = [(m["from"], m["text"]) for m in said]
    assert words == [(conversation.pseudonym_of(everything.user.id), WORDS), ("you", "Me neither")]


def blocked(made, now):
    blocks.block(by=made.user_low_id, other=made.user_high_id, source=BlockSource.MANUAL, now=now)


def panicked(made, now):
    """The clean-up comes a little later."""
    talk = Conversation.objects.get(connection=made.connection_id)
    panic.leave(conversation_id=talk.id, by=made.user_low_id, reason="threat", details="", now=now)
    blocks.part_due(now=now + timedelta(seconds=5))


def terminated(made, now):
    connections.terminate(connection_id=made.connection_id, by=made.user_low_id, now=now)


def banned(made, now):
    User.objects.filter(id=made.user_low_id).update(suspended_until=FOREVER)
    conversations.close_banned(now=now)


def erased(made, now):
    User.objects.filter(id=made.user_low_id).update(status=UserStatus.DELETION_PENDING)
    AccountDeletion.objects.create(user_id=made.user_low_id, due_at=now)
    erasures.erase_due(now=now)


OF_TWO = ["connection", "connectionevent", "interest", "conversation", "streak", "notification"]


def told_of_the_end(end):
    """What the one who is left is given of it, without ids, names and all moments but that of the end."""
    made, now = streak(), at(2)
    end(made, now)
    archive = archive_of(made.user_high_id)
    names = [name for name in archive.namelist() if name.partition("/")[2].removesuffix(".json") in OF_TWO]
    said = "".join(archive.read(name).decode() for name in names).replace(now.isoformat(), "<end>")
    said = re.sub(r'"(you|other)":"[^"]+"', r'"\1":"<name>"', re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", said))
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "<moment>", said)


def test_why_a_connection_ended_is_not_in_it():
    endings = [terminated, blocked, panicked, banned, erased]
    first, *others = [told_of_the_end(end) for end in endings]
    assert "<end>" in first
    assert others == [first] * len(others)


def with_files(file):
    (profile,) = (part for part in personal_data.parts() if part.model is Profile)
    return Part(Profile, "Photos", "to be seen", profile.erased, files=lambda person: [file])


def test_files_go_along(user, monkeypatch):
    file = StoredFile("photos/one.jpg", lambda: iter([b"a pic", b"ture"]))
    monkeypatch.setattr(personal_data, "_parts", [with_files(file)])
    archive = archive_of(user.id)
    assert archive.read("media/photos/one.jpg") == b"a picture"
    (_, told) = listed(archive, "manifest.json")["files"]
    assert told["sha256"] == hashlib.sha256(b"a picture").hexdigest()


def test_a_file_that_is_gone_is_told_of_and_holds_up_nothing(user, monkeypatch):
    def gone():
        raise FileNotFoundError

    monkeypatch.setattr(personal_data, "_parts", [with_files(StoredFile("photos/one.jpg", gone))])
    archive = archive_of(user.id)
    (_, told) = listed(archive, "manifest.json")["files"]
    assert (told["missing"], "media/photos/one.jpg" in archive.namelist()) == (True, False)


# However much there is.


def say(two, count):
    for n in range(count):
        now = timezone.now()
        messages.send(conversation_id=two.conversation.id, by=two.a, client_id=f"{n} {now}", text="Hello", now=now)


def test_the_number_of_queries_does_not_grow_with_the_rows():
    two = make_two()

    def queries():
        with CaptureQueriesContext(connection) as asked:
            archive_of(two.a)
        return len(asked)

    say(two, 2)
    few = queries()
    say(two, 10)
    assert (queries(), Message.objects.count()) == (few, 12)


class Nowhere:
    """Somewhere to write to that keeps nothing."""

    def write(self, piece):
        return len(piece)

    def flush(self):
        pass


def peak(user_id):
    tracemalloc.start()
    archives.write(Nowhere(), person=user_id, now=timezone.now())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def notify(user, count):
    rows = [Notification(user=user, type="nudge", title="Hello", message="x" * 300) for _ in range(count)]
    Notification.objects.bulk_create(rows)


def test_nor_does_the_memory(user):
    notify(user, 1000)
    peak(user.id)
    few = peak(user.id)
    notify(user, 9000)
    assert peak(user.id) < 1.5 * few
