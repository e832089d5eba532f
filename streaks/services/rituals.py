"""A prompt a day, and what somebody answers to it; for nobody but them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chat.enums import PromptType
from chat.models import Prompt
from config.errors import NotYours, WrongState
from connect.models import OffLimitsTopic, User
from connect.services import texts
from streaks.engine import days
from streaks.engine.rituals import prompt_of_day
from streaks.enums import XpSource
from streaks.models import DailyPromptAnswer
from streaks.services import xp


@dataclass(frozen=True)
class Today:
    """The prompt of a person's day, and their answer if they gave one."""

    local_date: date
    prompt: Prompt
    answer: DailyPromptAnswer | None


def today(*, by: UUID, now: datetime) -> Today:
    """The prompt of today by the person's clock: nothing off their limits, and once answered the one that was answered.

    Runs as the person. Raises NotYours (no_prompt_today).
    """
    day = local_date(by, now)
    answered = DailyPromptAnswer.objects.filter(user=by, local_date=day).select_related("prompt").first()
    if answered:
        return Today(day, answered.prompt, answered)
    off_limits = list(OffLimitsTopic.objects.filter(user=by).values_list("topic_key", flat=True))
    offered = Prompt.objects.active().filter(prompt_type=PromptType.DAILY).avoiding(off_limits)
    by_code = {prompt.code: prompt for prompt in offered}
    if not by_code:
        raise NotYours("There is no prompt today.", code="no_prompt_today")
    return Today(day, by_code[prompt_of_day(list(by_code), person=by, day=day)], None)


def answer(*, by: UUID, prompt: str, text: str, now: datetime) -> DailyPromptAnswer:
    """Keep what a person answers to the prompt of today, by its code; the same answer twice is once.

    Runs as the person. Raises NotYours (no_prompt_today), TextRefused, WrongState (not_todays_prompt,
    already_answered).
    """
    texts.check("answer", text)
    asked = today(by=by, now=now)
    if asked.prompt.code != prompt:
        raise WrongState("This is not the prompt of today.", code="not_todays_prompt")
    kept, fresh = DailyPromptAnswer.objects.get_or_create(
        user_id=by, prompt=asked.prompt, local_date=asked.local_date, defaults={"answer": text, "answered_at": now}
    )
    if kept.answer != text:
        raise WrongState("You have answered the prompt of today.", code="already_answered")
    if fresh:
        xp.earn(by, source=XpSource.DAILY_ANSWER, source_ref_id=kept.id, now=now)
    return kept


def local_date(user_id: UUID, now: datetime) -> date:
    """Which day it is by a person's clock."""
    return days.local_date(User.objects.values_list("timezone", flat=True).get(id=user_id), now)
