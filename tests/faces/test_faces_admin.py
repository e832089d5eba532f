"""Faces in the admin: the gallery and the verdict, the famous, the jobs; who may do what, and what is on record."""

import io
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from connect.services import kept_pictures
from faces.models import Celebrity, CelebrityMatch, Face, MatchJob
from safety.models import AuditLog
from tests.config.desk import act, browser, make_roles, member_of, page, staff
from tests.faces.famous import faced, famous, jpeg, picture, row
from tests.factories import PhotoFactory, UserFactory
from tests.safety import rows_of_faces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def roles(db):
    make_roles()


@pytest.fixture
def moderator():
    return member_of("moderator")


@pytest.fixture
def boss():
    return member_of("admin")


def uploaded(now, user=None, **fields):
    """An analysed face that nobody has judged, with its picture."""
    made = Face(user=user or UserFactory())
    kept_pictures.keep(made, picture())
    made.save()
    Face.objects.filter(id=made.id).update(status="analyzed", **rows_of_faces.found(now) | fields)
    return Face.objects.get(id=made.id)


def with_photo(user):
    photo = PhotoFactory.build(user=user)
    kept_pictures.keep(photo, picture(2))
    photo.save()
    return photo


def gallery(client, **part):
    return list(client.get(page(Face), part).context["cl"].result_list)


def looks_on_record():
    viewed = AuditLog.objects.filter(action="picture_viewed").order_by("id")
    return list(viewed.values_list("entity", "entity_id"))


def decide(client, face, verdict):
    given = {"verdict": verdict, "confirmed": "on"}
    return client.post(page(Face, "decide", face.id), given, follow=True)


def verdict(face):
    return Face.objects.get(id=face.id).verdict


# The gallery.


def test_what_nobody_judged_comes_first_the_rest_is_a_click_away(moderator, now):
    waits, done = uploaded(now), faced(now)
    assert gallery(moderator) == [waits]
    assert gallery(moderator, gallery="verified") == [done]
    assert set(gallery(moderator, gallery="all")) == {waits, done}


def test_a_face_stands_beside_the_photos_of_its_person(moderator, now):
    face = uploaded(now)
    photo, other = with_photo(face.user), with_photo(UserFactory())
    shown = moderator.get(page(Face)).content.decode()
    assert reverse("admin:faces_face_picture", args=[face.id, "small"]) in shown
    assert reverse("admin:faces_face_photo", args=[face.id, photo.id, "small"]) in shown
    assert str(other.id) not in shown


@pytest.mark.parametrize("size, side", [("small", 240), ("large", 500)])
def test_a_picture_is_shown_scaled_and_the_look_at_it_is_on_record(moderator, now, size, side):
    face = uploaded(now)
    reply = moderator.get(reverse("admin:faces_face_picture", args=[face.id, size]))
    assert max(Image.open(io.BytesIO(reply.content)).size) == side
    assert (reply["Content-Type"], "no-store" in reply["Cache-Control"]) == ("image/jpeg", True)
    assert looks_on_record() == [("faces_face", face.id)]


def test_so_is_a_look_at_a_profile_photo_of_that_person_alone(moderator, now):
    face = uploaded(now)
    photo, other = with_photo(face.user), with_photo(UserFactory())
    asked = [reverse("admin:faces_face_photo", args=[face.id, of.id, "small"]) for of in (photo, other)]
    assert [moderator.get(address).status_code for address in asked] == [200, 404]
    assert looks_on_record() == [("connect_photo", photo.id)]


@pytest.mark.parametrize("size", ["huge", "small"])
def test_a_picture_that_is_not_there_is_not_found_and_no_look_is_on_record(moderator, now, size):
    face = uploaded(now) if size == "huge" else faced(now)
    assert moderator.get(reverse("admin:faces_face_picture", args=[face.id, size])).status_code == 404
    assert looks_on_record() == []


def test_analysts_see_no_faces(now):
    face, analyst = uploaded(now), member_of("analyst")
    asked = [page(Face), page(Face, "change", face.id), reverse("admin:faces_face_picture", args=[face.id, "small"])]
    assert [analyst.get(address).status_code for address in asked] == [403] * 3


# The verdict.


@pytest.mark.parametrize("said", ["verified", "rejected"])
def test_a_moderator_decides_whose_face_it_is(moderator, now, said):
    face = uploaded(now)
    decide(moderator, face, said)
    judged = Face.objects.get(id=face.id)
    assert (judged.verdict, judged.judged_by, judged.judge) == (said, "moderator", _who(moderator))


def _who(client):
    return client.get(reverse("admin:index")).wsgi_request.user.pk


@pytest.mark.parametrize("form", [{"confirmed": ""}, {"verdict": "open"}, {"verdict": ""}])
def test_without_a_confirmation_or_a_verdict_nothing_is_decided(moderator, now, form):
    face = uploaded(now)
    given = {"verdict": "verified", "confirmed": "on"} | form
    assert moderator.post(page(Face, "decide", face.id), given).status_code == 200
    assert verdict(face) == "open"


def test_of_a_picture_without_a_face_only_the_rejection_is_offered(moderator, now):
    face = uploaded(now)
    for status in ("pending", "no_face"):
        Face.objects.filter(id=face.id).update(status=status, embedding=None)
    shown = moderator.get(page(Face, "change", face.id)).content.decode()
    assert ('value="rejected"' in shown, 'value="verified"' in shown) == (True, False)
    assert b"No face was found in this picture" in decide(moderator, face, "verified").content
    assert verdict(face) == "open"


def test_nobody_judges_their_own_face_or_sees_that_it_waits(now):
    me = staff(is_superuser=True)
    face, client = uploaded(now, me), browser(me)
    assert gallery(client) == []
    assert decide(client, face, "verified").status_code == 404
    assert client.get(reverse("admin:faces_face_picture", args=[face.id, "small"])).status_code == 404
    assert verdict(face) == "open"


def test_a_colleagues_face_is_an_admins_to_decide(moderator, boss, now):
    face = uploaded(now, staff())
    decide(moderator, face, "verified")
    assert verdict(face) == "open"
    decide(boss, face, "verified")
    assert verdict(face) == "verified"


def test_whoever_may_only_look_decides_nothing(now):
    face = uploaded(now)
    user = staff()
    user.user_permissions.add(_right("view_face"))
    client = browser(user)
    assert b"not decide about it" in client.get(page(Face, "change", face.id)).content
    assert decide(client, face, "verified").status_code == 403
    assert verdict(face) == "open"


def _right(codename):
    return Permission.objects.get(codename=codename)


# Jobs.


def failed(now):
    face = faced(now)
    job = MatchJob.objects.create(face=face, user=face.user, due_at=now, error_message="Broken.")
    for status in ("processing", "failed"):
        MatchJob.objects.filter(id=job.id).update(status=status)
    return job


def test_an_admin_has_a_job_tried_again(boss, now):
    job = failed(now)
    act(boss, MatchJob, "retry", job)
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("pending", "")
    assert AuditLog.objects.get(action="match_job_retried").actor_id == _who(boss)


def test_one_that_did_not_fail_is_refused_and_the_others_are_tried(boss, now):
    job, face = failed(now), faced(now)
    waits = MatchJob.objects.create(face=face, user=face.user, due_at=now)
    shown = act(boss, MatchJob, "retry", waits, job).content
    assert b"Only a job that failed is tried again." in shown
    assert MatchJob.objects.get(id=job.id).status == "pending"


def test_moderators_see_jobs_and_try_none_again(moderator, now):
    job = failed(now)
    assert b"Broken." in moderator.get(page(MatchJob)).content
    act(moderator, MatchJob, "retry", job)
    assert MatchJob.objects.get(id=job.id).status == "failed"


# The famous.


def send(client, **files):
    return client.post(reverse("admin:faces_celebrity_import"), files)


def csv(*lines):
    return SimpleUploadedFile("list.csv", "\n".join(["name,image,bio", *lines]).encode())


def test_a_table_and_pictures_are_brought_in_and_each_is_told_of(boss):
    files = [csv("Ada,a.jpg,", "Ben,b.jpg,", "Cleo,a.jpg,"), SimpleUploadedFile("a.jpg", jpeg())]
    reply = send(boss, pictures=files)
    assert reply.context["counts"] == [("Added", 1), ("Known", 1), ("Refused", 1)]
    assert reply.context["table"]["rows"] == [
        ("added", "Ada", "line 2", "-"),
        ("refused", "Ben", "line 3", "There is no file 'b.jpg'."),
        ("known", "Cleo", "line 4", "This picture is there already."),
    ]
    assert AuditLog.objects.get(action="celebrity_added").actor_id == _who(boss)


def test_a_zip_is_brought_in(boss):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("actor/Ada.jpg", jpeg())
    send(boss, archive=SimpleUploadedFile("all.zip", out.getvalue()))
    assert list(Celebrity.objects.values_list("name", "category")) == [("Ada", "actor")]


def test_what_somebody_is_called_is_text_on_every_page(boss, now):
    made = famous(now, name=SCRIPT, bio=SCRIPT)
    shown = send(boss, pictures=[csv(f'"{SCRIPT}",b.jpg,')]).content.decode()
    pages = [page(Celebrity), page(Celebrity, "change", made.id)]
    for content in (shown, *(boss.get(address).content.decode() for address in pages)):
        assert (SCRIPT in content, "&lt;script&gt;alert(1)" in content) == (False, True)


@pytest.mark.parametrize("files", [{}, {"archive": "zip", "pictures": "table"}])
def test_nothing_or_both_is_refused(boss, files):
    made = {"zip": SimpleUploadedFile("a.zip", b"PK"), "table": csv()}
    reply = send(boss, **{name: made[kind] for name, kind in files.items()})
    assert b"Send a ZIP, or else the files themselves." in reply.content


def test_what_cannot_be_opened_is_said_in_a_sentence(boss):
    assert b"This archive is damaged" in send(boss, archive=SimpleUploadedFile("a.zip", b"PK no")).content


def test_more_than_may_be_at_once_are_not_begun(boss, settings):
    settings.CELEBRITY_IMPORT_MOST = 1
    reply = send(boss, pictures=[csv("Ada,a.jpg,", "Ben,a.jpg,"), SimpleUploadedFile("a.jpg", jpeg())])
    assert (b"bring in 1 at once" in reply.content, Celebrity.objects.count()) == (True, 0)


def test_who_somebody_is_can_be_corrected_by_hand(boss, now):
    made = famous(now, name="Gerta")
    boss.post(page(Celebrity, "change", made.id), {"name": "Greta", "bio": "", "category": "actor", "gender": ""})
    made.refresh_from_db()
    assert (made.name, made.category) == ("Greta", "actor")
    assert AuditLog.objects.get(action="celebrity_changed").data["changed"] == ["category", "name"]


def replaced(client, made, content):
    form = {"celebrity": made.id, "picture": SimpleUploadedFile("new.jpg", content)}
    return client.post(reverse("admin:faces_celebrity_replace"), form, follow=True)


def test_a_picture_can_be_replaced(boss, now):
    made = famous(now)
    replaced(boss, made, jpeg(2))
    assert Celebrity.objects.get().digest == picture(2).digest


def test_by_nothing_that_is_no_picture(boss, now):
    made = famous(now)
    assert b"Send a picture" in replaced(boss, made, b"x").content
    assert Celebrity.objects.get().digest == made.digest


@pytest.mark.parametrize("chosen", ["one", "many"])
def test_somebody_is_taken_out_with_what_they_were_found_like(boss, now, chosen):
    made, face = famous(now), faced(now)
    CelebrityMatch.objects.create(face=face, celebrity=made, similarity_score=0.5, analyzer="classical-1")
    if chosen == "one":
        boss.post(page(Celebrity, "delete", made.id), {"post": "yes"})
    else:
        act(boss, Celebrity, "delete_selected", made, post="yes")
    assert (Celebrity.objects.count(), MatchJob.objects.get().job_type) == (0, "celebrity_match")


def test_moderators_see_the_famous_and_change_nothing(moderator, now):
    made = row(now, 1)
    addresses = [page(Celebrity), page(Celebrity, "change", made.id)]
    assert [moderator.get(address).status_code for address in addresses] == [200, 200]
    assert [
        moderator.get(reverse("admin:faces_celebrity_import")).status_code,
        replaced(moderator, made, jpeg()).status_code,
        moderator.post(page(Celebrity, "change", made.id), {"name": "X"}).status_code,
        moderator.post(page(Celebrity, "delete", made.id), {"post": "yes"}).status_code,
    ] == [403] * 4
    assert Celebrity.objects.get().name == made.name


def test_the_famous_are_seen_in_the_admin_without_a_record(boss, now):
    made = famous(now)
    assert boss.get(reverse("admin:faces_celebrity_picture", args=[made.id, "small"])).status_code == 200
    assert looks_on_record() == []
