"""What the benchmarks are measured against: the bare work, as fast as it can be made, and nothing more."""

from collections.abc import Sequence

import ephem

BODIES = ("Sun", "Moon", "Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune", "Pluto")


def ephem_positions(births: Sequence[float], designs: Sequence[float]) -> float:
    """Apparent places of the ten bodies at birth and design moments (ephem days), by ephem alone.

    ephem computes lazily: reading the right ascension is what makes it work. The sum keeps nothing else.
    """
    bodies = [getattr(ephem, name)() for name in BODIES]
    total = 0.0
    for days in (births, designs):
        for day in days:
            for body in bodies:
                body.compute(day)
                total += body.g_ra
    return total
