"""``people``: the list of people without photos, as a file."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tqdm import tqdm

from face_rec import files
from face_rec.access.audit.audit import Action
from face_rec.cli.parts.acting_system import built
from face_rec.cli.parts.progress import advance
from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.people import Consent
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.log import escaped
from face_rec.people.lists import list_plan, people_file
from face_rec.people.lists.list_plan import Doing, ListPlan
from face_rec.terminal.words import in_words, said, said_many

_DOINGS: Final = {
    Doing.NEW: msgid("new"),
    Doing.CHANGED: msgid("changed"),
    Doing.SAME: msgid("same"),
    Doing.REFUSED: msgid("refused"),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "people",
        help=said("the list of people without photos, as a CSV file"),
        description=said(
            "Columns: id, name, group, email, active (yes or no). The page People does the same."
        ),
    )
    actions = command.add_subparsers(title=said("actions"), required=True, metavar="ACTION")
    out = actions.add_parser("export", help=said("write everybody to a file"))
    out.add_argument("file", type=Path, metavar="FILE.csv")
    out.set_defaults(run=_export)
    back = actions.add_parser(
        "apply", help=said("make people be as a file says; who is not in it stays as they are")
    )
    back.add_argument("file", type=Path, metavar="FILE.csv")
    back.add_argument(
        "--dry-run", action="store_true", help=said("say what would change, and stop")
    )
    back.add_argument(
        "--consent",
        metavar="TEXT",
        help=said(
            "what those who are new agreed to and how; without it no photo of them is taken"
        ),
    )
    back.set_defaults(run=_apply)


def _export(options: argparse.Namespace) -> int:
    with built() as system:
        people = system.people.everybody().people
        data = people_file.write(sorted(people, key=lambda one: one.id))
        system.access.audit.record(Action.EXPORTED, "people", after={"bytes": len(data)})
        _put(options.file, data)
    print(
        said_many(
            "{file}: {count} person", "{file}: {count} people", len(people), file=options.file
        )
    )
    return 0


def _put(out: Path, data: bytes) -> None:
    try:
        files.write_durable(out, data)
    except OSError as error:
        raise ArchiveRefused(
            sentence(
                "{file} cannot be written ({reason}). Name another file.",
                file=out,
                reason=error.strerror,
            )
        ) from None


def _apply(options: argparse.Namespace) -> int:
    try:
        lines = people_file.read(options.file.read_bytes())
    except OSError as error:
        raise ArchiveRefused(
            sentence(
                "{file} cannot be read ({reason}). Check its name, and whether you may read it.",
                file=options.file,
                reason=error.strerror,
            )
        ) from None
    with built() as system:
        plan = list_plan.of_lines(lines, system.people.everybody().people)
        if options.dry_run:
            return _tell(plan)
        text = (options.consent or "").strip()
        consent = Consent(text, system.site.consent_version, system.clock.now()) if text else None
        with tqdm(total=len(plan.steps), unit=said("person"), file=sys.stderr) as bar:
            report = system.lists.carry_out(plan, consent, partial(advance, bar))
    for line in report.done:
        print(_line(line.id, line.doing, in_words(line.reason)))
    print(_counts(report.count))
    return 1 if report.count(Doing.REFUSED) else 0


def _tell(plan: ListPlan) -> int:
    for step in plan.steps:
        words = "; ".join(f"{field}: {old!r} → {new!r}" for field, old, new in step.changes())
        print(_line(step.id, step.doing, in_words(step.reason) or words))
    print(said("{counts}. Nothing was changed.", counts=_counts(plan.count)))
    return 0


def _line(person: str, doing: Doing, why: str) -> str:
    return escaped(f"{person}  {in_words(_DOINGS[doing])}{f': {why}' if why else ''}")


def _counts(count: Callable[[Doing], int]) -> str:
    return ", ".join(f"{count(doing)} {in_words(_DOINGS[doing])}" for doing in Doing)
