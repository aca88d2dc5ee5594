"""``keys``: new keys, and new ones instead of old ones."""

import argparse
import sys

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.domain.errors import SettingError
from face_rec.languages.language import msgid
from face_rec.stores.chain import key_file
from face_rec.stores.site.reseal import Resealed
from face_rec.terminal.words import said, said_many


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its parts."""
    command = commands.add_parser("keys", help=said("make and change the keys of chain and data"))
    parts = command.add_subparsers(required=True, metavar="WHAT")
    new = parts.add_parser("new", help=said("print a new random key, for DATA_KEY or CHAIN_KEY"))
    new.set_defaults(run=print_new)
    rotate = parts.add_parser(
        "rotate",
        help=said("sign new marks with a new key"),
        description=said("Marks signed before keep their key, which stays to check them with."),
    )
    rotate.set_defaults(run=rotate_chain)
    data = parts.add_parser(
        "rotate-data",
        help=said("encrypt everything stored with the first key in DATA_KEY"),
        description=said(
            "After DATA_KEY was set for the first time, or a new key put before the old "
            "one. The app may run meanwhile, started with the same DATA_KEY."
        ),
    )
    data.set_defaults(run=rotate_data)


def print_new(_options: argparse.Namespace) -> int:
    """A key on stdout, and nothing else there."""
    print(key_file.new_secret())
    told = said("Keep a copy where this machine's loss does not reach it.")
    sys.stderr.write(f"{told}\n")
    return 0


def rotate_chain(_options: argparse.Namespace) -> int:
    """Give the chain a new key beside the old ones."""
    settings = config.load()
    if settings.chain_key:
        raise SettingError(
            msgid(
                "CHAIN_KEY is set, so put the new key before the old one there, separated by a "
                "comma, and restart. Make one with: python -m face_rec keys new"
            )
        )
    path = key_file.key_path(settings.data_dir)
    count = len(key_file.rotate(path))
    print(
        said_many(
            "{file} holds {count} key now. Restart the app to sign with the new one.",
            "{file} holds {count} keys now. Restart the app to sign with the new one.",
            count, file=path,
        )
    )  # fmt: skip
    return 0


def _resealed(settings: config.Settings) -> Resealed:
    """Everything sealed with the current key; how far that is shows on stderr."""
    with (
        assembly.build_data_keys(settings) as resealing,
        tqdm(total=0, file=sys.stderr, desc=said("people"), disable=None) as bar,
    ):

        def show(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        return resealing.run(show)


def rotate_data(_options: argparse.Namespace) -> int:
    """Seal templates and pictures anew and say whether the old key can go."""
    settings = config.load()
    done = _resealed(settings)
    print(
        said(
            "Encrypted anew: templates of {people} people, {pictures} pictures, {secrets} secrets "
            "of authenticator apps.",
            people=done.people, pictures=done.pictures, secrets=done.secrets,
        )
    )  # fmt: skip
    if done.waiting:
        print(
            said_many(
                "{count} picture still waits to be stored and needs the old key. Keep it in "
                "DATA_KEY, and run this again when it is gone.",
                "{count} pictures still wait to be stored and need the old key. Keep it in "
                "DATA_KEY, and run this again when they are gone.",
                done.waiting,
            )
        )
        return 1
    assembly.forget_kept_writes(settings)  # it is sealed with them
    print(
        said(
            "Older keys are not needed any more here. If other machines keep pictures in folders "
            "of their own, run this on each; then take the older keys out of DATA_KEY and restart."
        )
    )
    return 0
