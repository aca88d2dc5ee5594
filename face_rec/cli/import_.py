"""``import``: enrols people from a folder or ZIP of photos; ``undecided``: those of them who look
like somebody registered already."""

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from tqdm import tqdm

from face_rec import assembly
from face_rec.cli.parts.acting_system import built, person_of
from face_rec.cli.parts.progress import advance
from face_rec.domain.enrolment_errors import ConsentMissing
from face_rec.domain.errors import ModelError, PeopleError, StoreUnavailable
from face_rec.domain.people import Consent, Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.log import escaped
from face_rec.people.imports import collection, photo_archive
from face_rec.people.imports.collection import Collection
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport
from face_rec.terminal.words import in_words, said, said_many

_LOADING_SECONDS = 600.0
_OUTCOMES: Final = {
    ImportOutcome.ADDED: msgid("added"),
    ImportOutcome.EXTENDED: msgid("extended"),
    ImportOutcome.UNCHANGED: msgid("unchanged"),
    ImportOutcome.UNDECIDED: msgid("undecided"),
    ImportOutcome.REFUSED: msgid("refused"),
}

_Work = Callable[["assembly.System", argparse.Namespace], None]


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "import",
        help=said("enrol people from a folder or ZIP of photos"),
        description=said(
            "Enrols SOURCE/<id>/*.jpg. SOURCE/people.csv (id,name,group,email; UTF-8) may "
            "say more about them; without it the ID is the name. IDs that are registered "
            "already stay as they are."
        ),
    )
    command.add_argument("source", type=Path, metavar="SOURCE", help=said("folder or ZIP file"))
    command.add_argument(
        "--consent",
        metavar="TEXT",
        help=said(
            "what these people agreed to and how, "
            "e.g. 'signed forms of May 2025'; kept with each of them"
        ),
    )
    command.add_argument(
        "--dry-run", action="store_true", help=said("examine all, change nothing")
    )
    command.set_defaults(run=run)
    _add_undecided(subparsers)


def run(options: argparse.Namespace) -> int:
    text = (options.consent or "").strip()
    if not text and not options.dry_run:
        raise ConsentMissing(
            msgid(
                "Nobody may be imported without their consent. Say how it was given: --consent "
                "'signed forms of May 2025'."
            )
        )
    with _opened(options.source) as found, built() as system:
        _get_ready(system)
        consent = Consent(text, system.site.consent_version, system.clock.now()) if text else None
        importer = Importer(system.people, system.enrolment, options.dry_run)
        with tqdm(total=len(found.people), unit=said("person"), file=sys.stderr) as bar:
            report = importer.run(found, consent, partial(advance, bar))
    _show(report, options.dry_run)
    return 0


@contextmanager
def _opened(source: Path) -> Iterator[Collection]:
    if source.is_dir():
        yield collection.from_folder(source)
    else:
        with photo_archive.opened(source) as found:
            yield found


def _get_ready(system: "assembly.System") -> None:
    """Everybody must be in memory before somebody new can be compared with them."""
    if system.models.current() is None:
        system.models.load()
    if not system.follower.wait(system.people.revision(), _LOADING_SECONDS):
        raise StoreUnavailable(
            sentence(
                "The gallery could not be loaded: {reason} Try again.",
                reason=system.follower.status().error,
            )
        )


def _show(report: ImportReport, dry_run: bool) -> None:
    for person in report.people:
        reason = f": {in_words(person.reason)}" if person.reason else ""
        # Folders and files may have any name: none of them writes on the terminal as it likes.
        print(escaped(f"{person.id}  {in_words(_OUTCOMES[person.outcome])}{reason}"))
        for photo in person.photos:
            if not photo.accepted:
                print(escaped(f"    {photo.file}: {in_words(photo.reason)}"))
    counts = ", ".join(f"{report.count(one)} {in_words(_OUTCOMES[one])}" for one in ImportOutcome)
    told = said(
        "{people} people: {counts}. Photos: {accepted} accepted, {refused} refused.",
        people=len(report.people), counts=counts,
        accepted=report.photos_accepted, refused=report.photos_refused,
    )  # fmt: skip
    print(f"{told} {said('Nothing was changed.')}" if dry_run else told)


# --- undecided


def _add_undecided(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    command = subparsers.add_parser(
        "undecided",
        help=said("decide about imported people who look like somebody registered"),
        description=said(
            "An import keeps a person whose face is registered already, inactive, until "
            "somebody says whether they are the same. The page People does, too."
        ),
    )
    actions = command.add_subparsers(title=said("actions"), required=True, metavar="ACTION")
    actions.add_parser("list", help=said("who waits for a decision")).set_defaults(
        run=_deciding(_list)
    )
    two = actions.add_parser("two", help=said("they are two people: activate this one"))
    two.add_argument("id", metavar="ID")
    two.add_argument("--reason", required=True, help=said("how you know, e.g. 'twins'"))
    two.set_defaults(run=_deciding(_two))
    one = actions.add_parser(
        "one", help=said("they are one person: join the photos, erase this record")
    )
    one.add_argument("id", metavar="ID")
    one.set_defaults(run=_deciding(_one))


def _deciding(work: _Work) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        with built() as system:
            work(system, options)
        return 0

    return run


def _list(system: "assembly.System", options: argparse.Namespace) -> None:  # noqa: ARG001
    """All whom each of them may be, the likest first: as the page People says it."""
    waiting = [one for one in system.people.everybody().people if one.resembles]
    if waiting:
        with suppress(ModelError):  # then whom the import found, and nobody else
            _get_ready(system)
    for person in waiting:
        others = system.enrolment.duplicates.resembled(person)
        who = ", ".join(f"{one.id}  {one.name}" for one in others) or said("somebody erased since")
        print(
            said("{id}  {name}  looks like  {others}", id=person.id, name=person.name, others=who)
        )


def _two(system: "assembly.System", options: argparse.Namespace) -> None:
    person = _waiting(system, options.id)
    _get_ready(system)
    system.enrolment.set_active(person.subject, True, options.reason)
    print(said("{id} is active.", id=person.id))


def _one(system: "assembly.System", options: argparse.Namespace) -> None:
    person = _waiting(system, options.id)
    _get_ready(system)
    kept = system.enrolment.join(person.subject)
    system.privacy.erasure.erase(person.subject, f"{getpass.getuser()} (command)")
    photos = len(kept.templates)
    print(
        said_many(
            "{kept} has {count} photo; {erased} is erased.",
            "{kept} has {count} photos; {erased} is erased.",
            photos, kept=kept.id, erased=person.id,
        )
    )  # fmt: skip


def _waiting(system: "assembly.System", person_id: str) -> Person:
    person = person_of(system.people, person_id)
    if not person.resembles:
        raise PeopleError(
            sentence(
                "There is nothing to decide about {id}. The page People shows about whom there "
                "is.",
                id=person_id,
            )
        )
    return person
