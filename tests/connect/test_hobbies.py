"""Hobbies: chosen from what is offered, said a few words about, named in the reader's language."""

from importlib import import_module

import pytest
from django.utils import translation

from config.errors import CapacityReached
from connect import hobby_wording
from connect.models import Hobby, HobbyOption
from connect.services import hobbies
from tests.connect.overlap import overlap
from tests.factories import HobbyFactory, HobbyOptionFactory, UserFactory
from tests.words import HELD, REFUSED, SELF_HARM, WARNED

pytestmark = pytest.mark.django_db
PATH = "/api/profile/hobbies"
SHIPPED = import_module("connect.migrations.0016_hobby_options").OPTIONS


@pytest.fixture
def user():
    return UserFactory(person=True)


@pytest.fixture
def chess():
    return HobbyOptionFactory(code="chess", name="Chess", category="games")


def code(reply):
    return reply.status_code, reply.json()["code"]


def listed(client):
    return client.get(PATH).json()["hobbies"]


def test_a_hobby_is_chosen_and_described(user, api, chess):
    client = api(user)
    reply = client.post(PATH, {"option": "chess", "description": "Slow openings."})
    assert reply.status_code == 200
    assert listed(client) == [reply.json()]
    assert (reply.json()["option"]["code"], reply.json()["description"]) == ("chess", "Slow openings.")


def test_chosen_again_it_says_something_else(user, api, chess):
    client = api(user)
    for words in ("Slow openings.", "Fast endings."):
        client.post(PATH, {"option": "chess", "description": words})
    assert [hobby["description"] for hobby in listed(client)] == ["Fast endings."]


def test_it_needs_no_words(user, api, chess):
    assert api(user).post(PATH, {"option": "chess"}).json()["description"] == ""


def test_the_words_are_few(user, api, chess):
    client = api(user)
    assert client.post(PATH, {"option": "chess", "description": "x" * 140}).status_code == 200
    assert code(client.post(PATH, {"option": "chess", "description": "x" * 141}))[0] == 400


@pytest.mark.parametrize("words", [WARNED, HELD, REFUSED])
def test_words_that_are_minded_are_refused(user, api, chess, words):
    reply = api(user).post(PATH, {"option": "chess", "description": f"I like {words}"})
    assert code(reply) == (400, "text_refused")
    assert reply.json()["details"]["field"] == "description"
    assert not Hobby.objects.filter(user=user).exists()


def test_words_that_say_to_the_metre_where_one_is_are_refused(user, api, chess):
    client = api(user)
    reply = client.post(PATH, {"option": "chess", "description": "At 52.5200, 13.4050"})
    assert (code(reply), reply.json()["details"]) == ((400, "place_too_exact"), {"field": "description"})
    assert not Hobby.objects.filter(user=user).exists()
    assert client.post(PATH, {"option": "chess", "description": "In Berlin, by the river"}).status_code == 200


def test_who_is_in_need_may_say_so(user, api, chess):
    assert api(user).post(PATH, {"option": "chess", "description": SELF_HARM}).status_code == 200


@pytest.mark.parametrize("field", ["bio", "nickname"])
def test_of_a_profile_the_same_is_refused(user, api, field):
    client = api(user)
    reply = client.patch("/api/profile", {field: REFUSED})
    assert (code(reply), reply.json()["details"]["field"]) == ((400, "text_refused"), field)
    assert client.patch("/api/profile", {field: "A quiet giraffe"}).status_code == 200


def test_what_is_not_offered_is_not_chosen(user, api):
    HobbyOptionFactory(code="smoking", is_active=False)
    for option in ("smoking", "nothing"):
        assert code(api(user).post(PATH, {"option": option})) == (400, "hobby_unknown")


def test_there_are_at_most_ten(user, api, chess, settings):
    settings.HOBBIES_MOST = 2
    HobbyFactory(user=user, option=chess)
    HobbyFactory(user=user)
    other = HobbyOptionFactory()
    assert code(api(user).post(PATH, {"option": other.code})) == (409, "hobbies_full")
    assert api(user).post(PATH, {"option": "chess", "description": "Still."}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_chosen_at_once_there_are_no_more(settings, now):
    settings.HOBBIES_MOST = 1
    user, refused = UserFactory(), []
    options = HobbyOptionFactory.create_batch(2)

    def choose(option):
        try:
            hobbies.save(user_id=user.id, code=option.code, description="", now=now)
        except CapacityReached as full:
            refused.append(full.code)

    overlap(*[lambda option=option: choose(option) for option in options])
    assert (Hobby.objects.filter(user=user).count(), refused) == (1, ["hobbies_full"])


def test_one_is_taken_away(user, api):
    hobby, client = HobbyFactory(user=user), api(user)
    assert [client.delete(f"{PATH}/{hobby.id}").status_code for _ in range(2)] == [204, 404]


def test_nobody_takes_anothers_away(user, api):
    hobby = HobbyFactory()
    assert code(api(user).delete(f"{PATH}/{hobby.id}")) == (404, "not_found")
    assert Hobby.objects.filter(id=hobby.id).exists()


@pytest.mark.parametrize("language, name", [("de", "Schach"), ("en", "Chess"), ("fr", "Chess")])
def test_names_are_in_the_language_of_who_reads(api, chess, language, name):
    client = api(UserFactory())
    reply = client.get("/api/hobby_options", HTTP_ACCEPT_LANGUAGE=language)
    names = {option["code"]: option["name"] for option in reply.json()["hobby_options"]}
    assert (names["chess"], reply.headers["Content-Language"]) == (name, "de" if language == "de" else "en")


def test_an_option_of_later_has_the_name_it_was_given(api):
    HobbyOptionFactory(code="kites", name="Flying kites")
    reply = api(UserFactory()).get("/api/hobby_options", HTTP_ACCEPT_LANGUAGE="de")
    assert "Flying kites" in [option["name"] for option in reply.json()["hobby_options"]]


def test_what_is_no_more_offered_is_not_listed(api):
    HobbyOptionFactory(code="smoking", is_active=False)
    options = api(UserFactory()).get("/api/hobby_options").json()["hobby_options"]
    assert "smoking" not in [option["code"] for option in options]


def test_what_ships_and_what_it_is_called_agree():
    shipped = {code: name for names in SHIPPED.values() for code, name in names.items()}
    with translation.override("en"):
        assert shipped == {code: str(name) for code, name in hobby_wording.NAMES.items()}
        assert set(SHIPPED) == set(hobby_wording.CATEGORIES)


def test_about_sixty_ship_in_every_category():
    assert 55 <= sum(map(len, SHIPPED.values())) <= 75
    assert set(SHIPPED) == {value for value, _ in HobbyOption._meta.get_field("category").choices}
