"""What small projects of this kind do with every frame, for comparison.

InsightFace's whole default pipeline on each frame, then, for each face, a DataFrame of
embeddings turned into a matrix and compared by cosine; a name for whoever is best.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from insightface.app import FaceAnalysis

from face_rec.domain.faces import Box, Image, Matrix, Vector


class UsualLoop:
    """``people``: (N, D) each, averaged to one row as is usual. ``threads``: of onnxruntime;
    0 leaves its default, one a core."""

    def __init__(
        self, pack: Path, people: Mapping[str, Matrix], threshold: float, threads: int = 0
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._app = FaceAnalysis(
            name=str(pack), providers=["CPUExecutionProvider"], sess_options=options
        )
        self._app.prepare(ctx_id=0)
        self._table = table(people)
        self._threshold = threshold

    def __call__(self, image: Image) -> list[tuple[str, Box]]:
        """Everybody found: their name ("" for nobody's) and where."""
        faces: list[Any] = self._app.get(image)
        return [
            (search(self._table, face.normed_embedding, self._threshold), Box(*face.bbox.tolist()))
            for face in faces
        ]


def table(people: Mapping[str, Matrix]) -> pd.DataFrame:
    """A row a person: name, mean embedding."""
    means = [rows.mean(axis=0) for rows in people.values()]
    return pd.DataFrame({"name": list(people), "embedding": means})


def search(people: pd.DataFrame, probe: Vector, threshold: float) -> str:
    """The name of the best row, "" below ``threshold``."""
    frame = people.copy()
    rows = np.asarray(frame["embedding"].tolist())
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(probe)
    frame["cosine"] = rows @ probe / lengths
    found = frame[frame["cosine"] >= threshold].reset_index(drop=True)
    return str(found["name"].iloc[int(found["cosine"].argmax())]) if len(found) else ""
