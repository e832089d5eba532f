"""The pages on which an operator tunes likeness: what they show, refuse and keep."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from faces.admin.parameters import LikenessForm
from faces.models import FaceMatch, FaceParameters
from faces.services import face_parameters, likeness_previews
from tests.config.desk import browser, staff
from tests.faces.alike import chosen, face, person

pytestmark = pytest.mark.django_db


def step(name, draft):
    return reverse(f"admin:faces_faceparameters_{name}", args=[draft.pk])


def somebody_who_may(*rights):
    user, group = staff(), Group.objects.create(name=" ".join(rights))
    group.permissions.add(*Permission.objects.filter(codename__in=rights, content_type__app_label="faces"))
    user.groups.add(group)
    return user


@pytest.fixture
def tuner(db, monkeypatch):
    chosen(monkeypatch)
    return somebody_who_may("view_faceparameters", "change_faceparameters")


@pytest.fixture
def draft(tuner):
    return face_parameters.draft(by=tuner.pk)


@pytest.fixture
def given(draft):
    """The form as the page shows it."""
    form = LikenessForm(instance=draft)
    values = {name: form.fields[name].prepare_value(form[name].value()) for name in form.fields}
    return {name: value for name, value in values.items() if value is not False}


def kept(draft):
    return FaceParameters.objects.get(id=draft.id)


def test_a_draft_is_made_and_tuned(tuner):
    reply = browser(tuner).post(reverse("admin:faces_faceparameters_draft"))
    assert reply.url == step("tune", FaceParameters.objects.get(number=2))


def test_a_preview_scores_pairs_with_both_versions_and_names_nobody(tuner, draft, given, now):
    people = [face(person(), now, cosine, age=age) for cosine, age in ((1.0, 20), (0.7, 50), (0.6, 21))]
    changed = given | {"weights_embedding": "100", "threshold": "0.65"}
    changed |= {name: "0" for name in given if name.startswith("weights_") and name != "weights_embedding"}
    page = browser(tuner).post(step("tune", draft), changed | {"preview": "1"})
    assert page.context["preview"]["pairs"] == 3
    rows = {row[0]: row[1:] for row in page.context["preview"]["figures"]["rows"]}
    assert rows["Pairs that are a match"] == ("3", "1", "-2")
    assert len(page.context["preview"]["movers"]["rows"]) == 3
    assert not [made for made in people if str(made.user_id) in page.content.decode()]
    assert kept(draft).weights == face_parameters.live().weights
    assert not FaceMatch.objects.exists()


def test_a_preview_of_nobody_says_so(tuner, draft, given):
    page = browser(tuner).post(step("tune", draft), given | {"preview": "1"})
    assert page.context["preview"]["pairs"] == 0


def test_what_is_filled_in_is_saved(tuner, draft, given):
    changed = given | {"weights_embedding": "30", "weights_geometry": "10", "threshold": "0.6", "regional": "on"}
    browser(tuner).post(step("tune", draft), changed | {"save": "1"})
    made = kept(draft)
    assert (made.weights["embedding"], made.weights["geometry"]) == (0.3, 0.1)
    assert (made.threshold, made.regional) == (0.6, True)


def test_weights_that_do_not_sum_to_all_are_refused(tuner, draft, given):
    page = browser(tuner).post(step("tune", draft), given | {"weights_embedding": "90", "save": "1"})
    assert "sum to 170 %" in page.content.decode()
    assert kept(draft).weights == draft.weights


def test_a_draft_is_published_once_somebody_says_so(tuner, draft):
    desk = browser(tuner)
    assert "searched for again" in desk.get(step("publish", draft)).content.decode()
    desk.post(step("publish", draft), {"confirmed": "on"})
    assert face_parameters.live().id == draft.id


def test_who_may_only_look_tunes_nothing(draft):
    reader = browser(somebody_who_may("view_faceparameters"))
    assert reader.get(step("tune", draft)).status_code == 403
    assert reader.post(step("publish", draft), {"confirmed": "on"}).status_code == 403
    assert reader.get(reverse("admin:faces_faceparameters_change", args=[draft.pk])).status_code == 200
    assert kept(draft).status == "draft"


def test_the_same_pairs_are_compared_each_time(tuner, draft, now):
    for cosine in (1.0, 0.8, 0.6, 0.4):
        face(person(), now, cosine)
    live = face_parameters.live()
    first, again = (likeness_previews.compare(live=live, draft=draft) for _ in range(2))
    assert first.live.tolist() == again.live.tolist() == first.draft.tolist()
    assert first.mean_change == 0.0
