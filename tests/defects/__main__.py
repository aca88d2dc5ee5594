"""``python -m tests.defects PACK FACES [--detector YUNET] [--fit [SIGN ...]]``: how many
spoilt photos the check of enrolment photos lets through, and how many good ones it refuses, on
people who had no part in fitting it. ``--fit`` writes new weights, fitted on the others; of single
signs it does that alone."""

import argparse
import pickle
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime

from face_rec.models.model_service import ModelService
from face_rec.models.runtime.yunet import YuNetDetector
from face_rec.people.photos import photo_checks
from tests.defects.fitting import SIGNS, fitted
from tests.defects.painter import DEFECTS
from tests.defects.report import report
from tests.defects.samples import Sample, Studio, is_for_tuning, photos

_ABOUT: Final = "logistic regression on photos of Labeled Faces in the Wild; see docs/quality.md"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        models = ModelService(Path(folder), str(options.pack), "cpu", 1).load()
    others = [YuNetDetector(_session(options.detector))] if options.detector else []
    made = _made(options.faces, Studio(models, others), options.fit)
    if options.samples:
        options.samples.write_bytes(pickle.dumps(made))
    if options.fit is not None:
        _write(made, options.fit or SIGNS)
    if not options.fit:
        sys.stdout.write(report([one for one in made if not one.tuning], models))
    return 0


def _write(made: Sequence[Sample], signs: Iterable[str]) -> None:
    """New weights of ``signs``; all others stay."""
    with np.load(photo_checks.WEIGHTS, allow_pickle=False) as stored:
        weights: dict[str, Any] = {name: stored[name] for name in stored.files}
    for sign in signs:
        weights |= fitted(made, sign)
    np.savez_compressed(photo_checks.WEIGHTS, **weights | {"about": np.array(_ABOUT)})
    sys.stdout.write(f"{photo_checks.WEIGHTS.name} is written.\n")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("pack", type=Path, help="folder of a model pack")
    parser.add_argument("faces", type=Path, help="folder with people/<name>/*.jpg and strangers/")
    parser.add_argument("--detector", type=Path, help="YuNet, to find good photos with it, too")
    parser.add_argument("--fit", nargs="*", choices=SIGNS, help="write new weights")
    parser.add_argument("--samples", type=Path, help="keep what was measured in this file")
    return parser.parse_args(arguments)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _made(faces: Path, studio: Studio, fit: Sequence[str] | None) -> list[Sample]:
    """All samples that are needed: of people for tuning, where something is fitted (all signs, or
    those in ``fit``), and of the others, where a report is made."""
    kinds = frozenset[str]().union(*(SIGNS[sign].kinds for sign in fit or ())) or DEFECTS
    made: list[Sample] = []
    everybody = photos(faces)
    for number, (who, _) in enumerate(everybody):
        tuning = is_for_tuning(who)
        if (tuning and fit is not None) or (not tuning and not fit):
            made += studio.samples(everybody, number, kinds)
        if number % 100 == 99:
            sys.stderr.write(f"{number + 1} of {len(everybody)} photos\n")
    return made


if __name__ == "__main__":
    sys.exit(main())
