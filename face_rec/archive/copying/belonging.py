"""Whether the archive that answers is the one of this site, by what Redis says of it."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from face_rec.archive.copying.lists import Cursor, ListCopier
from face_rec.archive.tables.schema import sites
from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.chain.links import name_of
from face_rec.stores.left.left_days import LeftDays

_OWN: Final = msgid("Give this one a SITE of its own, or a database of its own.")


class Belonging:
    """Of one site. Safe from any thread; all of it may raise StoreUnavailable."""

    def __init__(self, source: ArchiveSource, left: LeftDays, lists: ListCopier) -> None:
        self._source = source
        self._left = left
        self._lists = lists

    def refuse_stranger(self, connection: sa.Connection, cursors: Mapping[str, Cursor]) -> None:
        """Raises StoreError where no list of the chain here begins as it does in Redis: what would
        be copied were mixed with the marks of others. For whoever holds a transaction."""
        compared = False
        for name in STREAMS:
            there = self._source.part(name, 0, 1)
            if not there or not cursors.get(name, Cursor()).length:
                continue
            if self._lists.first(connection, name) == there[0]:
                return
            compared = True
        if compared:
            raise StoreError(
                sentence(
                    "The archive holds another installation under the name {site}. "
                    "{own} If this is the same site and its Redis was begun anew: "
                    "restore a backup, or the archive (python -m face_rec archive "
                    "restore).",
                    site=repr(self._source.site),
                    own=_OWN,
                )
            )

    def shared(self, connection: sa.Connection) -> str:
        """Who says that another process copies, and it copies another Redis; "" where it does not.
        For whoever holds a transaction."""
        query = sa.select(sites.c.epoch).where(sites.c.site == self._source.site)
        theirs, ours = connection.execute(query).scalar(), self._source.epoch()
        if not theirs or not ours or theirs == ours:
            return ""
        return sentence(
            "Another installation copies into the archive under the name {site}, and this one is "
            "not archived. {own}",
            site=repr(self._source.site), own=_OWN,
        )  # fmt: skip

    def lacking(self, cursors: Mapping[str, Cursor]) -> str:
        """What is said where days have left Redis for an archive that is not this one, or is older
        than they are; "" where all are here."""
        left = self._left.where(self._left.all())
        lacks = sorted(
            day
            for day, where in left.items()
            if where.head and cursors.get(name_of(day), Cursor()).length < where.length
        )
        if not lacks:
            return ""
        return sentence(
            "{number} days that have left Redis are not in this archive, the first {day}. Put "
            "the archive's backup back, or let ARCHIVE_URL lead to where they are; no other day "
            "leaves Redis meanwhile.",
            number=len(lacks), day=lacks[0],
        )  # fmt: skip
