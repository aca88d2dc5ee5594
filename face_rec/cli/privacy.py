"""``privacy``: what people may ask for, and what is removed by itself, from a terminal."""

import argparse
import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import config
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.cli.parts.acting_system import person_of
from face_rec.domain.errors import SettingError
from face_rec.domain.people import Person
from face_rec.files import replacing, write_durable
from face_rec.languages.sentence import sentence
from face_rec.privacy.certificate import Certificate
from face_rec.privacy.privacy_service import Privacy
from face_rec.protocols.people_store import PeopleReader
from face_rec.terminal.words import said, said_many, translator

_CERTIFICATES = (".txt", ".json", ".pdf")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its parts."""
    command = commands.add_parser(
        "privacy", help=said("export, erase, withdraw consent, retention")
    )
    parts = command.add_subparsers(required=True, metavar="WHAT")
    export = parts.add_parser("export", help=said("everything held about a person, as a ZIP"))
    export.add_argument("id", metavar="ID")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    export.set_defaults(run=run_export)
    erase = parts.add_parser("erase", help=said("erase a person for good, with a certificate"))
    erase.add_argument("id", metavar="ID")
    erase.add_argument("--yes", action="store_true", help=said("do not ask"))
    erase.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help=said("FILE.txt, FILE.json or FILE.pdf; else it is printed"),
    )
    erase.set_defaults(run=run_erase)
    withdraw = parts.add_parser(
        "withdraw", help=said("end a person's consent: never matched again")
    )
    withdraw.add_argument("id", metavar="ID")
    withdraw.set_defaults(run=run_withdraw)
    retention = parts.add_parser("retention", help=said("remove now what is old enough"))
    retention.set_defaults(run=run_retention)


def run_export(options: argparse.Namespace) -> int:
    """Write the ZIP, whole or not at all."""
    with _opened() as (privacy, people):
        person = person_of(people, options.id)
        try:
            with replacing(options.out) as out:
                files = privacy.export.write(person.subject, out)
        except OSError as error:
            raise SettingError(
                sentence(
                    "{file} cannot be written ({reason}). Name another file.",
                    file=options.out,
                    reason=error.strerror,
                )
            ) from error
    print(said_many("{file}: {count} file", "{file}: {count} files", files, file=options.out))
    return 0


def run_erase(options: argparse.Namespace) -> int:
    """Erase, after asking, and hand out the certificate."""
    out: Path | None = options.certificate
    if out is not None and out.suffix.lower() not in _CERTIFICATES:
        raise SettingError(
            sentence("--certificate {file}: end it in .txt, .json or .pdf.", file=out)
        )
    with _opened() as (privacy, people):
        person = person_of(people, options.id)
        if not options.yes and not _confirmed(person):
            print(said("Nothing was erased."))
            return 1
        certificate = privacy.erasure.erase(person.subject, f"{getpass.getuser()} (command)")
        content = _content(certificate, out)
    _hand_out(certificate, out, content)
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    """End the consent."""
    with _opened() as (privacy, people):
        person = privacy.consent.withdraw(person_of(people, options.id).subject)
    print(
        said(
            "{id} is not recognised any more. Templates and photos stay until erased.",
            id=person.id,
        )
    )
    return 0


def run_retention(_options: argparse.Namespace) -> int:
    """One run of the job; exit status 1 if it could not do everything."""
    with _opened() as (privacy, _):
        run = privacy.retention.run()
    if run is None:
        print(said("Another process is at it."))
        return 0
    removed = {"pictures": run.pictures, "people": run.people, "templates": run.templates}
    print(json.dumps({"removed": removed, "problem": run.problem}))
    return 1 if run.problem else 0


@contextmanager
def _opened() -> Iterator[tuple[Privacy, PeopleReader]]:
    """Privacy, with whoever typed the command in the audit log."""
    who = Actor(getpass.getuser(), "command")
    with assembly.build_privacy(config.load()) as built, actor.acting(who):
        yield built


def _confirmed(person: Person) -> bool:
    print(said("{name} (ID {id}) will be erased for good.", name=person.name, id=person.id))
    return input(said("Type the ID to confirm: ")).strip() == person.id


def _content(certificate: Certificate, out: Path | None) -> bytes:
    match out.suffix.lower() if out is not None else ".txt":
        case ".pdf":
            return certificate.as_pdf(translator())
        case ".json":
            return certificate.as_json()
        case _:
            return certificate.as_text(translator())


def _hand_out(certificate: Certificate, out: Path | None, content: bytes) -> None:
    """To the file; if that fails, on the screen: there is no second one."""
    if out is not None:
        try:
            write_durable(out, content)
        except OSError as error:
            print(
                said(
                    "{file} cannot be written ({reason}); this is the certificate:",
                    file=out, reason=error.strerror,
                )
            )  # fmt: skip
        else:
            print(said("Erased. The certificate is {file}.", file=out))
            return
    print(certificate.as_text(translator()).decode(), end="")
