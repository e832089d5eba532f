"""People whose faces are as alike as a test wants."""

from types import SimpleNamespace
from uuid import uuid4

import numpy as np

from connect.enums import Purpose
from faces.models import Face, FaceParameters
from tests.factories import ConsentFactory, UserFactory

ANALYZER = "classical-1"
GEOMETRY = {"eye_spacing": 0.45, "face_width_height_ratio": 0.8}


def chosen(monkeypatch, same_person=0.9):
    """The analyzer that is chosen."""
    stand_in = SimpleNamespace(name=ANALYZER, identity_grade=True, same_person=same_person)
    monkeypatch.setattr("faces.analyzers.analyzer", lambda: stand_in)


def person(**fields):
    """Somebody who lets their face be analysed and compared."""
    user = UserFactory(is_staff=True, **fields)
    for purpose in (Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING):
        ConsentFactory(user=user, purpose=purpose)
    return user


def vector(cosine=1.0, of=0):
    """A unit vector with that cosine to every `vector()` of the same `of`, and no other likeness to any."""
    base, own = np.zeros(512), np.random.default_rng(uuid4().int % 2**63).normal(size=512)
    base[of] = 1.0
    own[:16] = 0.0
    return cosine * base + np.sqrt(1.0 - cosine**2) * own / np.linalg.norm(own)


def face(user, now, cosine=1.0, *, of=0, verdict="verified", **found):
    """A face of somebody's own that can be found, as alike to `vector(of=of)` as said."""
    judged = {} if verdict == "open" else {"judged_by": "demo", "judged_at": now}
    picture = {"file": f"faces/00/{uuid4()}.jpg", "file_key": b"wrapped-key", "size": 1000, "width": 800, "height": 900}
    made = Face.objects.create(user=user, digest=uuid4().hex * 2, verdict="open", **picture)
    looks = {"age": 30, "symmetry_score": 0.9, "geometry_ratios": GEOMETRY, "skin_tone_lab": [60.0, 15.0, 18.0]}
    columns = {"analyzer": ANALYZER, "analyzed_at": now, "quality_score": 0.8, "expression": "happy"}
    Face.objects.filter(id=made.id).update(
        status="analyzed",
        verdict=verdict,
        **judged,
        **({"embedding": vector(cosine, of)} | looks | columns | found),
    )
    made.refresh_from_db()
    return made


def draft(number=1000, **numbers):
    """A version of the parameters that is live instead of the one that ships."""
    from faces.models.parameters import NUMBERS

    live = FaceParameters.objects.live().get()
    kept = {name: getattr(live, name) for name in NUMBERS} | numbers
    made = FaceParameters.objects.create(number=number, **kept)
    FaceParameters.objects.filter(id=live.id).update(status="retired")
    FaceParameters.objects.filter(id=made.id).update(status="live", published_at=live.published_at)
    return made
