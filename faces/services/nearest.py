"""Whose faces one face may be compared with, and which of them are nearest to it.

The index gives faces in the order of their distance, and each is asked whether it may be found until enough may. Where
it gave up before, few may be found of all, and these are looked at one by one: then the answer is exact. What the
index gives is never taken at its word: a face counts only while its row, its person and their consents say so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import h3
import orjson
from django.db import connection

from connect import exposure
from connect.models import ConnectProfile, Profile
from faces.engine.looks import Look
from faces.models import Face, FaceParameters
from matching.enums import ENDED
from matching.services.candidates import years_before
from matching.services.queue import REGION_RESOLUTION
from safety import flags

SCAN = {
    # The six likenesses order what is found, so that what the index gives need not be in order to the last place.
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "100",
    "hnsw.max_scan_tuples": "2000",
    "hnsw.scan_mem_multiplier": "8",
}
"""How the index is searched (pgvector 0.8): at least so many of the nearest, and no more than so many of all."""

NOBODY = UUID(int=0)

_FROM_THE_FACE = "(face.embedding <=> (SELECT embedding FROM faces_face WHERE id = %(face)s))"
_BY_INDEX = {"distance": _FROM_THE_FACE, "fence": "OFFSET 0", "narrowed": ""}
# Of an expression that is not the index's own the planner asks no index.
_ONE_BY_ONE = {"distance": f"({_FROM_THE_FACE} + 0)", "fence": "", "narrowed": ""}
_OF_THESE = _ONE_BY_ONE | {"narrowed": "AND face.id = ANY(%(ids)s)"}


class Near(NamedTuple):
    """A face near another. cosine: of the two embeddings."""

    id: UUID
    user_id: UUID
    cosine: float
    look: Look


@dataclass(frozen=True)
class Search:
    """A face, and whom it may be compared with; `asked` are the values of the statement. To be used as the service."""

    asked: dict[str, Any]

    def takes_part(self) -> bool:
        """Whether the face itself may be found right now, by anybody."""
        anybody = {"me": NOBODY, "member": False, "region": None}
        return bool(_query(_OF_THESE, self.asked | anybody | {"ids": [self.asked["face"]], "most": 1}))

    def shortlist(self) -> list[Near]:
        """The nearest faces that may be found, as many as the parameters say or all there are."""
        _set_scan()
        found = _query(_BY_INDEX, self.asked)
        return found if len(found) == self.asked["most"] else self.one_by_one()

    def one_by_one(self) -> list[Near]:
        """The same by looking at all that may be found: exact, and the quicker the fewer these are."""
        return _query(_ONE_BY_ONE, self.asked)

    def among(self, ids: Collection[UUID]) -> list[Near]:
        """Those of these faces that may be found right now."""
        return _query(_OF_THESE, self.asked | {"ids": list(ids), "most": len(ids)})


def search(face: Face, parameters: FaceParameters, now: datetime) -> Search:
    """Needs the service role, which its statements are read with too."""
    profile = Profile.objects.filter(user=face.user_id).first() or Profile()
    wishes = ConnectProfile.objects.filter(user=face.user_id).first()
    today = now.date()
    return Search(
        {
            "me": face.user_id,
            "face": face.id,
            "analyzer": face.analyzer,
            "now": now,
            "public": flags.is_on(exposure.FLAG),
            "over": [status.value for status in ENDED],
            "region": _region(profile.cell) if parameters.regional else None,
            "gender": profile.gender,
            "age": profile.age_on(today),
            "most": parameters.shortlist,
            **_wishes(wishes or ConnectProfile(), today),
            "member": wishes is not None,
        }
    )


def _wishes(wishes: ConnectProfile, today: date) -> dict[str, Any]:
    return {
        "genders": wishes.preferred_genders,
        "latest": years_before(today, wishes.min_age),
        "earliest": years_before(today, wishes.max_age + 1),
    }


def _region(cell: str) -> list[str]:
    """The first and the last cell of somebody's region, the queue's: who has no place is in nobody's."""
    if not h3.is_valid_cell(cell):
        return ["~", "~"]
    size = h3.get_resolution(cell)
    first = int(h3.cell_to_center_child(h3.cell_to_parent(cell, REGION_RESOLUTION), size), 16)
    # Of the digits of a cell, three bits each, the first child has 0 at every finer resolution and the last 6.
    last = first + sum(6 << 3 * (15 - finer) for finer in range(REGION_RESOLUTION + 1, size + 1))
    return [f"{first:x}", f"{last:x}"]


def _set_scan() -> None:
    with connection.cursor() as cursor:
        settings = ", ".join("set_config(%s, %s, true)" for _ in SCAN)
        cursor.execute(f"SELECT {settings}", [word for setting in SCAN.items() for word in setting])


def _query(how: dict[str, str], asked: dict[str, Any]) -> list[Near]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(**how), asked)
        return [_near(*row) for row in cursor.fetchall()]


def _near(id: UUID, user_id: UUID, cosine: float, quality: float | None, ratios: str, *rest: Any) -> Near:
    age, symmetry, skin, emotions, expression = rest
    look = Look(
        quality, orjson.loads(ratios or "null"), age, symmetry, skin, orjson.loads(emotions or "null"), expression
    )
    return Near(id, user_id, cosine, look)


@cache
def _statement(**how: str) -> str:
    return (Path(__file__).parents[1] / "sql/nearest.sql").read_text().format(**how)
