"""Puts the chain together: its key, its witnesses, its watch."""

from dataclasses import dataclass
from pathlib import Path

from face_rec.clock import Clock
from face_rec.protocols import SnapshotStore
from face_rec.stores import key_file, keyring
from face_rec.stores.attendance import RedisAttendance
from face_rec.stores.chain import Chain
from face_rec.stores.chain_days import ChainDays
from face_rec.stores.chain_watch import ChainWatch
from face_rec.stores.client import Client
from face_rec.stores.witness import BucketShelf, FolderShelf, Shelf, Witness


@dataclass(frozen=True, slots=True)
class ChainOptions:
    """``key``: the setting CHAIN_KEY, or None for the file in ``data_dir``. ``bucket``: where
    a second witness is kept, or None."""

    data_dir: Path
    key: str | None = None
    bucket: SnapshotStore | None = None


def open_chain(site: str, options: ChainOptions) -> Chain:
    """The chain of ``site``. Raises SettingError for a key that is too short, StoreError for a
    key file that cannot be read or made."""
    if options.key:
        secrets = keyring.split(options.key, "CHAIN_KEY")
    else:
        secrets = key_file.load_or_make(key_path(options.data_dir))
    return Chain(site, keyring.derived(secrets, "chain"))


def open_watch(
    client: Client, chain: Chain, attendance: RedisAttendance, clock: Clock, options: ChainOptions
) -> ChainWatch:
    """The watch over what ``attendance`` writes; not started."""
    days = ChainDays(client, attendance.site)
    shelves: list[Shelf] = [witness_folder(options.data_dir, attendance.site)]
    if options.bucket is not None:
        shelves.append(BucketShelf(options.bucket, attendance.site))
    witnesses = [Witness(shelf) for shelf in shelves]
    return ChainWatch(chain, days, witnesses, written=attendance.heads.drain, clock=clock)


def witness_folder(data_dir: Path, site: str) -> FolderShelf:
    """The witness of ``site`` on this machine."""
    return FolderShelf(data_dir / "witness" / site)


def key_path(data_dir: Path) -> Path:
    """Where the generated key lies."""
    return data_dir / "keys" / "chain"
