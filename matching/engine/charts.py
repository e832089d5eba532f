"""Natal charts as they are stored and shown; nothing here is ever shown to anybody but the person."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.births import Birth, Positions, positions
from matching.engine.ephemeris import BODIES, Floats
from matching.engine.houses import Houses, houses
from matching.engine.human_design import Design, designs, graphs

SIGNS = (
    "aries", "taurus", "gemini", "cancer", "leo", "virgo",
    "libra", "scorpio", "sagittarius", "capricorn", "aquarius", "pisces",
)  # fmt: skip


@dataclass(frozen=True)
class Angles:
    """Ascendant, midheaven and cusps of houses one to twelve in degrees; system: placidus or porphyry."""

    ascendant: float
    midheaven: float
    cusps: tuple[float, ...]
    system: str


@dataclass(frozen=True)
class Chart:
    """One person's chart.

    longitudes: first and last degree of each body over the possible times (equal where the time is known).
    signs: the probability of each sign a body may stand in. houses: the house 1-12 of each body; angles and
    houses are None where the time is unknown. design_moments: first and last possible, ephem days.
    """

    time_known: bool
    longitudes: dict[str, tuple[float, float]]
    signs: dict[str, dict[str, float]]
    angles: Angles | None
    houses: dict[str, int] | None
    design_moments: tuple[float, float]
    human_design: Design


def natal_charts(births: Sequence[Birth]) -> list[Chart]:
    """Charts of many births; one call for all is several times faster than one each."""
    return charts_from(births, positions(births))


def charts_from(births: Sequence[Birth], rows: Positions) -> list[Chart]:
    """Charts out of positions that were computed before (features come from the same rows)."""
    starts = np.flatnonzero(np.diff(rows.owner, prepend=-1)).tolist()
    angles = houses(rows.days[starts], rows.latitude[starts], rows.longitude[starts])
    spans = zip(starts, [*starts[1:], len(rows.owner)], strict=True)
    people = zip(births, spans, designs(rows.owner, graphs(rows)), strict=True)
    return [
        _chart(rows, slice(*span), _angles(angles, i) if birth.time_known else None, design)
        for i, (birth, span, design) in enumerate(people)
    ]


def _chart(rows: Positions, span: slice, angles: Angles | None, design: Design) -> Chart:
    places = rows.birth[span]
    moments = rows.design_moment[span]
    return Chart(
        time_known=angles is not None,
        longitudes=dict(zip(BODIES, zip(places[0].tolist(), places[-1].tolist(), strict=True), strict=True)),
        signs=_signs(places),
        angles=angles,
        houses=_houses(places[0], np.array(angles.cusps)) if angles else None,
        design_moments=(float(moments[0]), float(moments[-1])),
        human_design=design,
    )


def _angles(angles: Houses, i: int) -> Angles:
    system = "placidus" if angles.placidus[i] else "porphyry"
    return Angles(float(angles.ascendant[i]), float(angles.midheaven[i]), tuple(angles.cusps[i].tolist()), system)


def _signs(places: Floats) -> dict[str, dict[str, float]]:
    """Share of the samples (s, 12) in which a body stands in each sign."""
    signs = (places // 30.0).astype(np.int64) % 12
    if len(signs) == 1:
        return {body: {SIGNS[sign]: 1.0} for body, sign in zip(BODIES, signs[0].tolist(), strict=True)}
    return {body: _shares(signs[:, i]) for i, body in enumerate(BODIES)}


def _shares(signs: np.ndarray[tuple[int], np.dtype[np.int64]]) -> dict[str, float]:
    found, counts = np.unique(signs, return_counts=True)
    return {SIGNS[sign]: count / len(signs) for sign, count in zip(found.tolist(), counts.tolist(), strict=True)}


def _houses(places: Floats, cusps: Floats) -> dict[str, int]:
    """A body stands in the house whose cusp it passed last."""
    past = (places[:, None] - cusps) % 360.0
    return dict(zip(BODIES, (past.argmin(axis=1) + 1).tolist(), strict=True))
