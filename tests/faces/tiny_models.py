"""Models with the shapes of the real ones and next to no weights, made here: no real one is needed to test with."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from faces.engine import landmarks

CELL = 32
"""Of the picture at 640 pixels: what is red there all over is taken for the middle of a face."""
EDGES = (3.0, 3.5, 3.0, 4.5)
POINTS = (-1.2, -0.8, 1.2, -0.8, 0.0, 0.4, -1.0, 1.5, 1.0, 1.5)
"""How far from the middle the edges, the eyes, the nose and the corners of the mouth are, in cells."""
LOGITS = (0.1, 3.0, 0.2, 0.1, 0.1, 0.1, 0.1, 9.0)
"""Happy above all, but for contempt."""


def pack(folder: Path) -> Path:
    """A folder as buffalo_l is unpacked."""
    folder.mkdir(exist_ok=True)
    detector(folder / "det_10g.onnx")
    describer(folder / "w600k_r50.onnx")
    constant(folder / "genderage.onnx", side=96, values=(0.2, 0.7, 0.31))
    constant(folder / "1k3d68.onnx", side=192, values=mesh())
    return folder


def detector(path: Path) -> None:
    """Gives a score, edges and points for two anchors a cell of 8, 16 and 32 pixels; only the largest can be red."""
    nodes, outputs, weights = [], [], {}
    for name, width in (("score", 1), ("edges", 4), ("points", 10)):
        for stride in (8, 16, CELL):
            key = f"{name}{stride}"
            weights[f"w{key}"], weights[f"b{key}"] = _reading(name, width, stride)
            nodes += _cells(key, stride, width, "Sigmoid" if name == "score" else "Identity")
            outputs.append(helper.make_tensor_value_info(key, TensorProto.FLOAT, [None, width]))
            weights[f"s{key}"] = np.array([-1, width], dtype=np.int64)
    _save(path, nodes, [1, 3, None, None], outputs, weights)


def _reading(name: str, width: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    reads = np.zeros((2 * width, 3, 1, 1), dtype=np.float32)
    says = np.tile({"score": (-50.0,), "edges": EDGES, "points": POINTS}[name], 2).astype(np.float32)
    if name == "score" and stride == CELL:
        reads[:, 0], reads[:, 1], says[:] = 10, -10, -10  # red without green
    return reads, says


def _cells(key: str, stride: int, width: int, last: str) -> list[onnx.NodeProto]:
    size = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
    return [
        helper.make_node("AveragePool", ["picture"], [f"p{key}"], **size),
        helper.make_node("Conv", [f"p{key}", f"w{key}", f"b{key}"], [f"c{key}"]),
        helper.make_node("Transpose", [f"c{key}"], [f"t{key}"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"t{key}", f"s{key}"], [f"r{key}"]),
        helper.make_node(last, [f"r{key}"], [key]),
    ]


def describer(path: Path) -> None:
    """What MATRIX makes of a crop's brightness in 7 × 7 places."""
    nodes = [
        helper.make_node("AveragePool", ["picture"], ["pooled"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["embedding"]),
    ]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [None, 512])]
    _save(path, nodes, [None, 3, 112, 112], outputs, {"matrix": MATRIX})


MATRIX = np.random.default_rng(3).normal(size=(3 * 7 * 7, 512)).astype(np.float32)


def constant(path: Path, *, side: int, values, channels: int = 3) -> None:
    """The same values whatever the picture."""
    values = np.asarray(values, dtype=np.float32).reshape(1, -1)
    nodes = [
        helper.make_node("GlobalAveragePool", ["picture"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "nothing"], ["zeros"]),
        helper.make_node("Add", ["zeros", "values"], ["said"]),
    ]
    outputs = [helper.make_tensor_value_info("said", TensorProto.FLOAT, [None, values.size])]
    weights = {"nothing": np.zeros((channels, values.size), dtype=np.float32), "values": values}
    _save(path, nodes, [None, channels, side, side], outputs, weights)


def mesh() -> np.ndarray:
    """1103 points in space from -1 to 1, the last 68 of them a face."""
    return np.vstack([np.zeros((1035, 3), dtype=np.float32), face_points()]).ravel()


def face_points() -> np.ndarray:
    """A face that is its own mirror image and looks straight ahead: x to the right, y down, z forward, from -1 to 1."""
    along = np.linspace(0, np.pi, 17)
    jaw = np.column_stack([-0.6 * np.cos(along), -0.25 + 0.8 * np.sin(along), 0.5 * np.sin(along) - 0.3])
    brows = [(x, -0.5, 0.3) for x in (-0.5, -0.42, -0.34, -0.26, -0.18, 0.18, 0.26, 0.34, 0.42, 0.5)]
    nose = [(0, y, 0.45 + y / 5) for y in (-0.3, -0.2, -0.1, 0)] + [(x, 0.06, 0.4) for x in (-0.1, -0.05, 0, 0.05, 0.1)]
    eye = [(-0.36, 0), (-0.3, -0.03), (-0.22, -0.03), (-0.16, 0), (-0.22, 0.03), (-0.3, 0.03)]
    left = [(x, -0.3 + y, 0.3) for x, y in eye]
    right = [(-left[number][0], *left[number][1:]) for number in (3, 2, 1, 0, 5, 4)]
    forward = 0.3 + np.tan(np.radians(landmarks.RESTING)) * 0.57
    lips = [(-0.2, 0), (-0.12, -0.04), (-0.05, -0.05), (0, -0.05), (0.05, -0.05), (0.12, -0.04), (0.2, 0)]
    lips += [(0.12, 0.04), (0.05, 0.05), (0, 0.05), (-0.05, 0.05), (-0.12, 0.04)]
    inner = [(-0.16, 0), (-0.05, -0.02), (0, -0.02), (0.05, -0.02), (0.16, 0), (0.05, 0.02), (0, 0.02), (-0.05, 0.02)]
    mouth = [(x, 0.27 + y, forward) for x, y in [*lips, *inner]]
    return np.array([*jaw, *brows, *nose, *left, *right, *mouth], dtype=np.float32)


def _save(path: Path, nodes, shape, outputs, weights) -> None:
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)
    kept = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tiny", [picture], outputs, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
