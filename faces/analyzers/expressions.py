"""Expressions, read by a model of one's own such as FER+ (Barsoum et al., 2016)."""

from pathlib import Path

import cv2
import numpy as np
from django.conf import settings

from connect.detection import Pixels
from faces.analyzers import AnalyzerUnavailable
from faces.analyzers.networks import Network
from faces.engine.alignment import around, warped
from faces.engine.analysis import EMOTIONS, Floats

SIDE = 64


class Expressions:
    """Takes a grey face of 64 × 64 pixels and gives a number for each label; labels beyond EMOTIONS are left out."""

    def __init__(self, path: Path, labels: list[str]) -> None:
        """Raises AnalyzerUnavailable if the labels lack an emotion or the model is not to be had."""
        missing = sorted(set(EMOTIONS) - set(labels))
        if missing or len(set(labels)) != len(labels):
            said = f"lacks {', '.join(missing)}" if missing else "names one twice"
            raise AnalyzerUnavailable(f"FACE_EXPRESSION_LABELS {said}.")
        self._places = [labels.index(emotion) for emotion in EMOTIONS]
        self._network = Network(path, {SIDE: [len(labels)]}, channels=1)

    def read(self, pixels: Pixels, box: Floats) -> dict[str, float]:
        """How likely each of EMOTIONS is for the face in the box (left, top, right, bottom)."""
        face = cv2.cvtColor(warped(pixels, around(box, SIDE, 1.0), SIDE), cv2.COLOR_RGB2GRAY)
        weights = self._network(np.asarray(face[..., None], dtype=np.uint8))[0].ravel()[self._places].astype(np.float64)
        shares = np.exp(weights - weights.max())
        shares /= shares.sum()
        return {emotion: round(float(share), 4) for emotion, share in zip(EMOTIONS, shares, strict=True)}


def chosen() -> Expressions | None:
    """The one that the setting FACE_EXPRESSION_MODEL names, or None if it names none. Raises AnalyzerUnavailable."""
    path = settings.FACE_EXPRESSION_MODEL
    return Expressions(Path(path), settings.FACE_EXPRESSION_LABELS) if path else None
