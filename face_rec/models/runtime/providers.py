"""Where models run: what onnxruntime offers against what is asked for, and what each is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from face_rec.domain.errors import ProviderMissing
from face_rec.models.runtime.canvas import STRIDE

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
COREML = "CoreMLExecutionProvider"
DIRECTML = "DmlExecutionProvider"

WISHES = {"cpu": CPU, "cuda": CUDA, "coreml": COREML, "directml": DIRECTML}
"""What MODEL_PROVIDER may be besides ``auto``, in onnxruntime's words."""

_PREFERENCE = (CUDA, COREML, DIRECTML, CPU)
_INSTALL = {
    CPU: "pip install onnxruntime",
    CUDA: "pip uninstall onnxruntime && pip install onnxruntime-gpu, with NVIDIA's driver, "
    "CUDA and cuDNN",
    COREML: "pip install onnxruntime, on a Mac",
    DIRECTML: "pip uninstall onnxruntime && pip install onnxruntime-directml, on Windows",
}

OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {CUDA: {"cudnn_conv_algo_search": "HEURISTIC"}}
"""Options of a provider. cuDNN's exhaustive search, onnxruntime's choice, took 1.0 to 3.8 s for
each new shape on an H200 and found nothing quicker; with ``DEFAULT`` some layers ran 60 times as
long."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the models of a provider are shown. ``step``: to what multiple (px) the sides of a
    detector's canvas are rounded up. ``canvas``: the side (px) of the square on which all pictures
    are shown instead, 0 for none. ``batch``: how many faces go at a time, fewer filled up; 0: any
    number."""

    step: int = STRIDE
    canvas: int = 0
    batch: int = 0


EVERY_SHAPE: Final = Shapes()
SHAPES: Final[Mapping[str, Shapes]] = {
    CUDA: Shapes(canvas=640, batch=8),
    COREML: Shapes(step=128),
}
"""Where another shape costs: CoreML needs a session for each. onnxruntime plans a CUDA session
anew whenever its input has another shape than the time before, also one that it has seen: 0.1 to
2 s on an H200 (onnxruntime 1.31, cuDNN 9), in which nobody is recognised, and it takes a large
picture hardly longer than a small one (1.7 against 1.5 ms). So CUDA sees one shape only. The
others take every shape as it comes."""


def shapes_of(provider: str) -> Shapes:
    """What ``provider`` is shown."""
    return SHAPES.get(provider, EVERY_SHAPE)


def candidates(wish: str, offered: list[str]) -> list[str]:
    """Providers to try, best first: exactly the one asked for, or all that help for ``auto``.

    Raises ProviderMissing if onnxruntime does not offer what was asked for.
    """
    if wish == "auto":
        return [provider for provider in _PREFERENCE if provider in offered]
    provider = WISHES[wish]
    if provider not in offered:
        raise missing(wish, offered)
    return [provider]


def missing(wish: str, offered: list[str], reason: str = "") -> ProviderMissing:
    """The error for a provider that was asked for and cannot be had."""
    names = [name for name, provider in WISHES.items() if provider in offered]
    why = reason or f"this onnxruntime offers only: {', '.join(names)}"
    return ProviderMissing(
        f"MODEL_PROVIDER is '{wish}', but {why}. Install it ({_INSTALL[WISHES[wish]]}) or set "
        "MODEL_PROVIDER to auto or cpu."
    )


def name_of(provider: str) -> str:
    """The short name of a provider: ``cpu`` for CPUExecutionProvider."""
    return next((name for name, full in WISHES.items() if full == provider), provider)
