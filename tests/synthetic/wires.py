"""ONNX graphs written as formulas: a wire is a tensor to be, and wires calculate with each other.

graph = Graph()
picture = graph.input("picture", [1, 3, "height", "width"])
graph.output("light", [1, 1, "height", "width"], (picture * 0.5 + 1.0).of("Relu"))
graph.save(path)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

OPSET = 17
"""Understood by every onnxruntime from 1.12 on."""
IR_VERSION = 8

Weights = npt.NDArray[np.float32] | npt.NDArray[np.int64]
Axes = Sequence[int | str]
Attribute = int | float | str | Sequence[int] | Sequence[float]


class Graph:
    """A model in the making. Nodes bear numbers and no names: InsightFace reads the names of the
    first ones to guess how a model wants its pictures."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, axes: Axes) -> "Wire":
        self._inputs.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, axes))
        return Wire(self, name)

    def output(self, name: str, axes: Axes, wire: "Wire") -> None:
        self._nodes.append(helper.make_node("Identity", [wire.name], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, axes))

    def constant(self, value: float | Weights) -> "Wire":
        """``value`` as a wire; a number becomes float32."""
        array = np.asarray(value, np.float32) if isinstance(value, float) else value
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(array, name))
        return Wire(self, name)

    def node(self, kind: str, wires: Sequence["Wire"], **attributes: Attribute) -> "Wire":
        """The output of a node of ``kind``, an operator of ONNX."""
        name = f"w{len(self._nodes)}"
        node = helper.make_node(kind, [wire.name for wire in wires], [name])
        node.attribute.extend(helper.make_attribute(*one) for one in attributes.items())
        self._nodes.append(node)
        return Wire(self, name)

    def save(self, path: Path) -> None:
        """Write the model, the same bytes every time; raises where it is no sound one."""
        graph = helper.make_graph(
            self._nodes, path.stem, self._inputs, self._outputs, self._constants
        )
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, ir_version=IR_VERSION, opset_imports=opset)
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString(deterministic=True))


@dataclass(frozen=True, slots=True)
class Wire:
    """The value called ``name`` in ``graph``."""

    graph: Graph
    name: str

    def __add__(self, other: "Wire | float") -> "Wire":
        return self._with("Add", other)

    def __sub__(self, other: "Wire | float") -> "Wire":
        return self._with("Sub", other)

    def __mul__(self, other: "Wire | float") -> "Wire":
        return self._with("Mul", other)

    def __truediv__(self, other: "Wire | float") -> "Wire":
        return self._with("Div", other)

    def of(self, kind: str, *others: "Wire", **attributes: Attribute) -> "Wire":
        """``kind`` of this and ``others``."""
        return self.graph.node(kind, [self, *others], **attributes)

    def conv(self, weights: Weights, bias: Weights, **attributes: Attribute) -> "Wire":
        return self.of(
            "Conv", self.graph.constant(weights), self.graph.constant(bias), **attributes
        )

    def channel(self, first: int, last: int | None = None) -> "Wire":
        """Channels ``first`` to ``last`` (that one alone by default) of an NCHW tensor."""
        stop = (first if last is None else last) + 1
        bounds = ([first], [stop], [1])
        return self.of("Slice", *(self.graph.constant(np.array(b, np.int64)) for b in bounds))

    def ramp(self, low: float, high: float) -> "Wire":
        """0 at ``low``, 1 at ``high`` (which may be the lower), straight between, flat beyond."""
        slope = 1.0 / (high - low)
        return (self * slope - low * slope).clipped(0.0, 1.0)

    def clipped(self, low: float, high: float) -> "Wire":
        return self.of("Clip", self.graph.constant(low), self.graph.constant(high))

    def at_least(self, low: float) -> "Wire":
        return self.of("Max", self.graph.constant(low))

    def _with(self, kind: str, other: "Wire | float") -> "Wire":
        return self.of(kind, other if isinstance(other, Wire) else self.graph.constant(other))
