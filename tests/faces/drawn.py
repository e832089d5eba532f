"""Photos of drawn people, and how far apart the classical analyzer keeps them.

python -m tests.faces.drawn
"""

import io

import numpy as np
from PIL import Image

from faces.analyzers.classical import Classical
from tests.pictures import drawn_face, encoded, looks

RETAKEN = {
    "re-encoded": {"quality": 55},
    "brighter": {"light": 1.25},
    "darker": {"light": 0.75},
    "turned": {"turn": 6},
    "moved": {"shift": (10, -8)},
    "blurred": {"blur": 1.5},
    "smaller": {"width": 280, "height": 350},
    "all of it": {"quality": 70, "light": 1.15, "turn": -4, "shift": (-6, 4)},
}
"""What is different about another photo of somebody, besides its grain."""


def taken(person, quality=90, width=400, height=500, **how):
    """A photo of a drawn person, as it comes out of an upload."""
    image = drawn_face(width, height, looks=looks(person), **{"seed": 100 + person} | how)
    return np.asarray(Image.open(io.BytesIO(encoded(image, quality=quality))))


def retaken(person, name):
    return taken(person, **{"seed": 900 + person} | RETAKEN[name])


def report(people=range(32)):
    """Print how often people are seen, by the lightness of their skin, and the cosines of one's and of two's photos."""
    classical = Classical()
    photos = [[taken(person), *(retaken(person, name) for name in RETAKEN)] for person in people]
    found = [[classical.analyze(photo) for photo in row] for row in photos]
    light = np.array([np.mean(looks(person).skin) for person in people])
    for name, group in (("darker", light < np.median(light)), ("lighter", light >= np.median(light))):
        seen = [analysis is not None for row, chosen in zip(found, group, strict=True) if chosen for analysis in row]
        print(f"{name} half: {np.mean(seen):.0%} of {len(seen)} photos seen")
    vectors = [[analysis.embedding for analysis in row if analysis and analysis.eyes] for row in found]
    same = np.array([row[0] @ other for row in vectors for other in row[1:]])
    firsts = np.array([row[0] for row in vectors if row])
    others = (firsts @ firsts.T)[np.triu_indices(len(firsts), 1)]
    for name, cosines in (("one person", same), ("two people", others)):
        ranks = np.percentile(cosines, [0.1, 1, 5, 50, 95, 99, 99.9]).round(2)
        likely = (cosines >= classical.same_person).mean()
        print(f"{name}: {len(cosines)} pairs, mean {cosines.mean():.2f}, ranks {ranks}, {likely:.2%} taken for one")


if __name__ == "__main__":
    report()
