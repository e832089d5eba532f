"""What is in a copy of everything, and what is not, however much there is."""

import hashlib
import re
import tracemalloc
from datetime import timedelta

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services import conversations, messages, panic
from connect.enums import UserStatus
from connect.models import AccountDeletion, Notification, Profile, User
from connect.services import erasures
from matching.services import connections
from safety import personal_data
from safety.enums import FOREVER, BlockSource
from safety.personal_data import Part, StoredFile
from safety.services import archives, blocks
from tests.chat.people import make_two
from tests.connect.archives import archive_of, listed
from tests.connect.leavers import WORDS, leaver
from tests.factories import UserFactory
from tests.safety.cases import filed
from tests.streaks.builders import at, streak

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def user():
    return UserFactory(person=True)


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
