"""``evaluate``: how well the model in use tells people from each other and from strangers."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from tqdm import tqdm

import config
from config import Settings
from face_rec import assembly
from face_rec.cli.parts.evaluation import Evaluation, split
from face_rec.cli.parts.progress import advance
from face_rec.domain.faces import Image
from face_rec.journey.decide import Policy, still_limits
from face_rec.journey.still import recognise
from face_rec.languages.language import msgid
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner, most_prominent
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import in_words, said

_COLUMN: Final = 16
_TITLES: Final = {
    "people": msgid("people"),
    "probes": msgid("probes"),
    "strangers": msgid("strangers"),
    "not_enrolled": msgid("not enrolled"),
    "named_right": msgid("named right"),
    "named_wrong": msgid("named wrong"),
    "unnamed": msgid("unnamed"),
    "strangers_named": msgid("strangers named"),
    "threshold": msgid("threshold"),
    "seconds": msgid("seconds"),
}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "evaluate",
        help=said("measure recognition on labelled photos"),
        description=said(
            "Enrols the first photos of each PEOPLE/<id>/ into a gallery of its own and "
            "probes with the others, and with strangers, as the kiosk does with a still. "
            "Where a photo shows several people, its label is taken to speak of the one it "
            "is about: large, and in the middle."
        ),
    )
    command.add_argument(
        "people", type=Path, metavar="PEOPLE", help=said("folder of folders of photos")
    )
    command.add_argument(
        "--strangers",
        type=Path,
        metavar="FOLDER",
        help=said("photos of people who are not enrolled"),
    )
    command.add_argument(
        "--enrol",
        type=_count,
        default=1,
        metavar="N",
        help=said("photos to enrol from (default 1)"),
    )
    command.add_argument("--json", action="store_true", help=said("print one JSON object"))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    settings = config.load()
    photos = split(options.people, options.strangers, options.enrol)
    service = assembly.build_models(settings)
    models = service.load()
    policy, gallery = _policy(settings), MemoryGallery(models.contract)
    identify = partial(_named, models=models, gallery=gallery, policy=policy)
    with tqdm(total=photos.photos, unit=said("photo"), file=sys.stderr) as bar:
        examiner = Examiner(service, assess, alone=False)
        evaluation = Evaluation(examiner, gallery, identify, partial(advance, bar))
        tally = evaluation.run(photos)
    threshold = still_limits(policy, models.calibration, gallery.templates).threshold
    result = asdict(tally) | {
        "threshold": round(threshold, 4),
        "seconds": round(time.monotonic() - started, 1),
    }
    _show(result, as_json=options.json)
    return 0


def _named(image: Image, models: FaceModels, gallery: MemoryGallery, policy: Policy) -> str | None:
    """Whom a still of the kiosk would name in the face that the label of the photo speaks of;
    IDs are the gallery's subjects here."""
    seen = {one.face: one.decision for one in recognise(image, models, gallery, assess, policy)}
    return seen[most_prominent(list(seen), image)].subject if seen else None


def _policy(settings: Settings) -> Policy:
    return Policy(threshold=settings.match_threshold, margin=settings.match_margin)


def _show(result: dict[str, float], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    titles = {name: in_words(_TITLES[name]) for name in result}
    across = max(_COLUMN, *map(width, titles.values()))
    for name, value in result.items():
        print(f"{padded(titles[name], across)} {value:g}")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(said("must be a whole number from 1 to 100"))
    return int(text)
