"""A recogniser with SFace's outside (``data`` 1×3×112×112 in, ``fc1`` 1×128 out): OpenCV Zoo's own
file is not here. Its weights are drawn by lot and differ by colour, so that it tells whether it is
shown what SFace would be shown; who is who it does not know."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_sface(path: Path) -> Path:
    """Its inside begins as SFace's does: the mean and the scale are nodes of the graph, under
    names that InsightFace does not look for."""
    lots = np.random.default_rng(5)
    weights = {
        "mean": np.float32(127.5),
        "scale": np.float32(0.0078125),
        "w1": lots.normal(0, 0.2, (8, 3, 7, 7)).astype(np.float32),
        "w2": lots.normal(0, 0.1, (8 * 7 * 7, 128)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Sub", ["data", "mean"], ["centred"], name="first"),
        helper.make_node("Mul", ["centred", "scale"], ["scaled"], name="second"),
        helper.make_node("Conv", ["scaled", "w1"], ["c"], strides=[16, 16], pads=[3, 3, 3, 3]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["f"]),
        helper.make_node("MatMul", ["f", "w2"], ["fc1"]),
    ]
    graph = helper.make_graph(
        nodes,
        "sface",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, [1, 128])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=opset), path)
    return path
