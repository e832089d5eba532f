"""The fixed tables of Human Design: wheel of gates, channels, centres.

Source: the Rave mandala and bodygraph of Ra Uru Hu as published by Jovian Archive. This is tradition, not
science.
"""

import numpy as np

ACTIVATIONS = (
    "sun", "earth", "north_node", "south_node", "moon", "mercury", "venus",
    "mars", "jupiter", "saturn", "uranus", "neptune", "pluto",
)  # fmt: skip
"""The thirteen activations of a side, in the order of the last axis of gates and lines."""

WHEEL_START = 302.0
"""Gate 41 begins at 2 degrees of Aquarius."""

GATE_ARC = 360.0 / 64.0
LINE_ARC = GATE_ARC / 6.0

WHEEL = (
    41, 19, 13, 49, 30, 55, 37, 63, 22, 36, 25, 17, 21, 51, 42, 3,
    27, 24, 2, 23, 8, 20, 16, 35, 45, 12, 15, 52, 39, 53, 62, 56,
    31, 33, 7, 4, 29, 59, 40, 64, 47, 6, 46, 18, 48, 57, 32, 50,
    28, 44, 1, 43, 14, 34, 9, 5, 26, 11, 10, 58, 38, 54, 61, 60,
)  # fmt: skip
"""Gates around the zodiac, counter-clockwise from WHEEL_START."""

CENTRES = ("head", "ajna", "throat", "g", "heart", "spleen", "sacral", "solar_plexus", "root")

CHANNELS = (
    (64, 47, "head", "ajna"), (61, 24, "head", "ajna"), (63, 4, "head", "ajna"),
    (17, 62, "ajna", "throat"), (43, 23, "ajna", "throat"), (11, 56, "ajna", "throat"),
    (16, 48, "throat", "spleen"), (20, 57, "throat", "spleen"), (20, 34, "throat", "sacral"),
    (20, 10, "throat", "g"), (31, 7, "throat", "g"), (8, 1, "throat", "g"), (33, 13, "throat", "g"),
    (45, 21, "throat", "heart"), (35, 36, "throat", "solar_plexus"), (12, 22, "throat", "solar_plexus"),
    (10, 57, "g", "spleen"), (10, 34, "g", "sacral"), (15, 5, "g", "sacral"), (2, 14, "g", "sacral"),
    (46, 29, "g", "sacral"), (25, 51, "g", "heart"),
    (26, 44, "heart", "spleen"), (40, 37, "heart", "solar_plexus"),
    (57, 34, "spleen", "sacral"), (50, 27, "spleen", "sacral"), (32, 54, "spleen", "root"),
    (28, 38, "spleen", "root"), (18, 58, "spleen", "root"),
    (59, 6, "sacral", "solar_plexus"), (42, 53, "sacral", "root"), (3, 60, "sacral", "root"),
    (9, 52, "sacral", "root"),
    (49, 19, "solar_plexus", "root"), (55, 39, "solar_plexus", "root"), (30, 41, "solar_plexus", "root"),
)  # fmt: skip
"""The 36 channels: two gates and the centres they stand in."""

CHANNEL_NAMES = tuple(f"{first}-{second}" for first, second, _, _ in CHANNELS)

CHANNEL_GATES = np.array([(first - 1, second - 1) for first, second, _, _ in CHANNELS])
"""(36, 2) positions of a channel's gates among the bits of 64 gates (gate 1 is bit 0)."""

CHANNEL_CENTRES = np.array([(CENTRES.index(a), CENTRES.index(b)) for _, _, a, b in CHANNELS])
"""(36, 2) positions of a channel's centres in CENTRES."""

MOTORS = ("heart", "sacral", "solar_plexus", "root")

TYPES = ("manifestor", "generator", "manifesting_generator", "projector", "reflector")
STRATEGIES = {
    "manifestor": "inform",
    "generator": "respond",
    "manifesting_generator": "respond_then_inform",
    "projector": "wait_for_invitation",
    "reflector": "wait_lunar_cycle",
}
AUTHORITIES = ("emotional", "sacral", "splenic", "ego", "self_projected", "mental", "lunar")
DEFINITIONS = ("none", "single", "split", "triple_split", "quadruple_split")
