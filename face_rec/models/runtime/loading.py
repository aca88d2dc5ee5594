"""From a verified pack to models that have run once."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from insightface.model_zoo import get_model
from insightface.model_zoo.arcface_onnx import ArcFaceONNX
from insightface.model_zoo.scrfd import SCRFD

from face_rec.domain.errors import ModelError, PackBroken, ProviderMissing
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import DetectorKind
from face_rec.models.packs.manifest import Pack
from face_rec.models.runtime.canvas import shapes_of
from face_rec.models.runtime.insight import InsightDetector, InsightEmbedder, exclusive
from face_rec.models.runtime.providers import (
    COREML,
    CPU,
    DIRECTML,
    OPTIONS,
    candidates,
    missing,
    name_of,
)
from face_rec.models.runtime.yunet import YuNetDetector
from face_rec.protocols.models import Detector, FaceModels

Turn = AbstractContextManager[object]

log = logging.getLogger(__name__)

WARM_UP_SIZE = 320
"""px; the size that a kiosk detects at most of the time."""
_TIMED = 5
"""Runs that are timed."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack in memory. ``detect_seconds``: one 320×192 picture; ``embed_seconds``: one face;
    both measured at warm-up. ``note``: what the user should know about the provider."""

    models: FaceModels
    detect_seconds: float
    embed_seconds: float
    note: str = ""


def offered() -> list[str]:
    """Execution providers of this onnxruntime, in its own words."""
    return [str(name) for name in onnxruntime.get_available_providers()]


def load(pack: Pack, wish: str, threads: int) -> Loaded:
    """Load ``pack`` on the provider wished for (see ``providers.candidates``) and warm it up.

    ``threads``: that one inference may use. Raises ProviderMissing when the provider cannot
    be had, PackBroken when the models do not run.
    """
    failed: list[str] = []
    for provider in candidates(wish, offered()):
        try:
            models = _models(pack, provider, threads)
        except ProviderMissing as error:
            if wish != "auto":
                raise missing(wish, offered(), error.said) from error
            log.warning("provider_skipped provider=%s reason=%s", provider, error)
            failed.append(name_of(provider))
            continue
        note = (
            sentence(
                "{provider} is offered, but cannot start here.", provider=" and ".join(failed)
            )
            if failed
            else ""
        )
        return _warmed_up(models, note)
    raise ProviderMissing(msgid("This onnxruntime offers no provider at all; install it again."))


def _models(pack: Pack, provider: str, threads: int) -> FaceModels:
    turn = exclusive() if provider == DIRECTML else None
    recogniser = _model(pack.path(pack.recognition), ArcFaceONNX, provider, threads)
    return FaceModels(
        pack=pack.name,
        provider=provider,
        detector=_DETECTORS[pack.detector](pack.path(pack.detection), provider, threads, turn),
        embedder=InsightEmbedder(
            recogniser,
            pack.recognition.sha256,
            turn,
            pack.preprocessing,
            shapes_of(provider).batch,
        ),
        calibration=pack.calibration,
        custom=pack.custom,
    )


def _scrfd(path: Path, provider: str, threads: int, turn: Turn | None) -> Detector:
    return InsightDetector(_model(path, SCRFD, provider, threads), shapes_of(provider), turn)


def _yunet(path: Path, provider: str, threads: int, turn: Turn | None) -> Detector:
    """CoreML would want a session for each canvas; of 0.2 MB the CPU is as quick."""
    wanted = CPU if provider == COREML else provider
    try:
        session = onnxruntime.InferenceSession(
            path, _options(wanted, threads), providers=_providers(wanted)
        )
    except Exception as error:  # onnxruntime raises many kinds
        raise _unusable(path, wanted, error) from error
    _check_started(session, wanted)
    return YuNetDetector(session, turn, shapes_of(wanted))


_DETECTORS: Final[Mapping[DetectorKind, Callable[[Path, str, int, Turn | None], Detector]]] = {
    DetectorKind.SCRFD: _scrfd,
    DetectorKind.YUNET: _yunet,
}
"""How each kind of detector is loaded; a new kind is one line here."""


def _model(path: Path, kind: type[Any], provider: str, threads: int) -> Any:  # noqa: ANN401
    """InsightFace's model of a file, on ``provider`` and no other."""
    try:
        model = get_model(
            str(path),
            providers=_providers(provider),
            sess_options=_options(provider, threads),
            static_shape_sessions=provider == COREML,  # else: no session for every canvas
        )
    except Exception as error:  # onnxruntime raises many kinds
        raise _unusable(path, provider, error) from error
    if not isinstance(model, kind):
        raise PackBroken(
            sentence(
                "{file} is no {kind} model that InsightFace knows.", file=path, kind=kind.__name__
            )
        )
    _check_started(model.session, provider)
    return model


def _providers(provider: str) -> list[tuple[str, dict[str, str]]]:
    """As onnxruntime is told them: with its options, and the CPU for operators it lacks."""
    wanted = dict.fromkeys([provider, CPU])
    return [(name, dict(OPTIONS.get(name, {}))) for name in wanted]


def _unusable(path: Path, provider: str, error: Exception) -> ModelError:
    if provider == CPU:
        return PackBroken(
            sentence(
                "{file} cannot be loaded ({error}); install it again.", file=path, error=error
            )
        )
    return ProviderMissing(sentence("it cannot be started ({error})", error=error))


def _check_started(session: onnxruntime.InferenceSession, provider: str) -> None:
    if session.get_providers()[0] != provider:
        raise ProviderMissing(
            msgid("it is installed, but cannot be started (driver or libraries)")
        )


def _options(provider: str, threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # w600k_mbf declares a batch of one and warns at every other
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # cores are shared
    if provider == DIRECTML:
        options.enable_mem_pattern = False  # DirectML allows no other
    return options


def _warmed_up(models: FaceModels, note: str) -> Loaded:
    """Run everything some times: the first run allocates; the quickest of the others is what a
    frame costs. A busy machine makes a run slower, never quicker, so one run would measure the
    machine's other work."""
    picture = np.full((180, 320, 3), 128, np.uint8)
    crop = np.full((112, 112, 3), 128, np.uint8)
    detect, embed = [], []
    try:
        for _ in range(1 + _TIMED):
            start = time.perf_counter()
            models.detector.detect(picture, WARM_UP_SIZE)
            middle = time.perf_counter()
            rows = models.embedder.embed([crop])
            end = time.perf_counter()
            detect.append(middle - start)
            embed.append(end - middle)
    except Exception as error:
        raise PackBroken(
            sentence("The pack '{pack}' does not run ({error}).", pack=models.pack, error=error)
        ) from error
    if not np.isclose(np.linalg.norm(rows), 1.0, atol=1e-3):
        raise ModelError(
            sentence(
                "The pack '{pack}' gives no embeddings on {provider}.",
                pack=models.pack,
                provider=models.provider,
            )
        )
    return Loaded(models, min(detect[1:]), min(embed[1:]), note)
