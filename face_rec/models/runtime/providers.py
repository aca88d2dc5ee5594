"""Where models run: what onnxruntime offers against what is asked for."""

from collections.abc import Mapping
from typing import Final

from face_rec.domain.errors import ProviderMissing
from face_rec.languages.sentence import sentence

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
    why = reason or sentence("this onnxruntime offers only: {list}", list=", ".join(names))
    return ProviderMissing(
        sentence(
            "MODEL_PROVIDER is '{wish}', but {why}. Install it ({how}) or set MODEL_PROVIDER to "
            "auto or cpu.",
            wish=wish,
            why=why,
            how=_INSTALL[WISHES[wish]],
        )
    )


def name_of(provider: str) -> str:
    """The short name of a provider: ``cpu`` for CPUExecutionProvider."""
    return next((name for name, full in WISHES.items() if full == provider), provider)
