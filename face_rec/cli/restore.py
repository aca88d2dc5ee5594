"""``restore``: a backup into an empty system."""

import argparse

import config
from face_rec import assembly
from face_rec.cli.backup import describe


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "restore",
        help="put a backup into an empty system",
        description="The whole backup is read and checked before anything is written. Encrypted "
        "backups need the DATA_KEY they were made with; where it is set, others are refused.",
    )
    command.add_argument("source", metavar="FILE|s3://BUCKET/KEY")
    command.add_argument("--check", action="store_true", help="only read and check the backup")
    command.add_argument(
        "--unsealed", action="store_true",
        help="take a backup that is not encrypted although DATA_KEY is set; whoever made or "
        "changed that file decides who may sign in here, and whose face is whose",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Restore, or only check, and say what it was."""
    settings = config.load()
    place = assembly.backup_place(settings, options.source)
    with assembly.build_backups(settings) as backups:
        read = backups.verify if options.check else backups.load
        found = read(place, unsealed=options.unsealed)
    print(f"{describe(found)}: {'whole and readable' if options.check else 'restored'}.")
    print(f"Accounts in it that may do everything: {', '.join(found.admins) or 'none'}.")
    return 0
