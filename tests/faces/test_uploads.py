"""Pictures of one's face: sent, listed, chosen, deleted; what one is told of them, and by which links they are seen."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from config.db import new_id
from config.errors import CapacityReached, ConsentMissing
from connect import pictures
from connect.enums import DisclosureLevel, DisclosureSource, Purpose
from connect.models import Disclosure
from connect.services import consents, disclosures
from faces.models import CelebrityMatch, Face, FaceMatch, MatchJob, Reaction
from faces.services import own_faces, uploads
from safety.enums import BlockSource
from safety.services import blocks
from tests.connect.overlap import overlap
from tests.faces.likers import alike, face_of, member
from tests.pictures import drawn_face, encoded, landscape, post_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
PATH = "/api/faces"
# The login role; savepoint, role, session, the faces, role back, savepoint; the login role back.
LIST_QUERIES = 8


@pytest.fixture
def user():
    return member()


def send(client, data, **extra):
    return post_form(client, PATH, {"face": SimpleUploadedFile("me.jpg", data)}, **extra)


def sent(client, seed=1):
    reply = send(client, encoded(drawn_face(400, 500, seed=seed)))
    assert reply.status_code == 201, reply.content
    return reply.json()


def code(reply):
    return reply.status_code, reply.json()["code"]


def picture(seed=1):
    return pictures.read(io.BytesIO(encoded(landscape(300, 400, seed=seed))))


def listed(client):
    return client.get(PATH).json()["faces"]


def seen(viewer, user, now):
    """Which faces of somebody another sees, by id."""
    return set(Face.objects.shown_to(viewer.id, now).filter(user=user).values_list("id", flat=True))


def default(user):
    return Face.objects.filter(user=user, is_default=True).values_list("id", flat=True).get()


# Sending.


def test_a_face_is_kept_and_waits_to_be_looked_at(user, api):
    face = sent(api(user))
    assert (face["status"], face["verdict"], face["seen"], face["is_default"]) == ("pending", "open", None, True)
    assert (face["job"]["status"], face["job"]["job_type"], face["job"]["stage"]) == ("pending", "both", "waiting")


def test_without_the_consent_it_is_refused_by_name(api):
    reply = send(api(member(Purpose.FACE_MATCHING)), encoded(drawn_face()))
    assert code(reply) == (403, "consent_missing")
    assert reply.json()["details"] == {"purpose": "face_analysis"}


def test_the_same_picture_is_there_once(user, api):
    client = api(user)
    first = sent(client)
    reply = send(client, encoded(drawn_face(400, 500)))
    assert code(reply) == (409, "face_known")
    assert reply.json()["details"] == {"face_id": first["id"]}


def test_another_person_may_send_the_same(user, api):
    sent(api(user))
    assert sent(api(member()))["is_default"]


def test_sent_again_with_its_key_it_is_the_same_face(user, api):
    client, data = api(user), encoded(drawn_face())
    first, again = (send(client, data, key="once") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert MatchJob.objects.count() == 1


def test_there_are_as_many_as_the_setting_says(user, settings, now):
    settings.FACES_MOST = 1
    uploads.add(user_id=user.id, picture=picture(1), now=now)
    with pytest.raises(CapacityReached) as refused:
        uploads.add(user_id=user.id, picture=picture(2), now=now)
    assert (refused.value.code, refused.value.details) == ("faces_full", {"most": 1})


def test_what_is_no_picture_is_refused(user, api):
    assert code(send(api(user), b"GIF89a, or so it says")) == (400, "picture_unknown")


@pytest.mark.django_db(transaction=True)
def test_one_sent_while_the_consent_is_taken_back_does_not_stay(user, now):
    def add():
        uploads.add(user_id=user.id, picture=picture(), now=now)

    def revoke():
        consents.revoke(user_id=user.id, purpose=Purpose.FACE_ANALYSIS, now=now)

    overlap(add, revoke)
    assert not Face.objects.exists()
    with pytest.raises(ConsentMissing), transaction.atomic():
        add()


# Showing.


def test_of_what_was_found_vectors_are_never_shown(user, api, now):
    face = face_of(user, now, age=34, gender="female", expression="happy", landmarks_68=[[1, 2]] * 68)
    shown = api(user).get(f"{PATH}/{face.id}").json()
    assert {name: shown["seen"][name] for name in ("analyzer", "identity_grade", "age", "gender", "expression")} == {
        "analyzer": "classical-1",
        "identity_grade": False,
        "age": 34,
        "gender": "female",
        "expression": "happy",
    }
    assert not {"embedding", "landmarks_68", "geometry_ratios", "file", "digest"} & (
        shown.keys() | shown["seen"].keys()
    )


def test_the_default_comes_first_then_the_newest(user, api):
    client = api(user)
    ids = [sent(client, seed)["id"] for seed in (1, 2, 3)]
    assert [face["id"] for face in listed(client)] == [ids[0], ids[2], ids[1]]


def test_a_list_takes_the_same_queries_however_long(user, api, now, django_assert_num_queries):
    client = api(user)
    for _ in range(3):
        face_of(user, now)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client)) == 3


def test_its_link_shows_the_picture_for_a_day(user, api, settings):
    face = sent(api(user))
    shown = api().get(face["link"])
    assert shown["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    settings.PICTURE_LINK_LIFETIME = timedelta(0)
    assert api().get(face["link"]).status_code == 404


def test_whom_it_is_like_sees_that_one_until_a_block(user, now):
    other, _ = member(), face_of(user, now)
    assert seen(other, user, now) == set()
    match = alike(user, other, now)
    assert seen(other, user, now) == {match.face_of(user.id)}
    blocks.block(by=user.id, other=other.id, source=BlockSource.MANUAL, now=now)
    assert seen(other, user, now) == set()


def test_one_that_is_not_known_to_be_theirs_no_likeness_shows(user, now):
    other = member()
    face, rejected = (alike(user, other, now).face_of(user.id) for _ in range(2))
    Face.objects.filter(id=rejected).update(verdict="rejected")
    assert seen(other, user, now) == {face}


def test_whoever_may_know_who_they_are_sees_those_that_are_known_to_be_theirs(user, api, now):
    sent(api(user))
    friend, face = member(), face_of(user, now)
    edge = {"source": DisclosureSource.CONNECTION, "source_id": new_id()}
    disclosures.grant_mutual(first=user.id, second=friend.id, level=DisclosureLevel.IDENTITY, **edge, now=now)
    assert seen(friend, user, now) == {face.id}


def test_a_strangers_face_and_job_are_not_to_be_found(user, api):
    face, stranger = sent(api(user)), api(member())
    assert stranger.get(f"{PATH}/{face['id']}").status_code == 404
    assert stranger.get(f"/api/match_jobs/{face['job']['id']}").status_code == 404
    assert api(user).get(f"/api/match_jobs/{face['job']['id']}").json() == face["job"]


# Choosing and deleting.


def test_another_becomes_the_default(user, api):
    client = api(user)
    _, second = (sent(client, seed)["id"] for seed in (1, 2))
    for _ in range(2):
        assert client.post(f"{PATH}/{second}/default").json()["is_default"]
    assert str(default(user)) == second


def test_of_the_others_the_newest_follows_a_default(user, now):
    faces = [uploads.add(user_id=user.id, picture=picture(seed), now=now) for seed in range(3)]
    own_faces.remove(user_id=user.id, face_id=faces[0].id, now=now)
    assert default(user) == faces[2].id


def test_deleted_it_is_gone_with_all_that_was_made_of_it(user, api, now, django_capture_on_commit_callbacks):
    face = Face.objects.get(id=sent(api(user))["id"])
    match = alike(user, member(), now)
    FaceMatch.objects.filter(id=match.id).update(**{"face_a" if match.user_a_id == user.id else "face_b": face})
    Reaction.objects.create(user=user, match=match, reaction_type="like")
    with django_capture_on_commit_callbacks(execute=True):
        assert api(user).delete(f"{PATH}/{face.id}").status_code == 204
    assert not storages["private"].exists(face.file)
    assert not (FaceMatch.objects.exists() or Reaction.objects.exists() or CelebrityMatch.objects.exists())
    assert not MatchJob.objects.filter(face=face.id).exists()
    assert not Disclosure.objects.live().exists()


def test_deleting_a_strangers_deletes_nothing(user, api):
    face = sent(api(user))
    assert api(member()).delete(f"{PATH}/{face['id']}").status_code == 404
    assert api(user).get(f"{PATH}/{face['id']}").status_code == 200


def test_a_face_whose_file_is_gone_goes_too(user, now):
    face = uploads.add(user_id=user.id, picture=picture(), now=now)
    own_faces.lose(face, now)
    assert not Face.objects.exists()
