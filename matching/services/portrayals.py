"""What a card shows of a person: hobbies and what could be talked about, where roughly, how old roughly. Nothing else.

What hobbies are called, and what could be talked about, is worded when the card is read, for who reads it.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from config import bulk
from connect import whereabouts
from connect.hobby_wording import NAMES
from connect.models import Hobby, Profile
from matching import wording
from matching.enums import DistanceBand

AGE_STEP = 5
OLDEST = 75
"""From here on there is one band: so old are too few to be told apart further."""
PROMPTS = 3
WORD = re.compile(r"\w+")


def snapshots(
    bands: dict[UUID, DistanceBand], *, viewer_hobbies: Collection[UUID], today: date
) -> dict[UUID, dict[str, Any]]:
    """What the cards of these people are to show, as plain JSON; two queries. Needs the service role."""
    hobbies: dict[UUID, list[dict[str, Any]]] = {user_id: [] for user_id in bands}
    for hobby in Hobby.objects.filter(user__in=bulk.any_of(bands)).select_related("option").order_by("id"):
        hobbies[hobby.user_id].append(_hobby(hobby, viewer_hobbies))
    profiles = Profile.objects.filter(user__in=bulk.any_of(bands))
    for profile in profiles:
        _leave_out_who_and_where(hobbies[profile.user_id], profile)
    return {
        profile.user_id: {
            "city": profile.city,
            "age_band": age_band(profile.age_on(today)),
            "distance": bands[profile.user_id],
            "hobbies": sorted(hobbies[profile.user_id], key=lambda hobby: not hobby["shared"]),
        }
        for profile in profiles
    }


def age_band(age: int | None) -> str:
    """Of five years, as "30-34"; the youngest begins at 18."""
    if age is None:
        return ""
    if age >= OLDEST:
        return f"{OLDEST}+"
    first = age - age % AGE_STEP
    return f"{max(18, first)}-{first + AGE_STEP - 1}"


def told(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot in the language that is active, with what the two could talk about."""
    hobbies = [hobby | {"name": str(NAMES.get(hobby["code"], hobby["name"]))} for hobby in snapshot["hobbies"]]
    shared = [hobby for hobby in hobbies if hobby["shared"]]
    prompts = [
        wording.prompt(number, hobby["name"], shared=hobby["shared"])
        for number, hobby in enumerate((shared or hobbies)[:PROMPTS])
    ]
    return snapshot | {"hobbies": hobbies, "prompts": prompts}


def _leave_out_who_and_where(hobbies: list[dict[str, Any]], profile: Profile) -> None:
    """A description in which somebody names themselves, or says to the metre where they are, is not shown: a card tells
    neither.
    """
    own = {word.casefold() for word in WORD.findall(f"{profile.name} {profile.school}") if len(word) > 1}
    for hobby in hobbies:
        said = hobby["description"]
        if own & {word.casefold() for word in WORD.findall(said)} or whereabouts.exact(said):
            hobby["description"] = ""


def _hobby(hobby: Hobby, viewer_hobbies: Collection[UUID]) -> dict[str, Any]:
    return {
        "code": hobby.option.code,
        "name": hobby.option.name,
        "description": hobby.description,
        "shared": hobby.option_id in viewer_hobbies,
    }
