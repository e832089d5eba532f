"""The famous: put in, corrected, replaced, taken out, looked at anew; listed and shown to everybody."""

import io
from dataclasses import replace
from uuid import UUID

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError

from config.errors import Invalid, NotYours, WrongState
from connect import pictures
from connect.services import kept_pictures, picture_files
from connect.services.picture_files import Kind
from faces.engine.analysis import Analysis
from faces.models import Celebrity, CelebrityMatch
from faces.services import celebrities
from faces.services.celebrities import About
from safety.models import AuditLog
from tests.faces.famous import direction, faced, famous, picture, row
from tests.factories import UserFactory
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
LIST = "/api/celebrities"


def there(file):
    return storages["private"].exists(file)


def names(reply):
    return [entry["name"] for entry in reply.json()["results"]]


def on_record(action):
    return AuditLog.objects.get(action=action)


# Put in.


def test_somebody_is_kept_with_what_was_found_in_the_picture(now):
    made = Celebrity.objects.get(id=famous(now, name="Ada Example", bio="Writes.", category="actor").id)
    assert (made.name, made.bio, made.category) == ("Ada Example", "Writes.", "actor")
    assert (made.analyzer, made.analyzed_at, len(made.embedding)) == ("classical-1", now, 512)
    assert there(made.file) and made.digest == picture().digest


def test_what_they_are_taken_for_is_not_what_they_are(now):
    seen = celebrities.examine(picture())
    examined = replace(seen, found=replace(seen.found, gender="male"))
    assert celebrities.add(about=About("Ada", gender="female"), examined=examined, by=None, now=now).gender == "female"
    other = replace(examined, picture=picture(2))
    assert celebrities.add(about=About("Nobody said"), examined=other, by=None, now=now).gender == ""


def test_a_picture_without_a_face_is_refused():
    with pytest.raises(Invalid, match="No face"):
        celebrities.examine(pictures.read(io.BytesIO(encoded(landscape(400, 500)))))


def test_the_same_picture_is_there_once(now):
    first = famous(now)
    with pytest.raises(WrongState) as refused:
        famous(now, name="Somebody Else")
    assert (refused.value.code, refused.value.details) == ("celebrity_known", {"celebrity_id": str(first.id)})
    assert Celebrity.objects.count() == 1


def test_who_put_somebody_in_is_on_record(now):
    staff = UserFactory()
    made = famous(now, by=staff.id)
    entry = on_record("celebrity_added")
    assert (entry.actor_id, entry.entity, entry.entity_id) == (staff.id, "faces_celebrity", made.id)


# Corrected and replaced.


def test_who_somebody_is_can_be_corrected(now):
    made, staff = famous(now, name="Greta Gadwal", category="actor"), UserFactory()
    about = About("Greta Gadwall", category="actor", bio="Plays.")
    celebrities.change(celebrity_id=made.id, about=about, by=staff.id, now=now)
    made.refresh_from_db()
    assert (made.name, made.bio, made.category) == ("Greta Gadwall", "Plays.", "actor")
    assert on_record("celebrity_changed").data["changed"] == ["bio", "name"]


def test_another_picture_takes_the_place_of_the_old_one(now, django_capture_on_commit_callbacks):
    made, staff = famous(now), UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        examined = celebrities.examine(picture(2))
        celebrities.replace(celebrity_id=made.id, examined=examined, by=staff.id, now=now)
    new = Celebrity.objects.get(id=made.id)
    assert (there(made.file), there(new.file), new.digest) == (False, True, picture(2).digest)
    assert list(new.embedding) != list(made.embedding)


def test_a_picture_of_somebody_else_who_is_there_is_not_taken(now):
    made = famous(now)
    famous(now, seed=2)
    with pytest.raises(WrongState):
        celebrities.replace(
            celebrity_id=made.id, examined=celebrities.examine(picture(2)), by=UserFactory().id, now=now
        )
    assert Celebrity.objects.get(id=made.id).digest == picture(1).digest


def test_nobody_is_changed_who_is_not_there(now):
    nobody = UserFactory().id
    with pytest.raises(NotYours):
        celebrities.change(celebrity_id=nobody, about=About("X"), by=nobody, now=now)
    with pytest.raises(NotYours):
        celebrities.delete(celebrity_id=nobody, by=nobody, now=now)


# Taken out.


def test_whoever_is_taken_out_goes_with_picture_and_likenesses(now, django_capture_on_commit_callbacks):
    made = famous(now)
    CelebrityMatch.objects.create(face=faced(now), celebrity=made, similarity_score=0.5, analyzer="classical-1")
    with django_capture_on_commit_callbacks(execute=True):
        celebrities.delete(celebrity_id=made.id, by=None, now=now)
    assert (there(made.file), Celebrity.objects.count(), CelebrityMatch.objects.count()) == (False, 0, 0)


def test_whoever_lost_their_file_is_swept_out(now):
    lost = [row(now, 10), famous(now)][0]
    Celebrity.objects.update(created_at=now - picture_files.settings.PICTURE_FILE_GRACE * 2)
    assert picture_files.sweep(Kind(Celebrity, celebrities.lose, belongs=()), now=now) == (0, 1)
    assert not Celebrity.objects.filter(id=lost.id).exists()


# Looked at anew.


class Other:
    """Another analyzer than the one that ships, which sees a face where `sees` says so."""

    name, identity_grade, same_person = "other-2", True, 0.5

    def __init__(self, sees=True):
        self.sees = sees
        self.looked = 0

    def analyze(self, pixels):
        self.looked += 1
        return _found() if self.sees else None


def _found():
    return Analysis(embedding=direction(90), quality=0.9, blur=0.8, illumination=0.7, geometry={"eyes": 0.4})


@pytest.fixture
def other(monkeypatch):
    found = Other()
    monkeypatch.setattr(celebrities, "analyzer", lambda: found)
    return found


def test_those_whom_another_analyzer_saw_are_looked_at_anew_once(now, other):
    old = row(now, 0, gender="male", analyzer="other-2")
    made = _with_file(now)
    assert [celebrities.reanalyze(now=now, limit=10) for _ in range(2)] == [1, 0]
    made.refresh_from_db()
    assert (made.analyzer, made.quality_score, made.skin_tone_lab, made.embedding[1]) == ("other-2", 0.9, None, 1)
    old.refresh_from_db()
    assert old.embedding[0] == 1


def _with_file(now, **fields):
    """Analysed by the one that ships, whichever stands in its place."""
    made = row(now, 0, name="Kept", **fields)
    kept_pictures.keep(made, picture())
    made.save()
    return made


def test_it_goes_on_where_it_stopped(now, other):
    _with_file(now)
    row(now, 20)
    assert [celebrities.reanalyze(now=now, limit=1) for _ in range(3)] == [1, 1, 0]
    assert other.looked == 1  # the other one's file is nowhere


@pytest.mark.parametrize("gone", [True, False], ids=["no file", "no face"])
def test_without_a_face_somebody_stays_and_takes_no_part(now, other, gone):
    made = row(now, 0, gender="female") if gone else _with_file(now, gender="female")
    other.sees = False
    celebrities.reanalyze(now=now, limit=10)
    made.refresh_from_db()
    assert (made.analyzer, made.embedding, made.quality_score, made.gender) == ("other-2", None, None, "female")


# Listed and shown.


def test_anybody_sees_them_newest_first_page_by_page(client, now):
    for angle in (1, 2, 3):
        row(now, angle, name=f"Nr {angle}", id=_ordered(angle))
    first = client.get(LIST, {"limit": 2})
    assert names(first) == ["Nr 3", "Nr 2"]
    assert names(client.get(first.json()["next"])) == ["Nr 1"]


def _ordered(number):
    return UUID(int=number)


@pytest.mark.parametrize(
    "asked, found",
    [
        ({"category": "actor"}, ["Ada"]),
        ({"gender": "male"}, ["Ben"]),
        ({"q": "aD"}, ["Ada"]),
        ({"q": "%"}, []),
        ({"category": "actor", "gender": "male"}, []),
        ({}, ["Ben", "Ada"]),
    ],
)
def test_they_are_filtered(client, now, asked, found):
    row(now, 1, name="Ada", category="actor", gender="female", id=_ordered(1))
    row(now, 2, name="Ben", category="athlete", gender="male", id=_ordered(2))
    assert names(client.get(LIST, asked)) == found


@pytest.mark.parametrize("asked", [{"category": "king"}, {"gender": ""}, {"q": "x" * 121}, {"sort": "name"}])
def test_what_cannot_be_asked_is_refused(client, asked):
    assert client.get(LIST, asked).status_code == 400


def test_nothing_is_told_of_a_picture_but_how_to_see_it(client, now):
    made = famous(now, name="Ada", bio="Writes.", category="actor", gender="female")
    [told] = client.get(LIST).json()["results"]
    link = f"/api/celebrities/{made.id}/picture"
    shown = {"width": 400, "height": 500, "link": link}
    assert told == {
        **{"id": str(made.id), "name": "Ada", "bio": "Writes.", "category": "actor", "gender": "female"},
        "picture": shown,
    }


def test_a_picture_is_shown_to_anybody_and_may_be_kept_for_a_while(client, now):
    made = famous(now)
    reply = client.get(f"/api/celebrities/{made.id}/picture")
    assert b"".join(reply.streaming_content) == picture().jpeg
    assert (reply["Content-Type"], reply["Cache-Control"]) == ("image/jpeg", "public, max-age=3600")


@pytest.mark.parametrize("gone", [True, False])
def test_a_picture_that_is_not_there_is_not_found(client, now, gone):
    shown = row(now, 1).id if gone else _ordered(9)
    reply = client.get(f"/api/celebrities/{shown}/picture")
    assert (reply.status_code, reply["Cache-Control"]) == (404, "no-store")


def test_the_database_holds_a_picture_once(now):
    made = row(now, 1)
    with pytest.raises(IntegrityError):
        row(now, 2, digest=made.digest)
