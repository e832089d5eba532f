"""What becomes of faces that are near one: written down, withheld or shown, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from config import bulk
from config.db import new_id
from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Disclosure
from connect.realtime import publish_each
from faces.engine.looks import Look
from faces.engine.percentiles import public
from faces.enums import Withheld
from faces.models import Face, FaceMatch, FaceParameters, LikenessScale
from faces.services import likenesses, scoring, twins
from faces.services.nearest import Near
from faces.services.scoring import Score
from safety.enums import FlagKind
from safety.services import flags

SOURCE_KIND = "face_match"
BY = ("face_a_id", "face_b_id")


@dataclass(frozen=True)
class Finding:
    """A face, what it looks like, and what likeness is found by."""

    face: Face
    look: Look
    parameters: FaceParameters
    scale: LikenessScale | None
    same_person: float
    now: datetime


class Found(NamedTuple):
    """Somebody else's face, and the likeness of the two. `standing`: as it was found before."""

    near: Near
    score: Score
    standing: FaceMatch | None

    @property
    def is_shown_already(self) -> bool:
        return self.standing is not None and self.standing.withheld == ""


def counting(finding: Finding, nearby: Sequence[Near]) -> list[Near]:
    """Those that are like the face: by the threshold, or because they are likely the same person's."""
    return [near for near, score in _scored(finding, nearby) if _counts(finding, near, score)]


def write(finding: Finding, nearby: Sequence[Near]) -> int:
    """Write down whom the face is like; how many people it is shown to be like. What was found before is scored anew
    and stays, also below a threshold that was raised since.

    Needs the service role, and all these people locked.
    """
    standing = _standing(finding, {near.user_id for near in nearby})
    held = {match.face_of(match.other(finding.face.user_id)): match for match in _of_face(finding, standing)}
    every = [Found(near, score, held.get(near.id)) for near, score in _scored(finding, nearby)]
    same = _same_people(finding, every, standing)
    found = [each for each in every if _stays(finding, each, same)]
    _end_others(finding, every, found)
    rows = [_row(finding, each, _withheld(finding, each, same)) for each in found]
    bulk.upsert(FaceMatch, rows, by=BY)
    _part_same(finding, same, rows, standing)
    _show(finding, found, rows, standing)
    return len({each.near.user_id for each, row in zip(found, rows, strict=True) if not row["withheld"]})


def _scored(finding: Finding, nearby: Sequence[Near]) -> list[tuple[Near, Score]]:
    others = [(near.cosine, near.look) for near in nearby]
    scores = scoring.scores(finding.look, others, finding.parameters, finding.scale)
    return list(zip(nearby, scores, strict=True))


def _counts(finding: Finding, near: Near, score: Score) -> bool:
    return _is_like(finding, score) or near.cosine >= finding.same_person


def _is_like(finding: Finding, score: Score) -> bool:
    return score.total >= finding.parameters.threshold


def _standing(finding: Finding, people: Iterable[UUID]) -> list[FaceMatch]:
    """All that was found between the face's person and these people, by whichever of their faces."""
    me = finding.face.user_id
    pairs = bulk.any_of(list(people))
    own = FaceMatch.objects.filter(user_a=me, user_b__in=pairs) | FaceMatch.objects.filter(user_b=me, user_a__in=pairs)
    return list(own)


def _of_face(finding: Finding, matches: Iterable[FaceMatch]) -> list[FaceMatch]:
    return [match for match in matches if finding.face.id in (match.face_a_id, match.face_b_id)]


def _same_people(finding: Finding, found: Sequence[Found], standing: Iterable[FaceMatch]) -> set[UUID]:
    """Who is likely the face's own person, by this face or by any of theirs, and was not told apart from them: then no
    face of the two is shown.
    """
    now = {each.near.user_id for each in found if each.near.cosine >= finding.same_person}
    likely = now | _withheld_as_same(finding, standing)
    return likely - twins.known(finding.face.user_id, likely)


def _withheld_as_same(finding: Finding, standing: Iterable[FaceMatch]) -> set[UUID]:
    me = finding.face.user_id
    return {match.other(me) for match in standing if match.withheld == Withheld.SAME_PERSON}


def _stays(finding: Finding, found: Found, same: set[UUID]) -> bool:
    """Whether it is written down. What was withheld between two who were told apart since has to be a likeness again,
    as if it were new.
    """
    is_same = found.near.user_id in same
    stood = found.standing is not None and (is_same or found.standing.withheld != Withheld.SAME_PERSON)
    return stood or (_counts(finding, found.near, found.score) if is_same else _is_like(finding, found.score))


def _end_others(finding: Finding, every: Iterable[Found], found: Iterable[Found]) -> None:
    kept = {each.near.id for each in found}
    ended = [each.standing.id for each in every if each.standing and each.near.id not in kept]
    if ended:
        likenesses.end(FaceMatch.objects.filter(id__in=ended), now=finding.now)


def _withheld(finding: Finding, found: Found, same: set[UUID]) -> str:
    """What was shown stays shown, unless the two turn out to be one."""
    if found.near.user_id in same:
        return Withheld.SAME_PERSON
    qualities = [look.quality or 0.0 for look in (finding.look, found.near.look)]
    is_poor = min(qualities) < finding.parameters.least_quality
    return Withheld.QUALITY if is_poor and not found.is_shown_already else ""


def _row(finding: Finding, found: Found, withheld: str) -> dict[str, Any]:
    mine = (finding.face.user_id, finding.face.id)
    (user_a, face_a), (user_b, face_b) = sorted((mine, (found.near.user_id, found.near.id)))
    return {
        "id": found.standing.id if found.standing else new_id(),
        "user_a_id": user_a,
        "user_b_id": user_b,
        "face_a_id": face_a,
        "face_b_id": face_b,
        "similarity_score": min(max(found.near.cosine, 0.0), 1.0),
        "factors": found.score.factors,
        "total": found.score.total,
        "percentile": found.score.percentile,
        "scale_id": finding.scale and finding.scale.id,
        "analyzer": finding.face.analyzer,
        "version": finding.parameters.version,
        "withheld": withheld,
    }


def _part_same(
    finding: Finding, same: set[UUID], rows: Sequence[dict[str, Any]], standing: Sequence[FaceMatch]
) -> None:
    """Withhold whatever else was found between accounts that are likely one person's, and have moderators look."""
    new = same - _withheld_as_same(finding, standing)
    if not new:
        return
    earlier = [match.id for match in standing if match.other(finding.face.user_id) in new]
    FaceMatch.objects.filter(id__in=earlier).update(withheld=Withheld.SAME_PERSON, updated_at=finding.now)
    shown = Disclosure.objects.live().filter(source=DisclosureSource.FACE_MATCH, source_id__in=earlier)
    shown.update(revoked_at=finding.now)
    flags.raise_each(
        marks=[mark for user in new for mark in _marks(finding, user, rows)],
        kind=FlagKind.LIKELY_SAME_PERSON,
        source_kind=SOURCE_KIND,
        now=finding.now,
    )


def _marks(finding: Finding, user: UUID, rows: Sequence[dict[str, Any]]) -> Iterable[tuple[UUID, UUID, dict[str, Any]]]:
    """One for either account, with the likeness that says most."""
    theirs = [row for row in rows if user in (row["user_a_id"], row["user_b_id"])]
    most = max(theirs, key=lambda row: row["similarity_score"])
    data = {"cosine": round(most["similarity_score"], 3), "analyzer": finding.face.analyzer}
    return [(account, most["id"], data) for account in (most["user_a_id"], most["user_b_id"])]


def _show(
    finding: Finding, found: Sequence[Found], rows: Sequence[dict[str, Any]], standing: Iterable[FaceMatch]
) -> None:
    """Let the two of each new likeness see each other's face; of several between two people the best is told, once."""
    new = [row for each, row in zip(found, rows, strict=True) if not row["withheld"] and not each.is_shown_already]
    bulk.insert(Disclosure, [disclosed for row in new for disclosed in _disclosures(row, finding.now)])
    known = {match.other(finding.face.user_id) for match in standing if match.withheld == ""}
    best: dict[frozenset[UUID], dict[str, Any]] = {}
    for row in sorted(new, key=lambda row: row["total"]):
        if not known & {row["user_a_id"], row["user_b_id"]}:
            best[frozenset((row["user_a_id"], row["user_b_id"]))] = row
    publish_each(
        (user, "face_match.new", {"match_id": str(row["id"]), "percentile": public(row["percentile"])})
        for row in best.values()
        for user in (row["user_a_id"], row["user_b_id"])
    )


def _disclosures(row: dict[str, Any], now: datetime) -> Iterable[dict[str, Any]]:
    """Both ways."""
    a, b = row["user_a_id"], row["user_b_id"]
    common = {
        "level": DisclosureLevel.FACE,
        "source": DisclosureSource.FACE_MATCH,
        "source_id": row["id"],
        "granted_at": now,
    }
    return [{"id": new_id(), "viewer_id": one, "subject_id": other, **common} for one, other in ((a, b), (b, a))]
