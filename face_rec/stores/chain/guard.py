"""Puts the chain together: its key, its streams, its witness, its watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from face_rec.stores.chain import key_file
from face_rec.stores.chain.chain_days import ChainDays
from face_rec.stores.chain.chain_records import Records
from face_rec.stores.chain.ledger import Streams
from face_rec.stores.chain.links import Chain
from face_rec.stores.chain.watch import ChainWatch
from face_rec.stores.journal.journal_seal import JournalSeal
from face_rec.stores.sealing import keyring
from face_rec.stores.witness.witness import PinFile, Witness
from face_rec.stores.witness.witness_log import Bucket, BucketLog, LogFolder

AUDIT, RULES = "audit", "rules"
"""The streams beside the marks and the people."""


@dataclass(frozen=True, slots=True)
class ChainOptions:
    """``key``: the setting CHAIN_KEY, or None for the file in ``data_dir``. ``bucket``: where
    the witness is copied to, or None."""

    data_dir: Path
    key: str | None = None
    bucket: Bucket | None = None


def open_chain(site: str, options: ChainOptions) -> Chain:
    """The chain of ``site``. Raises SettingError for a key that is too short, StoreError for a
    key file that cannot be read or made."""
    return Chain(site, keyring.derived(chain_secrets(options), "chain"))


def open_journal_seal(site: str, options: ChainOptions) -> JournalSeal:
    """Signs the journal's lines, with a key of its own from the same secret."""
    return JournalSeal(site, keyring.derived(chain_secrets(options), "journal"))


def open_watch(
    streams: Streams, options: ChainOptions, records: Sequence[Records] = ()
) -> ChainWatch:
    """The watch over what ``streams`` write; not started."""
    site = streams.chain.site
    copy = BucketLog(options.bucket, site) if options.bucket is not None else None
    pin = witness_pin(options.data_dir, site)
    witness = Witness(streams.chain, witness_folder(options.data_dir, site), pin, copy)
    return ChainWatch(
        streams.chain,
        ChainDays(streams.client, site),
        witness,
        records,
        written=streams.heads.drain,
        clock=streams.clock,
    )


def witness_folder(data_dir: Path, site: str) -> LogFolder:
    """The witness of ``site`` on this machine."""
    return LogFolder(data_dir / "witness" / site)


def witness_pin(data_dir: Path, site: str) -> PinFile:
    """How far the witness has come; beside the key, so that who can change it has that too."""
    return PinFile(data_dir / "keys" / f"witness-{site}.json")


def key_path(data_dir: Path) -> Path:
    """Where the generated key lies."""
    return data_dir / "keys" / "chain"


def chain_secrets(options: ChainOptions) -> Sequence[str]:
    """What the chain's keys are made of, the current one first."""
    if options.key:
        return keyring.split(options.key, "CHAIN_KEY")
    return key_file.load_or_make(key_path(options.data_dir))
