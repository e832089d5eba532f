"""Rows of what discovery asks for: a proved number, photos and hobbies, which everybody has."""

import numpy as np

from connect.enums import SignalKind
from connect.models import HobbyOption
from matching.simulation.rows import Block, Columns, same

PHOTOS = 3
HOBBIES = (2, 6)
"""At least, and fewer than."""

SLOPE = 0.7
"""How much rarer each hobby is than the one before: as one over its rank to this power."""


def signals(block: Block) -> Columns:
    everybody = np.arange(len(block))
    constant = same(len(block), kind=SignalKind.PHONE.value, reference="")
    return block.common(everybody) | {"verified_at": block.joined} | constant


def photos(block: Block) -> Columns:
    """Rows alone: nobody can sign in to see a picture."""
    some = np.repeat(np.arange(len(block)), PHOTOS)
    numbers = np.tile(np.arange(1, PHOTOS + 1), len(block)).tolist()
    names = [f"simulated/{block.population.seed}/{block.people[i]}.{n}" for i, n in zip(some, numbers, strict=True)]
    return block.common(some) | {
        "position": numbers,
        "file": names,
        "digest": [f"{number:064x}" for number in numbers],
        **same(len(some), file_key=b"", size=1, width=1, height=1, has_face=True, quality=0.8, analyzer="simulated"),
    }


def hobbies(block: Block) -> Columns:
    """Two to five of those that are offered, the first ones more often."""
    options = list(HobbyOption.objects.active().order_by("code").values_list("id", flat=True))
    share = 1 / np.arange(1, len(options) + 1) ** SLOPE
    # The greatest of weighted exponentials are a draw without replacement (Efraimidis and Spirakis, 2006).
    keys = block.rng.exponential(size=(len(block), len(options))) / share
    order = np.argsort(keys, axis=1)
    number = block.rng.integers(*HOBBIES, len(block))
    some = np.repeat(np.arange(len(block)), number)
    chosen = np.concatenate([order[i, :n] for i, n in enumerate(number)])
    return block.common(some) | {
        "option_id": [options[i] for i in chosen.tolist()],
        **same(len(some), description="Now and then, and never alone."),
    }
