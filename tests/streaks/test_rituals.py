"""A prompt a day and an intent a week, by the clock of where somebody is, and for nobody but them."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.models import Prompt
from config.errors import NotYours, WrongState
from connect.models import OffLimitsTopic, Profile, User
from connect.services.texts import TextRefused
from safety.models import IdempotencyKey
from safety.roles import acting_as
from streaks.engine.rituals import prompt_of_day, week_start
from streaks.models import DailyPromptAnswer, WeeklyIntent
from streaks.services import intents, rituals
from tests.factories import UserFactory
from tests.words import REFUSED, SELF_HARM, WARNED

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANSWERS, TODAY, INTENT = "/api/daily_prompts/answers", "/api/daily_prompts/today", "/api/weekly_intent"


@pytest.fixture
def me():
    return UserFactory(timezone="Europe/Berlin")


def today(user, now=NOON):
    with transaction.atomic(), acting_as(user.id):
        return rituals.today(by=user.id, now=now)


def answer(user, text="A walk.", prompt=None, now=NOON):
    with transaction.atomic(), acting_as(user.id):
        code = prompt or rituals.today(by=user.id, now=now).prompt.code
        return rituals.answer(by=user.id, prompt=code, text=text, now=now)


def keep(user, intent="Call my sister.", now=NOON):
    with transaction.atomic(), acting_as(user.id):
        return intents.keep(by=user.id, intent=intent, now=now)


# Which prompt, which week.


def test_every_prompt_comes_up_once_before_one_comes_again():
    codes, person = [f"p{n}" for n in range(30)], uuid4()
    days = [prompt_of_day(codes, person=person, day=date(2026, 1, 1) + timedelta(days=n)) for n in range(60)]
    assert set(days[:30]) == set(codes)
    assert days[30:] == days[:30]


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 8), date(2026, 3, 2)),
        (date(2027, 1, 1), date(2026, 12, 28)),
        (date(2024, 12, 31), date(2024, 12, 30)),
    ],
)
def test_a_week_begins_with_its_monday_also_over_the_new_year(day, monday):
    assert week_start(day) == monday
    assert week_start(day).isocalendar()[:2] == day.isocalendar()[:2]


# The prompt of today.


def test_it_stays_the_whole_day_and_changes_at_midnight(me):
    first = today(me, datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    assert first.local_date == date(2026, 3, 2)
    assert today(me, datetime(2026, 3, 2, 22, 59, tzinfo=UTC)).prompt == first.prompt
    assert today(me, datetime(2026, 3, 2, 23, 0, tzinfo=UTC)).prompt != first.prompt


def test_a_day_of_23_hours_is_a_day(me):
    """In Berlin the clock goes forward on 29 March 2026."""
    assert today(me, datetime(2026, 3, 28, 23, 0, tzinfo=UTC)).local_date == date(2026, 3, 29)
    assert today(me, datetime(2026, 3, 29, 22, 0, tzinfo=UTC)).local_date == date(2026, 3, 30)


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 3), ("Pacific/Pago_Pago", 2)])
def test_it_goes_by_the_clock_of_the_person(me, zone, day):
    User.objects.filter(id=me.id).update(timezone=zone)
    assert today(me).local_date == date(2026, 3, day)


def test_nothing_is_off_their_limits(me):
    for topic in ("music", "health", "work"):
        OffLimitsTopic.objects.create(user=me, topic_key=topic)
    year = [today(me, NOON + timedelta(days=n)).prompt for n in range(70)]
    assert not {tag for prompt in year for tag in prompt.topic_tags} & {"music", "health", "work"}
    assert {prompt.prompt_type for prompt in year} == {"daily"}


def test_without_any_there_is_none(me):
    Prompt.objects.update(active=False)
    with pytest.raises(NotYours) as refused:
        today(me)
    assert refused.value.code == "no_prompt_today"


# Answering.


def test_an_answer_is_kept_and_shown(me):
    kept = answer(me)
    assert (kept.local_date, kept.answer, kept.answered_at) == (date(2026, 3, 2), "A walk.", NOON)
    assert today(me).answer == kept


def test_what_was_answered_stays_the_prompt_of_the_day(me):
    asked = answer(me).prompt
    Prompt.objects.filter(id=asked.id).update(active=False)
    assert today(me).prompt == asked


def test_the_same_answer_twice_is_once(me):
    assert answer(me) == answer(me)


def test_another_one_that_day_is_refused(me):
    answer(me)
    with pytest.raises(WrongState) as refused:
        answer(me, "Two walks.")
    assert refused.value.code == "already_answered"
    assert DailyPromptAnswer.objects.get().answer == "A walk."


def test_the_next_day_has_its_own(me):
    answer(me)
    assert answer(me, "Two walks.", now=NOON + timedelta(days=1)).local_date == date(2026, 3, 3)


def test_what_is_not_asked_today_is_not_answered(me):
    other = Prompt.objects.filter(prompt_type="daily").exclude(id=today(me).prompt.id).first()
    for code in (other.code, "nothing"):
        with pytest.raises(WrongState) as refused:
            answer(me, prompt=code)
        assert refused.value.code == "not_todays_prompt"


@pytest.mark.parametrize("write", [answer, keep])
def test_what_is_written_is_judged_like_other_texts(me, write):
    for words in (WARNED, REFUSED):
        with pytest.raises(TextRefused):
            write(me, f"I mean {words}")
    assert write(me, SELF_HARM)


# The week.


def test_an_intent_is_kept_for_the_week_and_replaced(me):
    assert keep(me).week_start_date == date(2026, 3, 2)
    keep(me, "Call my brother.", NOON + timedelta(days=6))
    stored = WeeklyIntent.objects.get()
    assert (stored.intent, stored.updated_at) == ("Call my brother.", NOON + timedelta(days=6))


def test_the_week_turns_at_the_midnight_of_the_person(me):
    keep(me, now=datetime(2026, 3, 8, 22, 59, tzinfo=UTC))
    keep(me, now=datetime(2026, 3, 8, 23, 0, tzinfo=UTC))
    weeks = WeeklyIntent.objects.order_by("week_start_date").values_list("week_start_date", flat=True)
    assert list(weeks) == [date(2026, 3, 2), date(2026, 3, 9)]


def test_the_database_knows_no_week_but_from_a_monday(me):
    with pytest.raises(DatabaseError, match="weekly_intent_from_monday"), transaction.atomic():
        WeeklyIntent.objects.create(user=me, week_start_date=date(2026, 3, 3), intent="x", updated_at=NOON)


# Over HTTP.


def test_one_reads_and_answers_in_ones_language(me, api):
    Profile.objects.create(user=me, languages=["de"])
    client = api(me)
    shown = client.get(TODAY).json()
    prompt = Prompt.objects.get(code=shown["prompt"]["code"])
    assert (shown["prompt"]["text"], shown["answer"]) == (prompt.text_de, None)
    reply = client.post(ANSWERS, {"prompt": prompt.code, "answer": "Ein Spaziergang."}, key="one")
    assert reply.status_code == 201
    assert client.get(TODAY).json()["answer"] == "Ein Spaziergang."


def test_the_reply_that_is_kept_holds_nothing_of_what_was_written(me, api):
    client = api(me)
    code = client.get(TODAY).json()["prompt"]["code"]
    sent = [client.post(ANSWERS, {"prompt": code, "answer": "My secret."}, key="one") for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert "secret" not in str(IdempotencyKey.objects.get().response_body)


def test_an_answer_has_its_bounds(me, api):
    client = api(me)
    code = client.get(TODAY).json()["prompt"]["code"]
    for words in ("", " ", "x" * 2001):
        assert client.post(ANSWERS, {"prompt": code, "answer": words}).status_code == 400
    assert client.post(ANSWERS, {"prompt": code, "answer": "x" * 2000}).status_code == 201


def test_an_intent_over_http(me, api):
    client = api(me)
    assert client.get(INTENT).json()["intent"] is None
    kept = client.post(INTENT, {"intent": "Read."})
    assert (kept.status_code, kept.json()["intent"]) == (200, "Read.")
    assert client.get(INTENT).json() == kept.json()
    assert client.post(INTENT, {"intent": "x" * 281}).status_code == 400


def test_nobody_else_reads_any_of_it(me, api):
    client = api(me)
    client.post(ANSWERS, {"prompt": client.get(TODAY).json()["prompt"]["code"], "answer": "Mine."})
    client.post(INTENT, {"intent": "Mine too."})
    other = api(UserFactory())
    assert (other.get(TODAY).json()["answer"], other.get(INTENT).json()["intent"]) == (None, None)


def test_the_prompt_of_today_costs_the_same_whatever_is_off_limits(me, api):
    client = api(me)

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert client.get(TODAY).status_code == 200
        return len(made)

    queries()
    few = queries()
    OffLimitsTopic.objects.bulk_create(OffLimitsTopic(user=me, topic_key=topic) for topic in ("art", "work"))
    assert queries() == few


@pytest.mark.parametrize("unseen", ["", " \n", "\u200b", "\u2060\u00a0\ufeff"])
def test_what_cannot_be_seen_is_blank(me, api, unseen):
    prompt = api(me).get(TODAY).json()["prompt"]["code"]
    for path, field, rest in ((ANSWERS, "answer", {"prompt": prompt}), (INTENT, "intent", {})):
        reply = api(me).post(path, {field: unseen, **rest})
        assert (reply.status_code, reply.json()["details"][field][0]["code"]) == (400, "blank")
        assert api(me).post(path, {field: f"Walk{unseen}.", **rest}).status_code in {200, 201}
