"""A comparison of two versions as people read it: figures side by side, and plots."""

from typing import Any

from django.utils.safestring import SafeString

from config.plots import Series, bars
from matching.engine.features import DIMENSIONS
from matching.services.previews import Comparison, Sketch

BIN = 5
"""Points of a total in one bar of the histogram."""


def spoken(dimension: str) -> str:
    """A dimension as it is called on a page."""
    return {"astro": "Astrology", "hd": "Human Design"}.get(dimension, dimension.capitalize())


def shown(comparison: Comparison) -> dict[str, Any]:
    """What the page of a preview shows."""
    return {
        "people": comparison.people,
        "figures": {"headers": ["", "Live", "Draft", "Change"], "rows": _figures(comparison)},
        "plots": [_components(comparison), _histogram(comparison)] if comparison.people else [],
    }


def _figures(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    live, draft = comparison.live, comparison.draft
    counted = [
        ("Proposals", len(live.pairs), len(draft.pairs)),
        ("In both versions", comparison.in_both, comparison.in_both),
        ("In this version alone", len(live.pairs) - comparison.in_both, len(draft.pairs) - comparison.in_both),
        ("People left without", live.left_without, draft.left_without),
    ]
    measured = [
        ("Mean total", live.mean_total, draft.mean_total, ".1f"),
        ("Gini of exposure", live.gini, draft.gini, ".3f"),
    ]
    return [
        *((name, str(one), str(other), f"{other - one:+d}") for name, one, other in counted),
        *((name, f"{one:{form}}", f"{other:{form}}", f"{other - one:+{form}}") for name, one, other, form in measured),
    ]


def _components(comparison: Comparison) -> tuple[str, SafeString]:
    one, other = (Series(name, list(sketch.shares.values())) for name, sketch in _both(comparison))
    most = max(comparison.draft.shares, key=lambda name: comparison.draft.shares[name])
    title = "What the totals are made of"
    return title, bars(
        title,
        f"The share of each dimension in the points of all proposals. In the draft {spoken(most)} gives most.",
        [spoken(name) for name in DIMENSIONS],
        (one, other),
        ".1%",
    )


def _histogram(comparison: Comparison) -> tuple[str, SafeString]:
    totals = [*comparison.live.totals, *comparison.draft.totals]
    least = int(min(totals, default=0.0) // BIN)
    most = int(max(totals, default=0.0) // BIN)
    bins = range(least, most + 1)
    one, other = (Series(name, [_within(sketch, i) for i in bins]) for name, sketch in _both(comparison))
    title = "Totals of the proposals"
    return title, bars(
        title,
        f"How many proposals have a total of so many points; from {least * BIN} to {most * BIN + BIN}.",
        [f"{i * BIN} to {i * BIN + BIN}" for i in bins],
        (one, other),
        ".0f",
    )


def _within(sketch: Sketch, bin_: int) -> int:
    return sum(int(total // BIN) == bin_ for total in sketch.totals)


def _both(comparison: Comparison) -> list[tuple[str, Sketch]]:
    live, draft = comparison.live, comparison.draft
    return [(f"Live: {live.parameters.version}", live), (f"Draft: {draft.parameters.version}", draft)]
