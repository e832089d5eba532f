"""How alike people are to each other: measured on a sample of those who may be found, and kept to measure by."""

from datetime import datetime
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import MD5, Cast, Concat
from numpy.typing import NDArray

from connect.enums import Purpose
from connect.models import Consent
from faces import analyzers
from faces.engine import percentiles
from faces.engine.likeness import Floats, Traits, factors, spread_of
from faces.engine.looks import Look, traits
from faces.models import Face, FaceParameters, LikenessScale
from faces.models.face import FaceQuerySet
from faces.services.scoring import LOOK, rounded
from safety.roles import as_service

SEED = "likeness"
FACES, PAIRS = 4_000, 200_000
"""The most that are drawn."""
CHUNK = 10_000
"""Pairs whose embeddings are multiplied at once."""
GROWTH = 1.25
"""How many times as many people need another scale."""


class Sample:
    """Faces of people, drawn by lots that stay the same: what they look like, and pairs (m, 2) of different people."""

    def __init__(self, faces: FaceQuerySet, *, most: int = FACES, pairs: int = PAIRS) -> None:
        lot = MD5(Concat(Cast("id", TextField()), Value(SEED)))
        drawn = list(faces.annotate(lot=lot).order_by("lot").values_list("user_id", "embedding", *LOOK)[:most])
        self.traits: Traits = traits([Look(*row[2:]) for row in drawn])
        self.embeddings: NDArray[np.float32] = np.array([row[1] for row in drawn], dtype=np.float32)
        self.pairs = percentiles.pairs(len(drawn), _people([row[0] for row in drawn]), pairs, seed=1)

    def factors(self, spread: dict[str, float]) -> Floats:
        """(m, 6) of all pairs."""
        chunks = [self.pairs[start : start + CHUNK] for start in range(0, len(self.pairs), CHUNK)]
        return np.concatenate([np.empty((0, 6)), *(self._factors(chunk, spread) for chunk in chunks)])

    def _factors(self, pairs: NDArray[np.int64], spread: dict[str, float]) -> Floats:
        one, other = pairs[:, 0], pairs[:, 1]
        cosines = np.einsum("ij,ij->i", self.embeddings[one], self.embeddings[other], dtype=np.float64)
        return factors(cosines, self.traits.take(one), self.traits.take(other), spread)


def newest(analyzer: str, version: str) -> LikenessScale | None:
    """What likeness is measured by; None while there are too few people. Needs the service role."""
    return LikenessScale.objects.of(analyzer, version).first()


def population(analyzer: str) -> FaceQuerySet:
    """Faces that an analyzer looked at, of people who let them be compared."""
    given = Consent.objects.live().filter(user=OuterRef("user"))
    allowed = [Exists(given.filter(purpose=purpose)) for purpose in (Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING)]
    return Face.objects.own().filter(*allowed, analyzer=analyzer)


def keep(*, now: datetime) -> bool:
    """Make a scale for the live parameters where there is none, or where the people are a quarter more than they were;
    whether one was made. Of too few pairs there is none. Raises AnalyzerUnavailable.
    """
    analyzer = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        parameters = FaceParameters.objects.live().select_for_update(no_key=True).get()  # one at a time
        last, faces = newest(analyzer, parameters.version), population(analyzer).count()
        if last and faces < GROWTH * last.faces:
            return False
        return _make(parameters, analyzer, faces)


def _make(parameters: FaceParameters, analyzer: str, faces: int) -> bool:
    sample = Sample(population(analyzer))
    if len(sample.pairs) < settings.LIKENESS_LEAST_PAIRS:
        return False
    spread = spread_of(sample.traits)
    found = rounded(sample.factors(spread), parameters.weights)
    LikenessScale.objects.create(
        analyzer=analyzer,
        version=parameters.version,
        faces=faces,
        pairs=len(found),
        cuts=percentiles.cuts(found),
        spread=spread,
    )
    return True


def _people(users: list[UUID]) -> NDArray[np.int64]:
    """A number for each person."""
    numbers = {user: number for number, user in enumerate(users)}
    return np.array([numbers[user] for user in users], dtype=np.int64)
