"""``backup``: everything but pictures and models as one verified file, while kiosks run;
``backup test``: one tried out; and ``restore``: a backup into an empty system."""

import argparse
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import config
from face_rec import assembly
from face_rec.clock import SystemClock
from face_rec.domain.errors import BackupRefused
from face_rec.languages.language import msgid
from face_rec.stores.backup.backup_file import Summary
from face_rec.terminal.words import figure, in_words, said

if TYPE_CHECKING:
    from face_rec.stores.backup.comparison import Compared

_NOTICED: Final = 1.5
"""Seconds until every app that runs has asked Redis and knows of a restore (Pulse: 0.1 s, and up
to half a second for an answer)."""

_RELIABLE: Final = {
    True: msgid("The backup can be restored, and nothing in it differs."),
    False: msgid("The chain of what was restored is BROKEN: see above."),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both commands."""
    _add_backup(commands)
    _add_restore(commands)


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "backup",
        help=said("write people, templates, events, rules and accounts to a file or to S3"),
        description=said(
            "May run while kiosks do. What is written is read again and compared. The "
            "chain's witness is in it, its key is not: keep DATA_DIR/keys, or CHAIN_KEY. "
            "With DATA_KEY the backup is encrypted. Pictures are not in it: copy "
            "DATA_DIR/snapshots, or let the bucket keep its versions."
        ),
    )
    command.add_argument("--out", metavar="FILE|s3://BUCKET/KEY")
    command.add_argument("--force", action="store_true", help=said("replace what is there"))
    command.set_defaults(run=backup)
    _add_test(command.add_subparsers(title=said("or"), metavar="test"))


def _add_test(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "test",
        help=said("restore a backup beside the running system, and compare both"),
        description=said(
            "Restores into a Redis of its own, which keeps all in memory and is gone "
            "afterwards; checks the chain; then holds marks, people, rules and a month of "
            "day records against the running system, as that was when the backup was made. "
            "Exit status 0: it can be relied on; 1: something differs, or the chain is "
            "broken; 2: it could not be tested."
        ),
    )
    command.add_argument("source", metavar="FILE|s3://BUCKET/KEY")
    command.add_argument(
        "--alone", action="store_true", help=said("compare with nothing: only restore and check")
    )
    command.add_argument("--unsealed", action="store_true", help=said("as in restore"))
    command.set_defaults(run=test)


def _add_restore(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "restore",
        help=said("put a backup into an empty system"),
        description=said(
            "The whole backup is read and checked before anything is written. Encrypted "
            "backups need the DATA_KEY they were made with; where it is set, others are "
            "refused. What was confirmed since the backup, erasures included, comes back by "
            "itself from the disks of the machines that wrote it within the last "
            "JOURNAL_HOURS."
        ),
    )
    command.add_argument("source", metavar="FILE|s3://BUCKET/KEY")
    command.add_argument(
        "--check", action="store_true", help=said("only read and check the backup")
    )
    command.add_argument(
        "--unsealed",
        action="store_true",
        help=said(
            "take a backup that is not encrypted although DATA_KEY is set; whoever made or "
            "changed that file decides who may sign in here, and whose face is whose"
        ),
    )
    command.add_argument(
        "--as-it-was",
        action="store_true",
        help=said(
            "forget what people changed since, on this machine (on others, run it there): to undo "
            "changes made by mistake. Marks come back all the same, and who was erased since must "
            "be erased again"
        ),
    )
    command.set_defaults(run=restore)


def backup(options: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    settings = config.load()
    if options.out is None:
        raise BackupRefused(
            msgid("Say where the backup goes: --out FILE or --out s3://BUCKET/KEY.")
        )
    place = assembly.backup_place(settings, options.out)
    with _cleaning_up(), assembly.build_backups(settings) as backups:
        made = backups.save(place, SystemClock().now(), force=options.force)
        sealed = backups.sealing
    print(said("{file}: {backup}, verified.", file=options.out, backup=_describe(made)))
    if not sealed:
        print(
            said(
                "It is not encrypted: faces' templates and attendance can be read by whoever has "
                "the file. Set DATA_KEY to encrypt the next one."
            )
        )
    return 0


def test(options: argparse.Namespace) -> int:
    """Try the restore out, and say what was found."""
    settings = config.load()
    place = assembly.backup_place(settings, options.source)
    with _cleaning_up():
        tried = assembly.try_restore(
            settings, place, unsealed=options.unsealed, alone=options.alone
        )
    print(said("{backup}: restored beside the system.", backup=_describe(tried.summary)))
    print("\n".join(map(in_words, tried.chain.lines())))
    found = tried.compared
    if found is not None:
        print(_held_against(found))
        since = "; ".join(map(in_words, found.since)) or said("nothing")
        print(said("Since the backup: {changes}.", changes=since))
    wrong = found.wrong if found else []
    differing = [said("DIFFERS: {difference}", difference=in_words(one)) for one in wrong]
    print("\n".join(differing) or in_words(_RELIABLE[tried.chain.whole]))
    return 1 if wrong or not tried.chain.whole else 0


@contextmanager
def _cleaning_up() -> Iterator[None]:
    """Whoever ends the command ends it as Ctrl+C does: what it has begun to write goes."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def restore(options: argparse.Namespace) -> int:
    """Restore, or only check, and say what it was."""
    settings = config.load()
    place = assembly.backup_place(settings, options.source)
    with assembly.build_backups(settings) as backups:
        if options.check:
            found = backups.verify(place, unsealed=options.unsealed)
        else:
            found = backups.load(
                place, unsealed=options.unsealed, noticed=lambda: time.sleep(_NOTICED)
            )
            if options.as_it_was:
                forgotten = assembly.forget_kept_writes(settings)
                print(said("Changes forgotten: {number}.", number=forgotten))
    backup = _describe(found)
    if options.check:
        print(said("{backup}: whole and readable.", backup=backup))
    else:
        print(said("{backup}: restored.", backup=backup))
        _tell_of_erasures(found.header.made_at, 0 if options.as_it_was else settings.journal_hours)
    admins = ", ".join(found.admins) or said("none")
    print(said("Accounts in it that may do everything: {accounts}.", accounts=admins))
    return 0


def _tell_of_erasures(made_at: datetime, kept: float) -> None:
    """``kept``: the hours for which this machine keeps what was confirmed, erasures too."""
    until = SystemClock().now() - timedelta(hours=kept)
    if made_at < until:
        print(
            said(
                "Whoever was erased between the backup and {until} UTC is there again: erase them "
                "anew.",
                until=f"{until:%Y-%m-%d %H:%M}",
            )
        )


def _held_against(found: "Compared") -> str:
    return said(
        "Compared with the running system: {events} events, {people} people, {records} day "
        "records of the month before.",
        events=figure(found.events), people=figure(found.people), records=figure(found.records),
    )  # fmt: skip


def _describe(summary: Summary) -> str:
    """What a backup holds, in words."""
    about = summary.header
    return said(
        "{people} people, {events} events of site {site}, made {at} UTC by version {version}",
        people=summary.people, events=summary.events, site=about.site,
        at=f"{about.made_at:%Y-%m-%d %H:%M}", version=about.version,
    )  # fmt: skip
