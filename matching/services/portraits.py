"""Engine charts as they are stored and shown to the person they belong to: plain JSON, degrees rounded."""

from typing import Any

from matching.engine.charts import Angles, Chart
from matching.engine.human_design import Design

DECIMALS = 4
"""Of a degree: a third of an arc second, finer than the computation."""


def astrology(chart: Chart) -> dict[str, Any]:
    """Positions with signs; angles and houses only where the time of birth is known."""
    return {
        "time_known": chart.time_known,
        "positions": [_position(chart, body) for body in chart.longitudes],
        **_angles(chart.angles),
    }


def human_design(chart: Chart) -> dict[str, Any]:
    """Every statement with its probability; `certain` where each has only one."""
    design = chart.human_design
    return {"time_known": chart.time_known, "certain": design.certain, **_statements(design)}


def _position(chart: Chart, body: str) -> dict[str, Any]:
    first, last = chart.longitudes[body]
    return {
        "body": body,
        "longitude": round(first, DECIMALS) if chart.time_known else None,
        "longitude_range": [round(first, DECIMALS), round(last, DECIMALS)],
        "signs": _rounded(chart.signs[body]),
        "house": chart.houses[body] if chart.houses else None,
    }


def _angles(angles: Angles | None) -> dict[str, Any]:
    if angles is None:
        return {"ascendant": None, "midheaven": None, "houses": None, "house_system": None}
    return {
        "ascendant": round(angles.ascendant, DECIMALS),
        "midheaven": round(angles.midheaven, DECIMALS),
        "houses": [round(cusp, DECIMALS) for cusp in angles.cusps],
        "house_system": angles.system,
    }


def _statements(design: Design) -> dict[str, Any]:
    named = ("type", "strategy", "authority", "profile", "definition", "centres", "channels")
    statements: dict[str, Any] = {name: _rounded(getattr(design, name)) for name in named}
    statements["gates"] = _rounded({str(gate): p for gate, p in design.gates.items()})
    return statements


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    return {name: round(share, DECIMALS) for name, share in shares.items()}
