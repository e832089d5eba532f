"""What the pool demands of everybody in it: the one definition, for coming in and for as long as one stays.

An age and a language are filtered by; values are what any two people can be scored on, since every weight profile
weighs them. Who limits the distance has to have a place.
"""

from collections.abc import Mapping

from config.errors import WrongState
from connect.models import ConnectProfile

ALWAYS = ("birth_date", "languages")
WITH_A_DISTANCE = ("city",)
ANSWERED = ("values",)


def missing(facts: Mapping[str, object], *, distance_km: int | None) -> list[str]:
    """Which of these facts the pool demands although they are empty; facts that are not named are not looked at."""
    demanded = (*ALWAYS, *(WITH_A_DISTANCE if distance_km is not None else ()), *ANSWERED)
    return [name for name in demanded if name in facts and not facts[name]]


def check_complete(facts: Mapping[str, object], *, distance_km: int | None) -> None:
    """Raises WrongState (profile_incomplete, with what is `missing`)."""
    lacking = missing(facts, distance_km=distance_km)
    if lacking:
        raise WrongState("Complete your profile first.", code="profile_incomplete", missing=lacking)


def check_kept(member: ConnectProfile, changed: Mapping[str, object]) -> None:
    """Let somebody active change, but not empty, what the pool demands.

    Raises WrongState (needed_in_pool, with what would be `missing`).
    """
    lacking = missing(changed, distance_km=member.distance_km) if member.is_active else []
    if lacking:
        message = "Matching needs this of you. Change it, or leave matching first."
        raise WrongState(message, code="needed_in_pool", missing=lacking)
