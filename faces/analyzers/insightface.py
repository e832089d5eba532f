"""InsightFace: its models, run by onnxruntime from a folder of one's own. Nothing is ever downloaded.

The weights that InsightFace publishes are licensed for non-commercial research only; docs/faces.md says so where it
says how to set this up. Of the package itself nothing is used: what it does around its models stands in faces/engine.
"""

from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from django.conf import settings

from connect.detection import Box, Pixels, Sighting, Visibility, visibility
from faces.analyzers import AnalyzerUnavailable, expressions
from faces.analyzers.networks import Network
from faces.engine import landmarks, scrfd, skin
from faces.engine.alignment import around, moved, similarity, warped
from faces.engine.analysis import DIMENSIONS, Analysis, Floats
from faces.engine.scrfd import Found

GRIDS = {side: [count * width for count, width in scrfd.shapes(side)] for side in (640, 128)}
"""What the detector gives, by the sides at which faces are looked for: one that fills the picture may be found only in
the smaller."""
FACE, ATTRIBUTES, MARKED = 112, 96, 192
WITH_AIR = 1 / 1.5
"""The share of what the models for attributes and landmarks see that the face's box takes."""
POINTS_IN_SPACE = 1103
"""What the landmark model gives: a mesh, of which the last 68 are the landmarks."""
ARCFACE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)],
    dtype=np.float32,
)
"""Where the eyes, the nose and the corners of the mouth stand in what the embedding model was trained on."""


class InsightFace:
    """The pack buffalo_l: SCRFD finds a face, ArcFace describes it, two more tell age, gender and landmarks.

    Identity-grade, and unfair as well: its errors differ between groups of people, which its authors publish figures
    of. `same_person` is strict: below it a person has to look.
    """

    name = "insightface-buffalo_l-1"
    identity_grade = True
    same_person = 0.4

    def __init__(self) -> None:
        """Opens and tries all models. Raises AnalyzerUnavailable, which says what is wrong with which file."""
        if not settings.INSIGHTFACE_MODELS:
            raise AnalyzerUnavailable("INSIGHTFACE_MODELS has to name the folder with the models.")
        folder = Path(settings.INSIGHTFACE_MODELS)
        self._detect = Network(folder / "det_10g.onnx", GRIDS, mean=127.5, deviation=128)
        self._describe = Network(folder / "w600k_r50.onnx", {FACE: [DIMENSIONS]}, mean=127.5, deviation=127.5)
        self._attributes = Network(folder / "genderage.onnx", {ATTRIBUTES: [3]})
        self._landmarks = Network(folder / "1k3d68.onnx", {MARKED: [3 * POINTS_IN_SPACE]})
        self._expressions = expressions.chosen()

    def look(self, pixels: Pixels) -> Sighting:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        found = self._find(pixels)
        if found is None:
            return Sighting(None, visibility(grey, Box(0, 0, *grey.shape[::-1])).quality)
        box = _within(found.box, *grey.shape)
        return Sighting(box, _quality(visibility(grey, box), found))

    def analyze(self, pixels: Pixels) -> Analysis | None:
        found = self._find(pixels)
        if found is None:
            return None
        height, width = pixels.shape[:2]
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        seen = visibility(grey, _within(found.box, height, width))
        points = self._marked(pixels, found)
        age, gender = self._age_and_gender(pixels, found)
        emotions = self._expressions.read(pixels, found.box) if self._expressions else None
        expression = max(emotions, key=emotions.__getitem__) if emotions else None
        return Analysis(
            embedding=self._embedded(pixels, found),
            quality=_quality(seen, found),
            blur=seen.sharpness,
            illumination=seen.illumination,
            geometry=landmarks.ratios(points),
            age=age,
            gender=gender,
            landmarks=points[:, :2],
            pose=landmarks.pose(points),
            symmetry=landmarks.symmetry(points),
            skin_tone=skin.tone(pixels, landmarks.cheeks(points, height, width)),
            expression=expression,
            expression_confidence=emotions[expression] if emotions and expression else None,
            emotions=emotions,
            eyes=landmarks.eyes(points),
        )

    def _find(self, pixels: Pixels) -> Found | None:
        for side in GRIDS:
            square, scale = scrfd.fitted(pixels, side)
            found = scrfd.largest(self._detect(square), side, scale)
            if found is not None:
                return found
        return None

    def _embedded(self, pixels: Pixels, found: Found) -> Floats:
        crop = warped(pixels, similarity(found.points, ARCFACE), FACE, beyond=cv2.BORDER_CONSTANT)
        vector = self._describe(crop)[0].ravel()
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)

    def _age_and_gender(self, pixels: Pixels, found: Found) -> tuple[int, Literal["female", "male"]]:
        crop = warped(pixels, around(found.box, ATTRIBUTES, WITH_AIR), ATTRIBUTES, beyond=cv2.BORDER_CONSTANT)
        female, male, centuries = (float(value) for value in self._attributes(crop)[0].ravel())
        return max(0, round(100 * centuries)), "male" if male > female else "female"

    def _marked(self, pixels: Pixels, found: Found) -> Floats:
        """The 68 points in space, in pixels of the picture; further forward is larger."""
        onto = around(found.box, MARKED, WITH_AIR)
        crop = warped(pixels, onto, MARKED, beyond=cv2.BORDER_CONSTANT)
        points = self._landmarks(crop)[0].reshape(-1, 3)[-landmarks.COUNT :] * np.float32(MARKED // 2)
        back = np.asarray(cv2.invertAffineTransform(onto), dtype=np.float64)
        flat = moved(points[:, :2] + np.float32(MARKED // 2), back)
        return np.column_stack([flat, points[:, 2:] / np.float32(onto[0, 0])])


def _quality(seen: Visibility, found: Found) -> float:
    return min(seen.quality, round(found.score, 3))


def _within(box: Floats, height: int, width: int) -> Box:
    """The part of a found box that lies in the picture, a pixel at least."""
    left, right = np.clip(np.rint(box[[0, 2]]), 0, width).astype(int)
    top, bottom = np.clip(np.rint(box[[1, 3]]), 0, height).astype(int)
    left, top = min(int(left), width - 1), min(int(top), height - 1)
    return Box(left, top, max(1, int(right) - left), max(1, int(bottom) - top))
