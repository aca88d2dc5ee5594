"""How fast a pack would be on this machine, before it is downloaded."""

import functools
import time
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from face_rec.models.packs.catalogue import OfficialPack
from face_rec.models.terms.model_facts import Speed

_CHANNELS, _SIDE = 64, 56
_WORK = _CHANNELS * _CHANNELS * 9 * _SIDE * _SIDE
"""Multiply-adds of one run of the reference: a layer as in the middle of ArcFace's ResNet."""
_PIXELS = 640 * 480
"""The picture that a catalogue's ``detection_work`` is for."""


def estimate(pack: OfficialPack) -> Speed:
    """From the arithmetic of ``pack`` and the rate of a reference layer, timed once here."""
    rate = multiply_adds_per_second() * pack.efficiency
    share = 320 * 192 / _PIXELS
    return Speed(pack.detection_work * share / rate, pack.recognition_work / rate, measured=False)


@functools.cache
def multiply_adds_per_second() -> float:
    """What onnxruntime reaches on one core of this machine; takes some tens of ms."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        _reference().SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    picture = {"x": np.ones((1, _CHANNELS, _SIDE, _SIDE), np.float32)}
    return _WORK / min(_seconds(session, picture) for _ in range(6))


def _seconds(session: onnxruntime.InferenceSession, feed: Mapping[str, object]) -> float:
    start = time.perf_counter()
    session.run(None, feed)
    return time.perf_counter() - start


def _reference() -> onnx.ModelProto:
    """One 3×3 convolution."""
    shape = [1, _CHANNELS, _SIDE, _SIDE]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)
    weights = np.full((_CHANNELS, _CHANNELS, 3, 3), 0.01, np.float32)
    layer = helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])
    graph = helper.make_graph(
        [layer], "reference", [x], [y], [onnx.numpy_helper.from_array(weights, "w")]
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
