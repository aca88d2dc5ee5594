"""``backup``: everything but pictures and models as one verified file, while kiosks run."""

import argparse

import config
from face_rec import assembly
from face_rec.clock import SystemClock
from face_rec.stores.backup.backup_file import Summary


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "backup",
        help="write people, templates, events, rules and accounts to a file or to S3",
        description="May run while kiosks do. What is written is read again and compared. The "
        "chain's witness is in it, its key is not: keep DATA_DIR/keys, or CHAIN_KEY. With "
        "DATA_KEY the backup is encrypted. Pictures are not in it: copy DATA_DIR/snapshots, or "
        "let the bucket keep its versions.",
    )
    command.add_argument("--out", required=True, metavar="FILE|s3://BUCKET/KEY")
    command.add_argument("--force", action="store_true", help="replace what is there")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    settings = config.load()
    place = assembly.backup_place(settings, options.out)
    with assembly.build_backups(settings) as backups:
        made = backups.save(place, SystemClock().now(), force=options.force)
        sealed = backups.sealing
    print(f"{options.out}: {describe(made)}, verified.")
    if not sealed:
        print("It is not encrypted: faces' templates and attendance can be read by whoever has "
              "the file. Set DATA_KEY to encrypt the next one.")  # fmt: skip
    return 0


def describe(summary: Summary) -> str:
    """What a backup holds, in words."""
    about = summary.header
    return (
        f"{summary.people} people, {summary.events} events of site {about.site}, made "
        f"{about.made_at:%Y-%m-%d %H:%M} UTC by version {about.version}"
    )
