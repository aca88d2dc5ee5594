"""The records of a backup: which keys of a site it holds, of which kind each is, which it leaves
out, and what may come in with one.

Reading and restoring go by the same table: what a backup may bring is what this app writes, and
nothing else, whoever made the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from face_rec.domain.errors import BackupRefused
from face_rec.languages.sentence import sentence
from face_rec.stores.witness.witness_log import is_document_name

_DAY: Final = r"\{SITE\|\d{4}-\d{2}-\d{2}\}"
_SITE: Final = r"\{SITE\}"

_HELD: Final[Mapping[str, str]] = {
    rf"attendance:{_DAY}": "list",
    rf"seen:{_DAY}": "set",
    rf"last:{_DAY}": "hash",
    rf"head:{_DAY}": "string",
    rf"beats:{_DAY}": "hash",
    rf"left:{_DAY}": "string",
    rf"person:{_SITE}:[A-Za-z0-9_.-]{{1,64}}": "hash",
    rf"person-keys:{_SITE}": "hash",
    rf"rules:{_SITE}(:[a-z_-]{{1,32}})?": "hash",
    rf"access:{_SITE}:(last:)?[a-z-]{{1,32}}": "hash",
    rf"chain:{_SITE}:[a-z]{{1,32}}": "list",
    rf"head:{_SITE}:[a-z]{{1,32}}": "string",
    rf"audit:{_SITE}": "stream",
    rf"refused:{_SITE}:[a-z.-]{{1,32}}": "stream",
    rf"refused:{_SITE}": "hash",
    rf"options:{_SITE}": "hash",
    rf"privacy:{_SITE}": "hash",
    rf"model-change:{_SITE}(:failed)?": "hash",
}
"""By the whole key."""

_LEFT_OUT: Final = (
    rf"(ids|revision|changes|restoring|schema):{_SITE}",  # made anew
    rf"access:{_SITE}:key",  # made anew
    rf"coming:{_DAY}:.*",  # on its way back from the archive
    rf"notices:{_SITE}:.*",  # what was on its way then was told since
    rf"cameras:{_SITE}:.*",  # who serves which, and how each is, is said anew
    rf"invited:{_SITE}:.*",  # so are faces of who is not approved
    rf"gallery-files:{_SITE}",  # a file that is put back would open with it again
    rf"vectors:{_SITE}:.*",  # what is put back begins another index of vectors
    rf"strangers:{_SITE}:.*",  # forgotten within days, and so not kept in files for years
    rf"missed:{_SITE}:.*",  # so are counts of who was missed
    # Of the moment, and secrets of it:
    rf"(session|sessions|link|once|tries|attempts|turn|offline):{_SITE}:.*",
)


WITNESS: Final = "witness"
"""Kind of the records that hold a document of the chain's witness, which is not in Redis."""

MOST_ITEMS: Final = 1000  # a record; ours have 500
LARGEST_ITEM: Final = 256 << 10
"""Bytes; the largest thing of ours, a template with its metadata, has a few thousand."""

_ENTRY_ID: Final = re.compile(rb"\d{1,20}-\d{1,20}")
_WIDTH: Final = {"list": 1, "set": 1, "string": 1, "hash": 2}


@dataclass(frozen=True, slots=True)
class Record:
    """Items of one key. ``first``: whether they replace what earlier records said of it.

    ``kind`` is Redis' type, ``items`` are single values (list, set, string) or pairs (hash),
    or an entry's id with its fields and values in turn (stream). No items: the key is gone.
    """

    key: str
    kind: str
    items: tuple[tuple[bytes, ...], ...]
    first: bool = True


class BackupKeys:
    """The table for one site."""

    def __init__(self, site: str) -> None:
        name = re.escape(site)
        self._held = [
            (re.compile(shape.replace("SITE", name)), kind) for shape, kind in _HELD.items()
        ]
        self._left_out = [re.compile(shape.replace("SITE", name)) for shape in _LEFT_OUT]

    def kind(self, key: str) -> str | None:
        """Redis' type of ``key``; None where no backup holds such a key."""
        if self.left_out(key):
            return None
        return next((kind for shape, kind in self._held if shape.fullmatch(key)), None)

    def left_out(self, key: str) -> bool:
        """Whether this is a key of ours that no backup needs; older ones may hold it."""
        return any(shape.fullmatch(key) for shape in self._left_out)


class Admission:
    """What may come in with a backup of ``site``, looked at before anything is made of it.

    A backup is a file, and a file may come from anybody. Sealed ones prove who made them; this
    is for the others, and for what a sealed one should never hold either.
    """

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
            raise _refused(
                sentence("{key} of kind {kind}", key=_shown(record.key), kind=_shown(record.kind))
            )
        if not _well_formed(record):
            raise _refused(
                sentence("values of {key} that are too many, large or odd", key=_shown(record.key))
            )
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
        sentence(
            "The backup holds {what}, which no backup of this app holds: somebody else made or "
            "changed it. Take another one. Nothing was written.",
            what=what,
        )
    )


def _shown(text: str) -> str:
    return repr(text[:80])
