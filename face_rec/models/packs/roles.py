"""What an ONNX file is for, told from its graph and never from its name."""

import warnings
from enum import StrEnum
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from face_rec.domain.errors import PackBroken

_SCRFD_WITH_LANDMARKS = (9, 15)
"""Outputs: scores, boxes and landmarks at three or five strides."""
_LANDMARK_INPUT = 192
"""InsightFace's 2-D and 3-D landmark models take this; recognition never does."""


class Role(StrEnum):
    DETECTION = "detection"
    RECOGNITION = "recognition"
    OTHER = "other"


def role_of(path: Path) -> Role:
    """Whether ``path`` detects faces, recognises them, or is of no use here.

    Raises PackBroken for a file that is no complete ONNX model, or that keeps its weights in
    other files (they would not be covered by its digest).
    """
    graph = _load(path).graph
    weights = {weight.name for weight in graph.initializer}
    if any(weight.data_location == onnx.TensorProto.EXTERNAL for weight in graph.initializer):
        raise PackBroken(f"{path.name} keeps its weights in other files; save it as one file.")
    inputs = [_shape(value) for value in graph.input if value.name not in weights]
    outputs = [_shape(value) for value in graph.output]
    if len(inputs) != 1 or len(inputs[0]) != 4 or inputs[0][1] != 3:
        return Role.OTHER
    if len(outputs) in _SCRFD_WITH_LANDMARKS:
        return Role.DETECTION
    return Role.RECOGNITION if _recognises(inputs[0], outputs) else Role.OTHER


def _recognises(picture: list[int], outputs: list[list[int]]) -> bool:
    height, width = picture[2:]
    aligned = height == width and height > 0 and (height % 112 == 0 or height % 128 == 0)
    return aligned and height != _LANDMARK_INPUT and len(outputs) == 1 and len(outputs[0]) == 2


def _load(path: Path) -> onnx.ModelProto:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            model = onnx.load_model(str(path), load_external_data=False)
    except (DecodeError, OSError, ValueError) as error:
        raise PackBroken(
            f"{path.name} is no complete ONNX model; download or copy it again."
        ) from error
    if not model.graph.node:
        raise PackBroken(f"{path.name} holds no model; download or copy it again.")
    return model


def _shape(value: onnx.ValueInfoProto) -> list[int]:
    """Sizes of the axes; 0 for one that is only known when it runs."""
    return [int(axis.dim_value) for axis in value.type.tensor_type.shape.dim]
