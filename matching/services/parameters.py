"""What the engine goes by: the one live version, and those that older scores name."""

from collections.abc import Iterable

from matching.engine.parameters import Parameters, number_of
from matching.engine.scores import WeightProfile
from matching.models import EngineParameters
from safety.roles import as_service


def live() -> Parameters:
    """The numbers of this moment: to be read once a piece of work, and handed down."""
    with as_service():
        return EngineParameters.objects.live().get().as_parameters()


def of(version: str) -> Parameters:
    """The numbers of a version of the engine, live or not: what was begun with them is ended with them."""
    with as_service():
        return EngineParameters.objects.get(number=number_of(version)).as_parameters()


def weights(profiles: Iterable[str]) -> dict[str, WeightProfile]:
    """The weights behind each name that a match has in `weight_profile`, whatever version made it; in one query."""
    numbers = {name: number_of(name) for name in profiles}
    with as_service():
        rows = EngineParameters.objects.filter(number__in=set(numbers.values()))
        made = {row.number: row.as_parameters() for row in rows}
    return {name: _of(name, made[number]) for name, number in numbers.items()}


def _of(profile: str, version: Parameters) -> WeightProfile:
    return {"connect": version.connect, "friendship": version.friendship}[profile.partition("-")[0]]
