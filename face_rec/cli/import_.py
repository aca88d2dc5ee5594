"""``import``: enrols people from a folder or ZIP of photos."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.assembly.system import System
from face_rec.domain.errors import ConsentMissing, StoreUnavailable
from face_rec.domain.people import Consent
from face_rec.people.imports import collection, photo_archive
from face_rec.people.imports.collection import Collection
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport

_LOADING_SECONDS = 600.0


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "import",
        help="enrol people from a folder or ZIP of photos",
        description="Enrols SOURCE/<id>/*.jpg. SOURCE/people.csv (id,name,group,email; UTF-8) "
        "may say more about them; without it the ID is the name. IDs that are registered already "
        "stay as they are.",
    )
    command.add_argument("source", type=Path, metavar="SOURCE", help="folder or ZIP file")
    command.add_argument("--consent", metavar="TEXT", help="what these people agreed to and how, "
                         "e.g. 'signed forms of May 2025'; kept with each of them")  # fmt: skip
    command.add_argument("--dry-run", action="store_true", help="examine all, change nothing")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    text = (options.consent or "").strip()
    if not text and not options.dry_run:
        raise ConsentMissing(
            "Nobody may be imported without their consent. Say how it was given: --consent "
            "'signed forms of May 2025'."
        )
    with _opened(options.source) as found, assembly.build(config.load()) as system:
        get_ready(system)
        consent = Consent(text, system.site.consent_version, system.clock.now()) if text else None
        importer = Importer(system.people, system.enrolment, options.dry_run)
        with tqdm(total=len(found.people), unit="person", file=sys.stderr) as bar:
            report = importer.run(found, consent, partial(_advance, bar))
    _show(report, options.dry_run)
    return 0


@contextmanager
def _opened(source: Path) -> Iterator[Collection]:
    if source.is_dir():
        yield collection.from_folder(source)
    else:
        with photo_archive.opened(source) as found:
            yield found


def get_ready(system: System) -> None:
    """Everybody must be in memory before somebody new can be compared with them."""
    if system.models.current() is None:
        system.models.load()
    if not system.follower.wait(system.people.revision(), _LOADING_SECONDS):
        raise StoreUnavailable(
            f"The gallery could not be loaded: {system.follower.status().error} Try again."
        )


def _advance(bar: "tqdm[NoReturn]", done: int, total: int) -> None:  # noqa: ARG001
    bar.update(done - bar.n)


def _show(report: ImportReport, dry_run: bool) -> None:
    for person in report.people:
        reason = f": {person.reason}" if person.reason else ""
        print(f"{person.id}  {person.outcome}{reason}")
        for photo in person.photos:
            if not photo.accepted:
                print(f"    {photo.file}: {photo.reason}")
    counts = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in ImportOutcome)
    print(
        f"{len(report.people)} people: {counts}. Photos: {report.photos_accepted} accepted, "
        f"{report.photos_refused} refused." + (" Nothing was changed." if dry_run else "")
    )
