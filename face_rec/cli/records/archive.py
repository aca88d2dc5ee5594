"""``archive``: copy into the archive, compare it with Redis, say how it is."""

import argparse
import logging
import signal
import threading
import time
from typing import Final

import config
from config import Settings
from face_rec.cli.parts.progress import bar, on
from face_rec.clock import SystemClock
from face_rec.domain.errors import SettingError
from face_rec.languages.language import msgid
from face_rec.log import configure
from face_rec.settings.archive import Place
from face_rec.terminal.words import figure, in_words, said

log = logging.getLogger(__name__)

_NOTICED: Final = 3.0  # seconds in which an app that runs notices that a restore has begun


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser("archive", help=said("the archive that ARCHIVE_URL names"))
    steps = command.add_subparsers(required=True, metavar="STEP")
    for name, step, words in (
        ("run", _run, said("copy until told to end; the app does so by itself, too")),
        (
            "verify",
            _verify,
            said("compare it with Redis row for row, and recompute its chain"),
        ),
        (
            "accept",
            _accept,
            said("go on with what Redis holds where lists do not fit, after a restore"),
        ),
        (
            "restore",
            _restore,
            said("put the site back into an empty Redis, from the archive alone"),
        ),
        ("status", _status, said("say how far it is")),
    ):
        made = steps.add_parser(name, help=words, description=words)
        made.set_defaults(run=step)


def _run(_: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C; one process of all copies, the others wait for its end."""
    settings = _settings()
    configure(settings.log_level.upper(), settings.log_format)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    if settings.archive_place is not Place.DATABASE:
        return _run_files(settings, ended)
    from face_rec.assembly.archive.postgres import (
        build_archive,
        no_day_leaves,
    )

    if why := no_day_leaves(settings):
        log.warning("no_day_leaves reason=%s", why)
    with build_archive(settings) as archive:
        archive.worker.start()
        ended.wait()
        archive.worker.close()
    return 0


def _verify(_: argparse.Namespace) -> int:
    """Exit status 0: they are the same; 1: they are not."""
    if _settings().archive_place is not Place.DATABASE:
        return _verify_files(_settings())
    from face_rec.assembly.archive.postgres import build_archive

    with build_archive(_settings()) as archive, bar() as shown:
        compared = archive.verify.run(on(shown))
    print("\n".join(map(in_words, compared.lines())))
    return 1 if compared.differences else 0


def _accept(_: argparse.Namespace) -> int:
    """What only the archive had of a list is put aside, not removed."""
    if _settings().archive_place is not Place.DATABASE:
        raise SettingError(
            msgid("Only an archive in PostgreSQL has lists: files follow by themselves.")
        )
    from face_rec.assembly.archive.postgres import build_archive

    with build_archive(_settings()) as archive:
        done = archive.accept()
    named = f" ({', '.join(done.lists)})" if done.lists else ""
    print(
        said(
            "{number} lists go on from what Redis holds{named}; {aside} entries that it has not "
            "were put aside (archive.replaced).",
            number=len(done.lists), named=named, aside=done.aside,
        )
    )  # fmt: skip
    return 0


def _restore(_: argparse.Namespace) -> int:
    """Says what came back, and what does not come from an archive."""
    from face_rec.assembly.archive.postgres import build_archive_restore

    with build_archive_restore(_settings()) as archive:
        found = archive.run(lambda: time.sleep(_NOTICED))
    print(
        said(
            "Restored: {events} events of {days} days, {people} people, {rules} rules, and the "
            "audit log.",
            events=figure(found.events), days=figure(found.days), people=figure(found.people),
            rules=figure(found.rules),
        )
    )  # fmt: skip
    print(
        said(
            "An archive holds no templates, photos, accounts, devices and tokens ({gone} are "
            "noted as gone), and no signs of life of kiosks: register the people's photos, make "
            "the first account and link the kiosks again, or restore a backup instead. Until then "
            "outages of before excuse nobody.",
            gone=found.gone,
        )
    )
    return 0


def _status(_: argparse.Namespace) -> int:
    """Exit status 1 where there is something to do."""
    if _settings().archive_place is not Place.DATABASE:
        return _status_of_files(_settings())
    from face_rec.assembly.archive.postgres import archive_now

    found = archive_now(_settings())
    advice = f"\n  → {in_words(found.advice)}" if found.advice else ""
    print(f"{found.name}: {in_words(found.detail)}{advice}")
    return 1 if found.warning else 0


def _run_files(settings: Settings, ended: threading.Event) -> int:
    from face_rec.archive.files.worker import FilesWorker
    from face_rec.assembly.archive.month_files import build_files

    with build_files(settings) as (passes, _):
        worker = FilesWorker(passes, SystemClock())
        worker.start()
        ended.wait()
        worker.close()
    return 0


def _verify_files(settings: Settings) -> int:
    from face_rec.archive.files.verify import compare
    from face_rec.assembly.archive.month_files import build_files

    with build_files(settings) as (passes, people):
        compared = compare(passes.files, people)
    print("\n".join(map(in_words, compared.lines())))
    return 1 if compared.differences else 0


def _status_of_files(settings: Settings) -> int:
    """Exit status 1 while a month waits to be written."""
    from face_rec.archive.files import manifest
    from face_rec.assembly.archive.month_files import build_files

    with build_files(settings) as (passes, people):
        files = passes.files
        written = manifest.read(files.place, files.site)
        waiting = [name for name, *_ in files.due(written, people.revision())]
    number, months = len(written.files), len(written.made_of)
    print(said("archive: {files} files of {months} months", files=number, months=months))
    if waiting:
        print(said("To be written: {months}", months=", ".join(waiting)))
    return 1 if waiting else 0


def _settings() -> Settings:
    settings = config.load()
    if settings.archive_place is None:
        raise SettingError(
            msgid(
                "ARCHIVE_URL is empty, so there is nothing to copy into. Set it to "
                "postgresql+psycopg://user:password@host/database, a folder, or "
                "s3://BUCKET/PREFIX."
            )
        )
    return settings
