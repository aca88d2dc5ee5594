"""What may come in with a backup: a record is judged before anything is made of it.

A backup is a file, and a file may come from anybody. Sealed ones prove who made them; this is
for the others, and for what a sealed one should never hold either.
"""

import re
from typing import Final

from face_rec.domain.errors import BackupRefused
from face_rec.stores.backup.backup_keys import BackupKeys
from face_rec.stores.backup.records_reader import Record
from face_rec.stores.witness.witness_log import is_document_name

WITNESS: Final = "witness"
"""Kind of the records that hold a document of the chain's witness, which is not in Redis."""

MOST_ITEMS: Final = 1000  # a record; ours have 500
LARGEST_ITEM: Final = 256 << 10
"""Bytes; the largest thing of ours, a template with its metadata, has a few thousand."""

_ENTRY_ID: Final = re.compile(rb"\d{1,20}-\d{1,20}")
_WIDTH: Final = {"list": 1, "set": 1, "string": 1, "hash": 2}


class Admission:
    """Judges the records of a backup of ``site``."""

    def __init__(self, site: str) -> None:
        self._keys = BackupKeys(site)

    def __call__(self, record: Record) -> bool:
        """Whether to take ``record``; False for what an older version put in needlessly.

        Raises BackupRefused for what no backup of this app holds.
        """
        if record.kind != WITNESS and self._keys.left_out(record.key):
            return False
        expected = WITNESS if is_document_name(record.key) else self._keys.kind(record.key)
        if record.kind != expected:
            raise _refused(f"{_shown(record.key)} of kind {_shown(record.kind)}")
        if not _well_formed(record):
            raise _refused(f"values of {_shown(record.key)} that are too many, large or odd")
        return True


def _well_formed(record: Record) -> bool:
    if len(record.items) > MOST_ITEMS or (record.kind == "string" and _several(record)):
        return False
    if any(len(part) > LARGEST_ITEM for item in record.items for part in item):
        return False
    if record.kind == WITNESS:
        return all(len(item) == 1 for item in record.items)
    if record.kind == "stream":
        return all(
            len(item) > 2 and len(item) % 2 == 1 and _ENTRY_ID.fullmatch(item[0])
            for item in record.items
        )
    return all(len(item) == _WIDTH[record.kind] for item in record.items)


def _several(record: Record) -> bool:
    return len(record.items) > 1 or not record.first


def _refused(what: str) -> BackupRefused:
    return BackupRefused(
        f"The backup holds {what}, which no backup of this app holds: somebody else made or "
        "changed it. Take another one. Nothing was written."
    )


def _shown(text: str) -> str:
    return repr(text[:80])
