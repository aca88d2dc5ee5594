"""What may lie beside a pack: liveness models, and eDifFIQA(T), which says how good an aligned
face is for recognition (in ``DATA_DIR/models/quality``).

eDifFIQA is shown a face as its publisher's code does it (OpenCV Zoo's ``ediffiqa.py``): 112 × 112
px, RGB, (pixel / 255 - 0.5) / 0.5; it answers with one number, higher for better.
"""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from face_rec.domain.errors import ModelError, PackBroken
from face_rec.domain.faces import Image
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import EDIFFIQA, PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.install import QUALITY
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import LivenessPacks
from face_rec.models.runtime.loading import Loaded
from face_rec.models.runtime.texture import load_textures

log = logging.getLogger(__name__)

SIDE: Final = 112


class QualityModel:
    """Implements ``protocols.models.FaceQuality``. It runs on the CPU whatever MODEL_PROVIDER
    says: an enrolment photo has the time."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def score(self, crop: Image) -> float:
        """Of an aligned face (112, 112, 3) BGR."""
        shown = (crop[..., ::-1].astype(np.float32) / 255 - 0.5) / 0.5
        blob = np.ascontiguousarray(shown.transpose(2, 0, 1)[None])
        return float(np.asarray(self._session.run(None, {self._input: blob})[0]).ravel()[0])


def load_quality(
    root: Path, digests: Digests, threads: int, wanted: PackFile = EDIFFIQA
) -> QualityModel | None:
    """The model under ``root`` (DATA_DIR/models), verified and run once; None where there is
    none. Raises PackBroken."""
    path = root / QUALITY / wanted.name
    if not path.is_file():
        return None
    reason = digests.fault(path, wanted.bytes, wanted.sha256)
    if reason:
        raise PackBroken(
            sentence(
                "{path} {reason}. Get it again (python -m face_rec models pull ediffiqa).",
                path=path,
                reason=reason,
            )
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # cores are shared
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        model = QualityModel(session)
        answer = model.score(np.full((SIDE, SIDE, 3), 128, np.uint8))
    except Exception as error:  # onnxruntime raises many kinds
        raise PackBroken(
            sentence("{path} does not run as a quality model ({error}).", path=path, error=error)
        ) from error
    if not np.isfinite(answer):
        raise PackBroken(sentence("{path} gives no number for a face.", path=path))
    return model


def with_models_beside(
    loaded: Loaded, packs: InstalledPacks, liveness: LivenessPacks, wanted: str, threads: int
) -> Loaded:
    """``loaded`` with the quality model and the liveness models (``wanted``: their name or
    folder), where there are any. Broken ones are said, and keep nobody from being recognised; a
    kiosk that enforces liveness then marks nobody by face."""
    try:
        quality = load_quality(packs.root, packs.digests, threads)
        loaded = replace(loaded, models=replace(loaded.models, quality=quality))
    except ModelError as error:
        loaded = _noted(loaded, "quality model", error)
    try:
        pack = liveness.find(wanted)
        if pack is None:
            return loaded
        life = load_textures(pack, threads)
    except ModelError as error:
        return _noted(loaded, "liveness models", error)
    log.info("liveness_models_ready pack=%s", pack.name)
    return replace(loaded, models=replace(loaded.models, life=life))


def _noted(loaded: Loaded, what: str, error: ModelError) -> Loaded:
    log.warning("model_beside_not_loaded what=%s reason=%s", what, error)
    return replace(loaded, note=" ".join(filter(None, (loaded.note, str(error)))))
