"""Models in ONNX files: opened once, tried once, and run by one thread each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from faces.analyzers import AnalyzerUnavailable
from faces.engine.analysis import Floats, Pixels


class Network:
    """A model that takes square pictures and gives numbers of known sizes. Threads may share it."""

    def __init__(
        self,
        path: Path,
        gives: Mapping[int, Sequence[int]],
        *,
        mean: float = 0,
        deviation: float = 1,
        channels: int = 3,
    ) -> None:
        """Opens it and tries it: `gives` says of how many numbers each output is, by the side of the picture.

        Raises AnalyzerUnavailable, which names the file, if it is missing, broken or another model.
        """
        self._path, self._mean, self._deviation = path, np.float32(mean), np.float32(deviation)
        self._session = _opened(path)
        self._input = self._session.get_inputs()[0].name
        for side, sizes in gives.items():
            self._check(np.zeros((side, side, channels), dtype=np.uint8), list(sizes))

    def __call__(self, pixels: Pixels) -> list[Floats]:
        """What it says of a square picture: rows of columns of channels."""
        values = (pixels.transpose(2, 0, 1)[None].astype(np.float32) - self._mean) / self._deviation
        found: list[Floats] = self._session.run(None, {self._input: np.ascontiguousarray(values)})
        return found

    def _check(self, blank: Pixels, gives: list[int]) -> None:
        try:
            sizes = [np.size(output) for output in self(blank)]
        except Exception as exc:  # onnxruntime's errors have no common class
            size = " × ".join(map(str, blank.shape))
            raise AnalyzerUnavailable(f"{self._path} does not take a picture of {size}: {exc}") from exc
        if sizes != gives:
            raise AnalyzerUnavailable(f"{self._path} is another model: it gives {sizes} numbers and not {gives}.")


def _opened(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as exc:
        raise AnalyzerUnavailable("onnxruntime is not installed: requirements-insightface.txt names it.") from exc
    if not path.is_file():
        raise AnalyzerUnavailable(f"{path} is missing.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers and threads are ours to count
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise AnalyzerUnavailable(f"{path} cannot be read as a model: {exc}") from exc
