"""Plots of a few series as SVG that needs no script and no style sheet.

Each bar has its figure beside it, each line its last; two series differ in colour (Okabe and Ito's, which everybody can
tell apart) and in their pattern; lines and letters take the colour of the text around, so that both themes can be
read. https://jfly.uni-koeln.de/color/
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

WIDTH = 640
LABELS = 130
"""Pixels left of the bars."""

FIGURES = 60
"""Pixels right of the longest bar."""

WIDE_LABELS, WIDE_FIGURES = 200, 110
"""The same around bars of which each stands alone, with its share beside its number."""

STEP = 24
"""From one such bar to the next."""

BAR, GAP, LEGEND = 12, 10, 34
HEIGHT = 140
"""Pixels between nothing and the highest of a line."""

DASHES = ("none", "6 3")
COLOURS = ("#0072b2", "#e69f00")

Place = tuple[float, float, float]
"""Where a value lies, and the value."""


@dataclass(frozen=True)
class Series:
    """One figure for each group of the plot."""

    name: str
    values: Sequence[float | None]
    """None where there is nothing to show, at which a line breaks off."""


def bars(title: str, description: str, groups: Sequence[str], pair: tuple[Series, Series], form: str) -> SafeString:
    """Lying bars, two a group: the first series above the second. `form` writes a figure, as in format()."""
    plot = slugify(title)
    step = 2 * BAR + GAP
    longest = _highest(pair)
    scale = (WIDTH - LABELS - FIGURES) / longest
    rows = [
        (LABELS - 8, LEGEND + i * step + BAR + 4, group, _pair(plot, i, pair, scale, form))
        for i, group in enumerate(groups)
    ]
    drawn = format_html_join("", '<text x="{}" y="{}" text-anchor="end">{}</text>{}', rows)
    height = LEGEND + len(groups) * step
    axis = format_html(
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor"/>',
        *(LABELS, LEGEND - GAP // 2, height - GAP // 2),
    )
    body = format_html("{}{}{}{}", _hatching(plot), _legend(plot, pair), drawn, axis)
    return _svg(plot, title, description, height, body)


def parts(title: str, description: str, rows: Sequence[tuple[str, float, str]]) -> SafeString:
    """Lying bars, one a row: its label, its length, and what stands beside it."""
    plot = slugify(title)
    scale = (WIDTH - WIDE_LABELS - WIDE_FIGURES) / (max((length for _, length, _ in rows), default=0.0) or 1.0)
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/><text x="{}" y="{}">{}</text>',
        [
            (
                *(WIDE_LABELS - 8, 16 + i * STEP, label),
                *(WIDE_LABELS, 5 + i * STEP, f"{length * scale:.1f}", STEP - 8, COLOURS[0]),
                *(f"{WIDE_LABELS + length * scale + 6:.1f}", 16 + i * STEP, told),
            )
            for i, (label, length, told) in enumerate(rows)
        ],
    )
    height = len(rows) * STEP + 4
    axis = format_html('<line x1="{0}" x2="{0}" y1="2" y2="{1}" stroke="currentColor"/>', WIDE_LABELS, height - 2)
    return _svg(plot, title, description, height, format_html("{}{}", drawn, axis))


def lines(title: str, description: str, ends: Sequence[str], drawn: Sequence[Series], form: str) -> SafeString:
    """Lines from left to right, each series over the same moments; `ends` says which the first and last are."""
    plot = slugify(title)
    highest = _highest(drawn)
    placed = [_places(series, highest) for series in drawn]
    curves = format_html_join("", "{}", [(_curve(which, places),) for which, places in enumerate(placed)])
    base, right = LEGEND + HEIGHT, WIDTH - FIGURES
    axis = format_html(
        '<line x1="{0}" x2="{1}" y1="{2}" y2="{2}" stroke="currentColor"/>'
        '<text x="{0}" y="{3}">{4}</text><text x="{1}" y="{3}" text-anchor="end">{5}</text>'
        '<text x="{6}" y="{7}" text-anchor="end">{8}</text><text x="{6}" y="{2}" text-anchor="end">0</text>',
        *(LABELS, right, base, base + 16, *ends, LABELS - 8, LEGEND + 4, format(highest, form)),
    )
    body = format_html("{}{}{}{}{}", _hatching(plot), _legend(plot, drawn), curves, _last(placed, form), axis)
    return _svg(plot, title, description, base + 24, body)


def _places(series: Series, highest: float) -> list[Place | None]:
    step = (WIDTH - LABELS - FIGURES) / max(1, len(series.values) - 1)
    return [
        None if value is None else (LABELS + i * step, LEGEND + HEIGHT * (1 - value / highest), value)
        for i, value in enumerate(series.values)
    ]


def _curve(which: int, places: Sequence[Place | None]) -> SafeString:
    return format_html_join("", "{}", ((_stroke(which, part),) for part in _unbroken(places)))


def _last(placed: Sequence[Sequence[Place | None]], form: str) -> SafeString:
    """The last figure of each line beside its end, and below the one above it where they would overlap."""
    ends = sorted(
        (shown[-1] for places in placed if (shown := [place for place in places if place])), key=itemgetter(1)
    )
    written, below = [], 0.0
    for x, y, value in ends:
        below = max(y + 4, below)
        written.append((f"{x + 6:.1f}", f"{below:.1f}", format(value, form)))
        below += BAR
    return format_html_join("", '<text x="{}" y="{}" font-size="11">{}</text>', written)


def _unbroken(places: Sequence[Place | None]) -> Iterator[list[Place]]:
    """Runs of neighbours that are there."""
    for there, run in groupby(places, key=bool):
        if there:
            yield [place for place in run if place]


def _stroke(which: int, places: list[Place]) -> SafeString:
    """A line through its places; one alone is a dot."""
    if len(places) == 1:
        x, y, _ = places[0]
        return format_html('<circle cx="{}" cy="{}" r="2.5" fill="{}"/>', f"{x:.1f}", f"{y:.1f}", COLOURS[which])
    return format_html(
        '<polyline fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}" points="{}"/>',
        *(COLOURS[which], DASHES[which], " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)),
    )


def _highest(drawn: Sequence[Series]) -> float:
    return max((value for series in drawn for value in series.values if value is not None), default=0.0) or 1.0


def _svg(plot: str, title: str, description: str, height: int, body: SafeString) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" style="max-width: {}px" role="img" aria-labelledby="{}-title {}-desc" '
        'xmlns="http://www.w3.org/2000/svg" font-size="12" fill="currentColor">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(WIDTH, height, WIDTH, plot, plot, plot, title, plot, description, body),
    )


def _hatching(plot: str) -> SafeString:
    return format_html(
        '<pattern id="{}-1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" fill="{}"/><line x1="0" x2="0" y1="0" y2="6" stroke="#000" stroke-width="2"/>'
        "</pattern>",
        plot,
        COLOURS[1],
    )


def _fill(plot: str, which: int) -> str:
    return COLOURS[0] if which == 0 else f"url(#{plot}-1)"


def _legend(plot: str, drawn: Sequence[Series]) -> SafeString:
    entries = [
        (LABELS + 200 * which, _fill(plot, which), LABELS + 200 * which + 18, series.name)
        for which, series in enumerate(drawn)
    ]
    return format_html_join(
        "",
        '<rect x="{}" y="6" width="12" height="12" fill="{}" stroke="currentColor"/><text x="{}" y="16">{}</text>',
        entries,
    )


def _pair(plot: str, group: int, pair: tuple[Series, Series], scale: float, form: str) -> SafeString:
    top = LEGEND + group * (2 * BAR + GAP)
    drawn = [
        (
            *(LABELS, top + which * BAR, f"{value * scale:.1f}", BAR - 1, _fill(plot, which)),
            *(f"{LABELS + value * scale + 6:.1f}", top + which * BAR + BAR - 2),
            format(value, form),
        )
        for which, series in enumerate(pair)
        if (value := series.values[group]) is not None
    ]
    return format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="currentColor" stroke-width="0.5"/>'
        '<text x="{}" y="{}" font-size="11">{}</text>',
        drawn,
    )
