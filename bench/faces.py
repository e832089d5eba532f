"""Whose face is like whose: among 100,000, by the product's own statement, against pgvector's exact scan.

The vectors lie in clusters, as those of faces do: several pictures of each of many identities, whose cosine is that of
two pictures of one person, and identities in a space of few dimensions (Gong, Boddeti and Jain, On the Intrinsic
Dimensionality of Image Representations, 2019). Of isotropic vectors all are equally far, and which are the nearest
means nothing. Here every picture is somebody's of their own, so that a face has as many to find as its identity has
others. BENCH_FACES sets another number, for trying.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from bench import stack
from bench.report import figure

FACES = int(os.environ.get("BENCH_FACES", "100000"))
SEED = 7
ASKED = 40
"""Faces that are looked for in each repeat; the exact scan, which takes a second, looks for fewer."""
ASKED_EXACTLY = 4
REPEATS = 5
SOUGHT = {"2%": "nonbinary", "0.2%": "other"}
"""Whom somebody seeks, by how many of all they are."""


def run() -> list[dict[str, Any]]:
    stack.prepare()
    from bench.face_rows import populate

    built = populate(FACES, SEED)
    asked = _asked()
    recall = _recall(asked, [])
    guard = f"recall {recall[4]:.3f} at 4, {recall[10]:.3f} at 10; index built in {built:.0f} s"
    figures = [_figure("faces.search", asked, [], guard, ok=recall[4] >= 0.99, at_least=10.0)]
    for share, gender in SOUGHT.items():
        recall = _recall(asked, [gender])
        guard = f"recall {recall[4]:.3f} at 4, {recall[10]:.3f} at 10 of the exact scan's under the same filter"
        ok = min(recall.values()) >= 0.99
        figures.append(_figure(f"faces.filtered_{share}", asked, [gender], guard, ok=ok, at_least=1.0))
    return figures


def _figure(
    name: str, asked: Sequence[UUID], sought: list[str], guard: str, *, ok: bool, at_least: float
) -> dict[str, Any]:
    """Searches a second, in turn with pgvector's exact scan of all faces, which no filter holds up."""
    rates, theirs = [], []
    for _ in range(REPEATS):
        rates.append(_rate(lambda face: _searched(face, sought), asked))
        theirs.append(_rate(_scanned, asked[:ASKED_EXACTLY]))
    return figure(
        name,
        ours=rates,
        reference=theirs,
        at_least=at_least,
        guard=guard,
        guard_ok=ok,
        unit="searches/s",
        n=FACES,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )


def _rate(search: Callable[[UUID], object], asked: Sequence[UUID]) -> float:
    began = time.perf_counter()
    for face in asked:
        search(face)
    return len(asked) / (time.perf_counter() - began)


def _asked() -> list[UUID]:
    """Of people who may be found, in no order that means anything."""
    from bench.face_rows import faces

    return list(faces().order_by("digest").values_list("id", flat=True)[:ASKED])


def _recall(asked: Sequence[UUID], sought: list[str]) -> dict[int, float]:
    """How many of the nearest 4 and 10 that the same statement finds one by one the search has among its own."""
    from faces.services import nearest

    found: dict[int, list[float]] = {4: [], 10: []}
    for face in asked:
        ours = [near.id for near in _searched(face, sought)]
        exact = [near.id for near in _with(face, sought, nearest.Search.one_by_one)]
        for most, shares in found.items():
            shares.append(len(set(ours[:most]) & set(exact[:most])) / max(len(exact[:most]), 1))
    return {most: sum(shares) / len(shares) for most, shares in found.items()}


def _searched(face: UUID, sought: list[str]) -> list[Any]:
    from faces.services import nearest

    return _with(face, sought, nearest.Search.shortlist)


def _with(face: UUID, sought: list[str], how: Callable[[Any], list[Any]]) -> list[Any]:
    """As `searches.find` asks, for somebody who seeks these genders."""
    from django.db import transaction
    from django.utils import timezone

    from bench.face_rows import faces
    from faces.services import face_parameters, nearest
    from safety.roles import as_service

    with transaction.atomic(), as_service():
        made = faces().without_numbers().get(id=face)
        search = nearest.search(made, face_parameters.live(), timezone.now())
        search.asked["genders"] = sought
        return how(search)


def _scanned(face: UUID) -> list[Any]:
    """pgvector's exact scan: nothing but the vectors."""
    from django.db import connection

    statement = """
        SELECT id FROM faces_face WHERE embedding IS NOT NULL
        ORDER BY (embedding <=> (SELECT embedding FROM faces_face WHERE id = %s)) + 0 LIMIT 100
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [face])
        return cursor.fetchall()
