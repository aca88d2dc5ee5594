"""``python -m tests.defects PACK FACES [--detector YUNET] [--fit]``: how many spoilt photos the
check of enrolment photos lets through, and how many good ones it refuses, on people who had no
part in fitting it. ``--fit`` writes new weights first, fitted on the others."""

import argparse
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime

from face_rec.models.runtime.yunet import YuNetDetector
from face_rec.models.service import ModelService
from face_rec.people.photos import photo_checks
from tests.defects.fitting import fitted
from tests.defects.report import report
from tests.defects.samples import Sample, Studio, photos

_ABOUT: Final = "logistic regression on photos of Labeled Faces in the Wild; see docs/quality.md"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        models = ModelService(Path(folder), str(options.pack), "cpu", 1).load()
    others = [YuNetDetector(_session(options.detector))] if options.detector else []
    made = _made(options.faces, Studio(models, others))
    if options.samples:
        options.samples.write_bytes(pickle.dumps(made))
    if options.fit:
        weights: dict[str, Any] = {"about": np.array(_ABOUT), **fitted(made)}
        np.savez_compressed(photo_checks.WEIGHTS, **weights)
        sys.stdout.write(f"{photo_checks.WEIGHTS.name} is written.\n")
    sys.stdout.write(report([one for one in made if not one.tuning], models))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("pack", type=Path, help="folder of a model pack")
    parser.add_argument("faces", type=Path, help="folder with people/<name>/*.jpg and strangers/")
    parser.add_argument("--detector", type=Path, help="YuNet, to find good photos with it, too")
    parser.add_argument("--fit", action="store_true", help="write new weights first")
    parser.add_argument("--samples", type=Path, help="keep what was measured in this file")
    return parser.parse_args(arguments)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _made(faces: Path, studio: Studio) -> list[Sample]:
    made: list[Sample] = []
    everybody = photos(faces)
    for number in range(len(everybody)):
        made += studio.samples(everybody, number)
        if number % 100 == 99:
            sys.stderr.write(f"{number + 1} of {len(everybody)} photos\n")
    return made


if __name__ == "__main__":
    sys.exit(main())
