"""Invented famous people and drawn faces of the demo pool, for a stack that would otherwise show nobody."""

import io
from dataclasses import dataclass, replace

import numpy as np

from faces.drawing import Looks, drawn_face, looks
from faces.enums import CelebrityCategory, SeenGender
from faces.services.celebrities import About

SIZE = (480, 600)
FIRST = 7000
"""The number of the first face that is drawn."""
UNSEEN = {
    *(7004, 7005, 7007, 7012, 7024, 7026, 7032, 7033, 7056, 7061, 7068, 7070, 7072, 7073, 7080, 7081, 7082, 7085, 7088)
}
"""Numbers whose faces no cascade finds."""
# Two of each pair, a woman and a man.
NAMES = {
    CelebrityCategory.ACTOR: (
        *("Ilsabe Thorn", "Marek Voss", "Odile Farran", "Levan Ost", "Juno Brandt", "Tarek Vale"),
    ),
    CelebrityCategory.MUSICIAN: (
        *("Sunniva Okoro", "Rafe Lindqvist", "Mabel Sato", "Dario Quill", "Noor Halm", "Ansel Reyes"),
    ),
    CelebrityCategory.ATHLETE: (
        *("Petra Kessel", "Idris Vane", "Solveig Marsh", "Kato Brenner", "Zuri Falk", "Lior Amsel"),
    ),
    CelebrityCategory.INFLUENCER: (
        *("Pia Lumen", "Caspian Roe", "Elodie Finch", "Yuki Sander", "Alma Crest", "Bruno Tide"),
    ),
}
GENDERS = (SeenGender.FEMALE, SeenGender.MALE)
BIO = "Invented for the demo: the face is drawn, and nobody of this name is meant."


@dataclass(frozen=True)
class Drawn:
    """Somebody famous who does not exist, and the JPEG of their face."""

    about: About
    jpeg: bytes


def famous() -> list[Drawn]:
    """The same two dozen every time."""
    named = [(name, category) for category, names in NAMES.items() for name in names]
    return [_drawn(number, name, category) for number, (name, category) in enumerate(named)]


def portraits(most: int) -> list[bytes]:
    """JPEGs of so many other faces, the same every time."""
    start = sum(map(len, NAMES.values()))
    return [_jpeg(number, _colourful(number)) for number in _numbers(start + most)[start:]]


def _drawn(place: int, name: str, category: CelebrityCategory) -> Drawn:
    number, gender = _numbers(place + 1)[place], GENDERS[place % 2]
    person = _colourful(number)
    if gender == SeenGender.FEMALE:
        person = replace(person, beard=0)
    return Drawn(About(name=name, bio=BIO, category=category, gender=gender), _jpeg(number, person))


def _numbers(most: int) -> list[int]:
    seen = (number for number in range(FIRST, FIRST + most + len(UNSEEN)) if number not in UNSEEN)
    return list(seen)[:most]


def _jpeg(number: int, person: Looks) -> bytes:
    out = io.BytesIO()
    drawn_face(*SIZE, seed=number, looks=person).save(out, "JPEG", quality=90)
    return out.getvalue()


def _colourful(number: int) -> Looks:
    """Each before a wall and in clothes of their own."""
    draw = np.random.default_rng(number).integers
    return replace(looks(number), backdrop=_colour(draw(135, 215, 3)), clothes=_colour(draw(40, 150, 3)))


def _colour(values: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in values)
    return red, green, blue
