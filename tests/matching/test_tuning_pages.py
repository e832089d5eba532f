"""The pages on which an operator drafts, tunes and publishes: what they show, refuse and keep."""

from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from matching.admin.forms import TuningForm
from matching.models import EngineParameters, Match
from matching.services import parameters, tuning
from safety.models import AuditLog
from tests.config.desk import act, browser, page, staff
from tests.matching.builders import loaded, person

pytestmark = pytest.mark.django_db


def step(name, draft):
    return reverse(f"admin:matching_engineparameters_{name}", args=[draft.pk])


def somebody_who_may(*rights):
    user, group = staff(), Group.objects.create(name=" ".join(rights))
    group.permissions.add(*Permission.objects.filter(codename__in=rights, content_type__app_label="matching"))
    user.groups.add(group)
    return user


@pytest.fixture
def tuner(db):
    return somebody_who_may("view_engineparameters", "change_engineparameters")


@pytest.fixture
def desk(tuner):
    return browser(tuner)


@pytest.fixture
def draft(tuner):
    return tuning.draft(by=tuner.pk)


@pytest.fixture
def given(draft):
    """The form as the page shows it."""
    form = TuningForm(instance=draft)
    values = {name: form[name].value() for name in form.fields}
    return {name: form.fields[name].prepare_value(value) for name, value in values.items()}


class Plots(HTMLParser):
    """The parts of every svg on a page: tags, and the words in them."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.words, self._open = [], [], False
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self._open = self._open or tag == "svg"
        if self._open:
            self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self._open = self._open and tag != "svg"

    def handle_data(self, data):
        if self._open:
            self.words.append(data.strip())


# Drafting.


def test_a_draft_is_made_and_opened(desk, tuner):
    answer = desk.post(reverse("admin:matching_engineparameters_draft"))
    made = EngineParameters.objects.get(number=2)
    assert (answer.url, made.created_by) == (step("tune", made), tuner)


def test_looking_at_the_address_drafts_nothing(desk):
    desk.get(reverse("admin:matching_engineparameters_draft"))
    assert EngineParameters.objects.count() == 1


@pytest.mark.parametrize("shown", ["changelist", "change"])
def test_the_steps_are_on_the_pages(desk, draft, shown):
    args = [draft.pk] if shown == "change" else []
    wanted = step("tune", draft) if args else reverse("admin:matching_engineparameters_draft")
    assert wanted in desk.get(page(EngineParameters, shown, *args)).content.decode()


def test_a_published_version_has_no_steps(desk, draft):
    live = EngineParameters.objects.live().get()
    assert step("tune", live) not in desk.get(page(EngineParameters, "change", live.pk)).content.decode()


@pytest.mark.parametrize("name", ["tune", "publish"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_of_a_published_version_nothing_is_tuned_or_published(desk, draft, name, method):
    live = EngineParameters.objects.live().get()
    answer = getattr(desk, method)(step(name, live), {"confirmed": "on"})
    assert answer.url == page(EngineParameters, "change", live.pk)


# Tuning.


def test_the_page_shows_weights_in_per_cent_and_times_in_their_units(given):
    assert (given["connect_weights_astro"], given["friendship_weights_astro"]) == ("20", "0")
    assert (given["lifetime"], given["decline_rest"], given["freshness"]) == ("72", "90", "24")


def test_what_is_saved_is_kept_and_nothing_else(desk, draft, given):
    desk.post(step("tune", draft), given | {"threshold": "52.5", "lifetime": "48", "save": "1"})
    draft.refresh_from_db()
    assert (draft.threshold, draft.lifetime.total_seconds()) == (52.5, 48 * 3600)
    entry = AuditLog.objects.get(action="parameters_changed")
    assert entry.data["changed"] == ["lifetime", "threshold"]


def test_changed_weights_are_saved_as_parts_of_one(desk, draft, given):
    change = {"connect_weights_astro": "0", "connect_weights_values": "50", "save": "1"}
    desk.post(step("tune", draft), given | change)
    draft.refresh_from_db()
    assert draft.connect_weights == {"hd": 0.15, "values": 0.5, "communication": 0.2, "readiness": 0.15}


def test_thirds_that_make_a_hundred_are_taken(desk, draft, given):
    thirds = {f"connect_weights_{name}": "0" for name in ("astro", "hd")}
    thirds |= {f"connect_weights_{name}": "33.333" for name in ("values", "communication", "readiness")}
    desk.post(step("tune", draft), given | thirds | {"save": "1"})
    draft.refresh_from_db()
    assert sum(draft.connect_weights.values()) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"connect_weights_astro": "30"}, "The weights for romance sum to 110 % and not to 100 %."),
        ({"friendship_weights_values": "20"}, "The weights for friendship sum to 85 % and not to 100 %."),
        ({"connect_weights_astro": "-20"}, "greater than or equal to 0"),
        ({"connect_weights_astro": "nan"}, "Enter a number"),
        ({"threshold": "101"}, "less than or equal to 100"),
        ({"shortlist": "0"}, "greater than or equal to 1"),
        ({"lifetime": "0.5"}, "greater than or equal to 1:00:00"),
        ({"lifetime": "inf"}, "This is no length of time."),
        ({"lifetime": "soon"}, "Enter a number"),
        ({"waiting_lift": ""}, "This field is required"),
    ],
)
@pytest.mark.parametrize("button", ["save", "preview"])
def test_numbers_the_engine_cannot_go_by_are_refused_with_the_reason(desk, draft, given, change, reason, button):
    answer = desk.post(step("tune", draft), given | change | {button: "1"})
    draft.refresh_from_db()
    assert reason in str(answer.context["form"].errors)
    assert (answer.context["preview"], draft.threshold, draft.connect_weights["astro"]) == (None, 45.0, 0.2)


def test_a_preview_shows_both_side_by_side_and_keeps_nothing(desk, draft, given, now):
    person(now, chart=False), person(now, chart=False)
    loaded(now)
    answer = desk.post(step("tune", draft), given | {"threshold": "100", "preview": "1"})
    rows = {name: (live, other, change) for name, live, other, change in answer.context["preview"]["figures"]["rows"]}
    assert rows["Proposals"] == ("1", "0", "-1")
    assert rows["People left without"] == ("0", "2", "+2")
    draft.refresh_from_db()
    assert (draft.threshold, Match.objects.count(), AuditLog.objects.filter(action="parameters_changed").count()) == (
        45.0,
        0,
        0,
    )


def test_the_form_keeps_what_was_filled_in_for_the_preview(desk, draft, given):
    answer = desk.post(step("tune", draft), given | {"threshold": "61.5", "preview": "1"})
    assert answer.context["form"]["threshold"].value() == "61.5"


def test_plots_say_in_words_what_they_show(desk, draft, given, now):
    person(now, chart=False), person(now, chart=False)
    loaded(now)
    plots = Plots(desk.post(step("tune", draft), given | {"preview": "1"}).content.decode())
    svgs = [attrs for tag, attrs in plots.tags if tag == "svg"]
    assert [attrs["role"] for attrs in svgs] == ["img", "img"]
    assert {"What the totals are made of", "Values", "Live: connect-v1.1", "Draft: connect-v1.2"} <= set(plots.words)
    named = {attrs["id"] for tag, attrs in plots.tags if tag in {"title", "desc"}}
    assert all(set(attrs["aria-labelledby"].split()) <= named for attrs in svgs)


def test_an_empty_pool_has_figures_and_no_plots(desk, draft, given):
    answer = desk.post(step("tune", draft), given | {"preview": "1"})
    assert (answer.status_code, answer.context["preview"]["people"], answer.context["preview"]["plots"]) == (200, 0, [])


# Publishing.


def test_what_would_change_is_shown_before(desk, draft, given):
    desk.post(step("tune", draft), given | {"threshold": "50", "save": "1"})
    assert desk.get(step("publish", draft)).context["changes"]["rows"] == [("threshold", "45.0", "50.0")]


def test_confirmed_it_is_published(desk, draft):
    desk.post(step("publish", draft), {"confirmed": "on"})
    assert parameters.live().version == draft.version


def test_unconfirmed_it_is_not(desk, draft):
    assert desk.post(step("publish", draft), {}).status_code == 200
    assert parameters.live().version != draft.version


def test_the_action_of_the_list_leads_to_the_question(desk, draft):
    answer = act(desk, EngineParameters, "publish_chosen", draft)
    assert answer.redirect_chain[0][0] == step("publish", draft)
    assert parameters.live().version != draft.version


def test_several_are_not_published_at_once(desk, draft, tuner):
    answer = act(desk, EngineParameters, "publish_chosen", draft, tuning.draft(by=tuner.pk))
    assert "Choose one draft to publish." in answer.content.decode()


# Rights.


@pytest.mark.parametrize(("rights", "opened"), [(("view_engineparameters",), 200), (("view_match",), 403)])
def test_who_may_look_looks(draft, rights, opened):
    looker = browser(somebody_who_may(*rights))
    found = [looker.get(page(EngineParameters, *where)).status_code for where in ((), ("change", draft.pk))]
    assert found == [opened, opened]


def test_who_may_only_look_turns_nothing(draft, given):
    looker = browser(somebody_who_may("view_engineparameters"))
    answers = [
        looker.post(reverse("admin:matching_engineparameters_draft")).status_code,
        looker.get(step("tune", draft)).status_code,
        looker.post(step("tune", draft), given | {"threshold": "50", "save": "1"}).status_code,
        looker.post(step("publish", draft), {"confirmed": "on"}).status_code,
    ]
    act(looker, EngineParameters, "publish_chosen", draft)
    assert (answers, EngineParameters.objects.live().get().number) == ([403] * 4, 1)
