"""What people read of a match, in their own language, whatever was stored of it and when."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from connect import vectors
from connect.models import Notification, Profile
from connect.wording import LIFE_GOALS, NAMES, TOPICS, VALUES
from matching import queries, wording
from matching.engine.explain import CODES
from matching.engine.explain import LABELS as SCORED
from matching.enums import MatchStatus
from matching.services import announcements
from tests.matching.builders import account, match_of, scored

SHARED = {"code": "values_shared", "params": {"names": ["honesty", "shared_activities"]}}
ENJOYED = {"code": "interests_shared", "params": {"names": ["art"]}}


def told(*reasons, language):
    with translation.override(language):
        return [reason["text"] for reason in wording.reasons(reasons)]


def match_with(now, *reasons, **labels):
    said = scored()["explanation"] | {"reasons": list(reasons)}
    said["labels"] |= labels
    return match_of(account(), account(), now, explanation=said)


def shown(client, **headers):
    return client.get("/connect/match", headers=headers)


def test_every_code_of_the_engine_has_words():
    assert set(wording.REASONS) == set(CODES)


def test_every_label_of_the_engine_has_a_word():
    assert set(wording.LABELS) == {word for _, word in SCORED}


@pytest.mark.parametrize(
    ("names", "keys"), [(VALUES, vectors.VALUES), (LIFE_GOALS, vectors.LIFE_GOALS), (TOPICS, vectors.TOPICS)]
)
def test_every_key_is_called_something(names, keys):
    assert tuple(names) == keys


def test_no_key_stands_for_two_things():
    assert len(NAMES) == len(VALUES) + len(LIFE_GOALS) + len(TOPICS)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["You both hold dear: honesty, doing things together.", "You both enjoy: art."]),
        (
            "de",
            [
                "Euch beiden liegt am Herzen: Ehrlichkeit, gemeinsam etwas zu unternehmen.",
                "Das mögt ihr beide: Kunst.",
            ],
        ),
    ],
)
def test_names_are_translated_with_the_words(language, texts):
    assert told(SHARED, ENJOYED, language=language) == texts


@pytest.mark.parametrize("code", sorted(wording.REASONS))
def test_no_words_are_the_same_in_both_languages(code):
    reason = {"code": code, "params": {"names": ["music"]}}
    (english,), (german,) = (told(reason, language=language) for language in ("en", "de"))
    assert english != german
    assert "{" not in english + german


def test_what_is_not_called_anything_any_more_is_not_named():
    old = {"code": "values_shared", "params": {"names": ["bravery"]}}
    assert told(old, language="en") == ["Your values lie close together."]


def test_a_code_that_nobody_knows_is_left_out():
    assert told({"code": "aura_close", "params": {}}, SHARED, language="en") == told(SHARED, language="en")


@pytest.mark.django_db
class TestProposal:
    @pytest.mark.parametrize(
        ("header", "text", "word", "language"),
        [
            ("en", "Your values lie close together.", "strong", "en"),
            ("de-AT,de;q=0.9", "Eure Werte liegen nah beieinander.", "stark", "de"),
        ],
    )
    def test_it_is_in_the_language_of_the_header(self, api, now, header, text, word, language):
        match = match_with(now, {"code": "values_close", "params": {}}, values="strong")
        answer = shown(api(match.user_a), accept_language=header)
        assert answer.json()["match"]["reasons"] == [{"code": "values_close", "text": text}]
        assert answer.json()["match"]["labels"]["values"] == word
        assert (answer["Content-Language"], answer["Vary"]) == (language, "Accept-Language")

    def test_a_row_with_words_in_it_is_read_by_its_code(self, api, now):
        old = {"code": "values_close", "params": {}, "text": "Alike you are."}
        answer = shown(api(match_with(now, old).user_a), accept_language="de").json()
        assert [reason["text"] for reason in answer["match"]["reasons"]] == ["Eure Werte liegen nah beieinander."]

    @pytest.mark.parametrize("header", [{}, {"accept_language": "fr"}])
    @pytest.mark.parametrize(("languages", "expected"), [(["fr", "de", "en"], "de"), (["en"], "en"), (["fr"], "en")])
    def test_without_a_header_of_ours_what_the_person_speaks_decides(self, api, now, header, languages, expected):
        match = match_with(now)
        Profile.objects.create(user=match.user_a, languages=languages)
        Profile.objects.create(user=match.user_b, languages=["de"])
        assert shown(api(match.user_a), **header)["Content-Language"] == expected

    def test_who_has_no_profile_reads_english(self, api, now):
        assert shown(api(match_with(now).user_a))["Content-Language"] == "en"

    def test_a_header_costs_no_query_and_none_costs_one(self, api, now):
        match = match_with(now)
        client = api(match.user_a)
        counted = []
        for headers in ({"accept_language": "de"}, {}):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                shown(client, **headers)
            counted.append(len(asked))
        assert counted[1] - counted[0] == 1

    def test_the_next_reader_is_not_answered_in_the_last_ones_language(self, api, now):
        match = match_with(now, SHARED)
        german = shown(api(match.user_a), accept_language="de").json()
        english = shown(api(match.user_b)).json()
        texts = [answer["match"]["reasons"][0]["text"] for answer in (german, english)]
        assert texts == [told(SHARED, language="de")[0], told(SHARED, language="en")[0]]

    def test_no_name_that_one_lacks_and_no_number_leaves_with_the_words(self, now):
        match = match_with(now, SHARED)
        told_of_it = queries.proposal(match, match.user_a_id)
        assert {key for reason in told_of_it["reasons"] for key in reason} == {"code", "text"}


@pytest.mark.django_db
class TestNotices:
    @pytest.fixture
    def match(self, now):
        match = match_with(now)
        Profile.objects.create(user=match.user_a, languages=["de", "en"])
        Profile.objects.create(user=match.user_b, languages=["en", "de"])
        return match

    def titles(self, match):
        rows = Notification.objects.values_list("user_id", "title", "message")
        said = {user_id: (title, message) for user_id, title, message in rows}
        return said[match.user_a_id], said[match.user_b_id]

    def test_of_a_proposal_each_is_told_in_their_own_language(self, match):
        announcements.announce([match])
        assert self.titles(match) == (
            ("Jemand Neues für dich", "Sieh, was für euch beide spricht, und entscheide dich."),
            ("Somebody new for you", "See what speaks for the two of you, and decide."),
        )

    def test_of_both_acceptances_each_is_told_in_their_own_language(self, api, match):
        for user in (match.user_a, match.user_b):
            api(user).post("/connect/respond", {"matchId": str(match.id), "action": "accept"})
        german, english = self.titles(match)
        assert (german[0], english[0]) == ("Ihr habt beide Ja gesagt", "You both said yes")

    def test_who_tells_many_asks_once_what_they_read(self, now):
        matches = [match_with(now) for _ in range(3)]
        with CaptureQueriesContext(connection) as asked:
            announcements.announce(matches)
        assert len([query for query in asked if "connect_profile" in query["sql"]]) == 1
        assert Notification.objects.count() == 6

    def test_a_match_is_told_to_nobody_else(self, match):
        match_of(account(), account(), match.created_at, MatchStatus.PROPOSED)
        announcements.announce([match])
        assert set(Notification.objects.values_list("user_id", flat=True)) == {match.user_a_id, match.user_b_id}
