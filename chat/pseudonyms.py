"""The names two people have for each other before they know their own.

Every pair of words is kind, tells nothing of age, gender, origin or place, and can be said aloud.
"""

import secrets
from collections.abc import Collection

ADJECTIVES = (
    "Amber", "Autumn", "Brave", "Bright", "Calm", "Candid", "Clear", "Coral", "Cosmic", "Crimson",
    "Curious", "Daring", "Dawn", "Early", "Easy", "Emerald", "Fair", "Gentle", "Glowing", "Golden", "Happy",
    "Hidden", "Honest", "Humble", "Indigo", "Ivory", "Jade", "Kind", "Lively", "Lucky", "Lunar", "Mellow",
    "Merry", "Misty", "Noble", "Opal", "Patient", "Pearl", "Playful", "Quiet", "Radiant", "Rosy", "Sage",
    "Serene", "Silver", "Solar", "Sparkling", "Steady", "Still", "Sunny", "Tender", "Tranquil", "True",
    "Velvet", "Vivid", "Warm", "Wandering", "Whispering", "Wild", "Winter", "Wise", "Witty", "Wonder",
    "Zesty",
)  # fmt: skip
NOUNS = (
    "Acorn", "Aspen", "Badger", "Beacon", "Birch", "Bloom", "Breeze", "Brook", "Canyon", "Cedar", "Cloud",
    "Clover", "Comet", "Cove", "Crane", "Creek", "Delta", "Dolphin", "Dune", "Ember", "Falcon", "Fern",
    "Finch", "Fjord", "Forest", "Fox", "Garden", "Glade", "Harbor", "Heron", "Hill", "Island", "Kestrel",
    "Lagoon", "Lake", "Lantern", "Lark", "Leaf", "Maple", "Meadow", "Moon", "Moss", "Oak", "Ocean",
    "Orchard", "Otter", "Owl", "Pebble", "Pine", "Prairie", "Rain", "River", "Robin", "Shore", "Sky",
    "Sparrow", "Spring", "Star", "Stone", "Swan", "Tide", "Valley", "Willow", "Wren",
)  # fmt: skip


def draw(taken: Collection[str]) -> tuple[str, str]:
    """Two different pseudonyms, neither of them among `taken`, which may hold 4,000 of the 4,096 at most."""
    first = _draw_one(taken)
    return first, _draw_one({*taken, first})


def _draw_one(taken: Collection[str]) -> str:
    while True:
        adjective, noun = divmod(secrets.randbelow(len(ADJECTIVES) * len(NOUNS)), len(NOUNS))
        name = f"{ADJECTIVES[adjective]} {NOUNS[noun]}"
        if name not in taken:
            return name
