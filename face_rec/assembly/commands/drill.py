"""A backup tried out: restored beside the system that runs, and held against it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config import Settings
from face_rec.assembly.commands.commands import build_backups
from face_rec.assembly.storage.chain import open_alone
from face_rec.assembly.storage.drill_folder import drill_folder
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import open_complete
from face_rec.assembly.storage.sealing import chain_secrets
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.stores.backup.backup_file import Summary
from face_rec.stores.backup.backup_place import Place
from face_rec.stores.backup.comparison import Compared, Comparison, Side
from face_rec.stores.chain.key_file import key_path
from face_rec.stores.redis.embedded import EmbeddedRedis
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_report import Report
from face_rec.stores.verify.watch import ChainWatch


@dataclass(frozen=True, slots=True)
class Tried:
    """A restore that was tried out. ``compared`` is None where that was not asked for."""

    summary: Summary
    chain: Report
    compared: Compared | None


def try_restore(
    settings: Settings, place: Place, *, unsealed: bool = False, alone: bool = False
) -> Tried:
    """Restore a backup into a database of its own, which is in memory only and gone afterwards;
    check its chain and, unless ``alone``, hold it against the system that runs.

    Raises what a restore raises, and StoreError where there is nothing to hold it against.
    """
    if not settings.chain_key and not key_path(settings.data_dir).exists():
        raise StoreError(
            msgid(
                "The chain's key is not here, so the backup's chain cannot be "
                "checked. Put DATA_DIR's folder keys here, or set CHAIN_KEY."
            )
        )
    with ExitStack() as stack:
        apart = stack.enter_context(_apart(settings))
        with build_backups(apart) as backups:
            summary = backups.load(place, unsealed=unsealed)
        restored, chain, zone = _side(apart, stack)
        report = chain.verify()
        if alone:
            return Tried(summary, report, None)
        running, _, _ = _side(settings, stack)
        if not running.days.days() and not running.people.count():
            raise StoreError(
                msgid(
                    "There is no system here that the backup could be held "
                    "against. Run this where the app runs, or with --alone."
                )
            )
        made_at = summary.header.made_at
        compared = Comparison(restored, running, made_at, zone, SystemClock()).run()
        return Tried(summary, report, compared)


def _side(settings: Settings, stack: ExitStack) -> tuple[Side, ChainWatch, ZoneInfo]:
    """A database of the site for reading, its chain, and the time zone that is set there."""
    client = open_complete(settings, stack)
    streams, made = open_alone(settings, client, SystemClock())
    side = Side(
        client, ChainDays(client, settings.site, made.left), made.reader, made.rules, made.left
    )
    return side, made.watch, open_options(settings, streams).current().timezone


@contextmanager
def _apart(settings: Settings) -> Iterator[Settings]:
    """The settings of an empty system in ``DATA_DIR/drill``, whose Redis runs. What a drill that
    was killed has left goes first."""
    with ExitStack() as stack:
        folder = stack.enter_context(drill_folder(settings.data_dir))
        if folder is None:
            raise StoreError(msgid("Another backup is tested at this moment. Wait for it to end."))
        server = EmbeddedRedis(folder, kept=False)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server.start()
        stack.callback(server.stop)
        own = {
            "data_dir": folder, "chain_key": ",".join(chain_secrets(settings)),
            "redis_url": None, "redis_host": None, "redis_nodes": None, "redis_mode": "standalone",
            "redis_db": 0, "redis_wait_replicas": 0, "s3_bucket": None, "witness_bucket": None,
        }  # fmt: skip
        yield settings.model_copy(update=own)
