"""Invented people with a face each, as rows."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from config.db import new_id
from connect.models import ConnectProfile, Consent, Profile, User
from faces.models import Face
from faces.models.analyzed import WIDTH
from faces.models.face import FaceQuerySet
from matching.services import simulations
from matching.simulation.people_rows import DOMAIN, NO_PASSWORD
from matching.simulation.rows import Columns, copy, same

OF_EACH = 5
"""Pictures of one identity."""
NOISE = 0.9
"""Its length beside the identity's own, 1: two pictures have a cosine of about 1 / (1 + NOISE ** 2), 0.55."""
INTRINSIC = 32
"""Dimensions in which identities differ."""
GENDERS = {"other": 0.002, "nonbinary": 0.02, "female": 0.489, "male": 0.489}
BLOCK = 2_000
ANALYZER = "bench-1"
INDEX = "faces_embedding_hnsw_idx"


def faces() -> FaceQuerySet:
    return Face.objects.filter(analyzer=ANALYZER)


def populate(n: int, seed: int) -> float:
    """So many people who may all be found, instead of whoever was invented before; the seconds their index took."""
    simulations.remove()
    rng = np.random.default_rng(seed)
    with transaction.atomic(), _without_triggers():
        for start in range(0, n, BLOCK):
            _people(rng, start, min(BLOCK, n - start))
        _faces(rng, n)
    return _index()


def _people(rng: np.random.Generator, start: int, n: int) -> None:
    now = timezone.now()
    users = [new_id() for _ in range(n)]
    stamps = same(n, created_at=now, updated_at=now)

    def owned() -> Columns:
        return {"id": [new_id() for _ in range(n)], "user_id": users, **same(n, created_at=now)}

    emails = [f"faces.{start + i}@{DOMAIN}" for i in range(n)]
    genders = rng.choice(list(GENDERS), size=n, p=list(GENDERS.values())).tolist()
    copy(User, {"id": users, "email": emails, **stamps, **same(n, **_ACCOUNT)})
    copy(Profile, {**owned(), "gender": genders, **same(n, updated_at=now, **_PROFILE)})
    copy(ConnectProfile, {**owned(), **same(n, updated_at=now, consented_at=now, activated_at=now, **_WISHES)})
    for purpose in ("face_analysis", "face_matching"):
        copy(Consent, {**owned(), **same(n, purpose=purpose, version="v1", granted_at=now, revoked_at=None)})


def _faces(rng: np.random.Generator, n: int) -> None:
    now = timezone.now()
    users = list(simulations.simulated().values_list("id", flat=True))
    centres = _unit(rng.normal(size=(-(-n // OF_EACH), INTRINSIC)) @ rng.normal(size=(INTRINSIC, WIDTH)))
    identities = rng.permutation(np.repeat(np.arange(len(centres)), OF_EACH))[:n]
    for start in range(0, n, BLOCK):
        some = identities[start : start + BLOCK]
        vectors = _unit(centres[some] + NOISE * _unit(rng.normal(size=(len(some), WIDTH))))
        ids = [new_id() for _ in some]
        columns: Columns = {
            "id": ids,
            "user_id": users[start : start + BLOCK],
            "file": [f"faces/bench/{id}" for id in ids],
            "digest": rng.bytes(32 * len(some)).hex(" ", 32).split(),
            "embedding": ["[" + ",".join(map(str, row)) + "]" for row in vectors.round(6).tolist()],
            "age": rng.integers(18, 80, len(some)).tolist(),
        }
        stamps = {"created_at": now, "analyzed_at": now, "judged_at": now}
        copy(Face, columns | same(len(some), **stamps, **_FACE))


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@contextmanager
def _without_triggers() -> Iterator[None]:
    """A face is analysed once it is there; here it comes so."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE faces_face DISABLE TRIGGER USER")
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
        yield
        cursor.execute("ALTER TABLE faces_face ENABLE TRIGGER USER")


def _index() -> float:
    """Made as the migration makes it, over what is there."""
    index: Any = next(index for index in Face._meta.indexes if index.name == INDEX)
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        with connection.schema_editor() as editor:
            editor.add_index(Face, index)
        built = time.perf_counter() - began
        for model in (User, Profile, Consent, ConnectProfile, Face):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    return built


_ACCOUNT: dict[str, Any] = {
    "timezone": "UTC", "password": NO_PASSWORD, "status": "active", "tier": "free", "phone": None, "is_staff": True,
    "is_superuser": False, "active_connection_count": 0, "last_login": None, "suspended_until": None,
    "last_seen_at": None, "last_global_refresh_at": None,
}  # fmt: skip
_PROFILE: dict[str, Any] = {
    "name": "", "nickname": "", "birth_date": date(1992, 5, 17), "city": "", "country": "", "cell": "", "languages": [],
    "birth_changes": [], "school": "", "bio": "",
}  # fmt: skip
_WISHES: dict[str, Any] = {
    "is_active": True, "consent_version": "v1", "mode": "both", "min_age": 18, "max_age": 99, "distance_km": None,
    "preferred_genders": [], "language_pref": [], "values_vector": None, "communication_vector": None,
    "life_goals_vector": None, "vector_version": "", "emotional_readiness_score": None,
}  # fmt: skip
_FACE: dict[str, Any] = {
    "file_key": b"-", "size": 1, "width": 1, "height": 1, "is_default": True, "status": "analyzed",
    "verdict": "verified", "judged_by": "demo", "judge": None, "analyzer": ANALYZER, "gender": "female",
    "quality_score": 0.8, "blur_score": 0.5, "illumination_score": 0.5, "landmarks_68": None, "pose": None,
    "geometry_ratios": json.dumps({"eye_spacing": 0.45, "face_width_height_ratio": 0.8}), "symmetry_score": 0.9,
    "skin_tone_lab": [60.0, 15.0, 18.0], "expression": "happy", "expression_confidence": 0.7,
    "emotion_scores": json.dumps({"happy": 0.7, "neutral": 0.3}), "identity_grade": True,
}  # fmt: skip
