"""A product of whole numbers of one byte, by onnxruntime's kernel.

numpy has none of its own (BLAS knows floating point alone), and onnxruntime, which is here for the
models, has a quick one for every processor: docs/adr, "Bytes in memory, floats on the disk".
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnx import TensorProto, helper

_OPSET: Final = 13
_IR: Final = 8
"""Understood by every onnxruntime from 1.12 on."""


class Int8Product:
    """(N, D) uint8 times (D, C) int8 is (N, C) int32; any thread. Many rows and few columns: the
    rows are read where they lie, nothing of them is copied."""

    def __init__(self, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep the largest product for good
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            _graph(), options, providers=["CPUExecutionProvider"]
        )

    def __call__(
        self, rows: npt.NDArray[np.uint8], columns: npt.NDArray[np.int8]
    ) -> npt.NDArray[np.int32]:
        product: Any = self._session.run(None, {"rows": rows, "columns": columns})[0]
        return np.asarray(product, np.int32)


def _graph() -> bytes:
    def matrix(name: str, kind: int) -> Any:  # noqa: ANN401
        return helper.make_tensor_value_info(name, kind, [None, None])

    node = helper.make_node("MatMulInteger", ["rows", "columns"], ["product"])
    inputs = [matrix("rows", TensorProto.UINT8), matrix("columns", TensorProto.INT8)]
    graph = helper.make_graph([node], "product", inputs, [matrix("product", TensorProto.INT32)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR
    return bytes(model.SerializeToString())
