"""A proposal as the schema shows it: the same one to a reader of each language."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

ENGLISH = {"astro": "good", "values": "strong", "communication": "good"}
GERMAN = {"astro": "gut", "values": "stark", "communication": "gut"}
SCORES = {"astro": 60, "values": 85, "communication": 65}
DIMENSIONS = ("astro", "hd", "values", "communication", "interests", "depth", "availability", "readiness")


def _proposal(labels: dict[str, str], *texts: str) -> dict[str, Any]:
    codes = ("values_shared", "communication_compatible", "astro_heart")
    return {
        "ok": True,
        "match": {
            "matchId": "0198c1a2-7d5e-7c3b-9f00-5a1b2c3d4e5f",
            "status": "proposed",
            "expiresAt": "2026-05-04T18:30:00Z",
            "weightProfile": "connect-v1",
            "totalScore": 70,
            "scores": {name: SCORES.get(name) for name in DIMENSIONS},
            "spreads": {"astro": 5, "hd": None},
            "labels": {name: labels.get(name) for name in DIMENSIONS},
            "reasons": [{"code": code, "text": text} for code, text in zip(codes, texts, strict=True)],
        },
    }


EXAMPLES = [
    OpenApiExample(
        "English",
        response_only=True,
        value=_proposal(
            ENGLISH,
            "You both hold dear: honesty, putting down roots.",
            "You like to talk in compatible ways.",
            "Sun and Moon of your charts are at ease with each other.",
        ),
    ),
    OpenApiExample(
        "Deutsch",
        response_only=True,
        value=_proposal(
            GERMAN,
            "Euch beiden liegt am Herzen: Ehrlichkeit, Wurzeln zu schlagen.",
            "Ihr redet gern auf ähnliche Weise miteinander.",
            "Sonne und Mond eurer Horoskope verstehen sich gut.",
        ),
    ),
    OpenApiExample("None", response_only=True, value={"ok": True, "match": None}),
]
