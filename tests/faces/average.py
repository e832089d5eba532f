"""The average face that embeddings are measured from: run this after anything before it has changed.

python -m tests.faces.average
"""

import numpy as np

from faces.analyzers.classical import Classical
from faces.engine import alignment, texture
from tests.pictures import drawn_face, looks

FIRST, PEOPLE = 10_000, 120  # none of them is among those that tests look at


def average(people: range = range(FIRST, FIRST + PEOPLE)) -> np.ndarray:
    """Of those of these drawn people whose eyes are found."""
    classical, described = Classical(), []
    for person in people:
        pixels = np.asarray(drawn_face(looks=looks(person), seed=person))
        seen = classical.analyze(pixels)
        if seen is not None and seen.eyes is not None:
            described.append(texture.described(alignment.by_eyes(pixels, seen.eyes, texture.SIDE)))
    return np.mean(described, axis=0, dtype=np.float64).astype(np.float32)


if __name__ == "__main__":
    np.save(texture.AVERAGE, average())
