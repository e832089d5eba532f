"""InsightFace's models: what goes into them, what is made of what they say, and what is said without them."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.checks import refuse_unsafe_start
from connect.detection import Box
from faces.analyzers import AnalyzerUnavailable, insightface
from faces.analyzers.insightface import ARCFACE, InsightFace
from faces.checks import analyzer_can_be_made
from faces.engine.alignment import similarity, warped
from tests.faces import tiny_models

MIDDLE = 288
"""Where the detector measures from in both directions: the upper left of the red cell, the tenth of twenty."""
FOUND = Box(MIDDLE - 96, MIDDLE - 112, 192, 256)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_models.pack(tmp_path_factory.mktemp("models") / "buffalo_l")


@pytest.fixture
def models(folder, settings):
    settings.INSIGHTFACE_MODELS = str(folder)
    return settings


@pytest.fixture
def reader(models):
    return InsightFace()


def picture(scale=1, column=9, row=9):
    """Skin all over, with shades that differ from place to place, and a red cell."""
    shades = np.random.default_rng(5).integers(-20, 20, (20, 20, 1)).repeat(32, axis=0).repeat(32, axis=1)
    pixels = (np.array((205, 165, 140)) + shades).astype(np.uint8)
    pixels[32 * row : 32 * row + 32, 32 * column : 32 * column + 32] = (255, 0, 0)
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def nobody():
    return np.full((640, 640, 3), (60, 110, 60), dtype=np.uint8)


@pytest.mark.parametrize("scale", [1, 2], ids=["640", "1280"])
def test_a_face_is_where_the_detector_says(reader, scale):
    face = reader.look(picture(scale)).face
    assert face == Box(scale * FOUND.left, scale * FOUND.top, scale * FOUND.width, scale * FOUND.height)


def test_a_face_over_the_edge_is_cut_there(reader):
    assert reader.look(picture(column=0, row=19)).face == Box(0, 496, 96, 144)


def test_where_nobody_is_nothing_is_said(reader):
    assert reader.analyze(nobody()) is None
    assert reader.look(nobody()).face is None


def test_the_embedding_is_of_the_face_as_the_model_was_trained(reader):
    """By its five points, red first, from -1 to 1; of unit length."""
    points = (MIDDLE + 32 * np.array(tiny_models.POINTS).reshape(5, 2)).astype(np.float32)
    crop = warped(picture(), similarity(points, ARCFACE), 112, beyond=0).astype(np.float64)
    pooled = crop.reshape(7, 16, 7, 16, 3).mean(axis=(1, 3)).transpose(2, 0, 1).ravel()
    said = (pooled - 127.5) / 127.5 @ tiny_models.MATRIX
    np.testing.assert_allclose(reader.analyze(picture()).embedding, said / np.linalg.norm(said), atol=1e-4)


def test_age_and_gender_are_what_the_model_says(reader):
    analysis = reader.analyze(picture())
    assert (analysis.age, analysis.gender) == (31, "male")


def test_landmarks_come_back_to_the_picture(reader):
    """The model sees the face in a square half as large again as the box is high."""
    analysis = reader.analyze(picture())
    middle = np.array([FOUND.left + FOUND.width / 2, FOUND.top + FOUND.height / 2])
    drawn = middle + tiny_models.face_points()[:, :2] * 0.75 * FOUND.height
    np.testing.assert_allclose(analysis.landmarks, drawn, atol=0.05)
    assert np.array(analysis.eyes) == pytest.approx(drawn[[*range(36, 48)]].reshape(2, 6, 2).mean(axis=1), abs=0.05)


def test_a_face_that_looks_ahead_is_said_to_and_is_symmetric(reader):
    analysis = reader.analyze(picture())
    assert (analysis.pose.yaw, analysis.pose.pitch, analysis.pose.roll) == pytest.approx((0, 0, 0), abs=0.1)
    assert analysis.symmetry == pytest.approx(1, abs=0.01)


def test_proportions_and_skin_are_read_by_the_landmarks(reader):
    analysis = reader.analyze(picture())
    assert analysis.geometry["eye_spacing"] == pytest.approx(0.52 / 1.2, abs=0.001)
    assert analysis.skin_tone == pytest.approx((71, 9, 19), abs=5)


def test_quality_is_no_better_than_the_detector_is_sure(reader, monkeypatch):
    sure = reader.analyze(picture()).quality
    assert sure == reader.look(picture()).quality > 0.2
    unsure = lambda *args: insightface.Found(np.array([208, 192, 400, 448], dtype=np.float32), 0.1, ARCFACE)  # noqa: E731
    monkeypatch.setattr("faces.engine.scrfd.largest", unsure)
    assert reader.look(picture()).quality == 0.1


def test_without_a_model_no_expression_is_read(reader):
    analysis = reader.analyze(picture())
    assert (analysis.expression, analysis.expression_confidence, analysis.emotions) == (None, None, None)


def test_expressions_are_the_seven_and_together_one(models, tmp_path):
    tiny_models.constant(tmp_path / "ferplus.onnx", side=64, values=tiny_models.LOGITS, channels=1)
    models.FACE_EXPRESSION_MODEL = str(tmp_path / "ferplus.onnx")
    analysis = InsightFace().analyze(picture())
    assert sorted(analysis.emotions) == ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    assert sum(analysis.emotions.values()) == pytest.approx(1, abs=0.001)
    assert (analysis.expression, analysis.expression_confidence) == ("happy", analysis.emotions["happy"])
    assert analysis.emotions["happy"] == pytest.approx(np.exp(3) / np.exp(tiny_models.LOGITS[:7]).sum(), abs=0.001)


@pytest.mark.parametrize(
    "labels, said",
    [(["happy", "neutral"], "lacks angry, disgust, fear, sad, surprise"), (None, "is missing")],
)
def test_an_expression_model_that_cannot_be_used_is_said(models, tmp_path, labels, said):
    models.FACE_EXPRESSION_MODEL = str(tmp_path / "ferplus.onnx")
    models.FACE_EXPRESSION_LABELS = labels or models.FACE_EXPRESSION_LABELS
    with pytest.raises(AnalyzerUnavailable, match=said):
        InsightFace()


def test_a_label_that_is_named_twice_is_said(models, tmp_path):
    models.FACE_EXPRESSION_MODEL = str(tmp_path / "ferplus.onnx")
    models.FACE_EXPRESSION_LABELS = [*models.FACE_EXPRESSION_LABELS, "happy"]
    with pytest.raises(AnalyzerUnavailable, match="twice"):
        InsightFace()


def test_threads_share_it(reader):
    pictures = [picture(column=column) for column in (5, 9, 13)] * 3
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(reader.analyze, pictures))
    for index, analysis in enumerate(found[3:], start=3):
        np.testing.assert_array_equal(analysis.embedding, found[index % 3].embedding)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "truncated": truncate,
    "text": lambda path: path.write_text("<html>404 Not Found</html>"),
    "smaller": lambda path: tiny_models.constant(path, side=32, values=[1]),
    "another": lambda path: tiny_models.constant(path, side=(SIDES[path.name]), values=[1, 2]),
}
SIDES = {"w600k_r50.onnx": 112, "genderage.onnx": 96, "1k3d68.onnx": 192, "det_10g.onnx": 640}
SAID = {"missing": "is missing", "smaller": "does not take a picture of", "another": "is another model"}


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_model_that_is_none_is_named(tmp_path, settings, name, damage):
    path = tiny_models.pack(tmp_path / "buffalo_l") / name
    DAMAGES[damage](path)
    settings.INSIGHTFACE_MODELS = str(path.parent)
    with pytest.raises(AnalyzerUnavailable) as raised:
        InsightFace()
    assert str(path) in str(raised.value)
    assert SAID.get(damage, "cannot be read as a model") in str(raised.value)


def test_without_onnxruntime_it_is_said_where_it_comes_from(models, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(AnalyzerUnavailable, match=r"requirements-insightface\.txt"):
        InsightFace()


def test_a_server_that_could_not_read_faces_does_not_start(settings):
    settings.FACE_ANALYZER, settings.INSIGHTFACE_MODELS = "insightface", ""
    assert [error.id for error in analyzer_can_be_made(None)] == ["faces.E001"]
    with pytest.raises(ImproperlyConfigured, match="INSIGHTFACE_MODELS has to name the folder"):
        refuse_unsafe_start()


def test_one_that_can_starts():
    assert analyzer_can_be_made(None) == []


def test_one_whose_models_are_there_starts(models):
    models.FACE_ANALYZER = "insightface"
    assert analyzer_can_be_made(None) == []
