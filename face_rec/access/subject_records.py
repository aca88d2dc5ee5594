"""Records of which each holds what is kept of one person, and is gone with them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from face_rec.access.storage import Records
from face_rec.domain.errors import Conflict
from face_rec.languages.language import msgid
from face_rec.retry import until_first

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")
_TRIES = 20


class SubjectRecords(Generic[Record]):
    """By subject. Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, records: Records[Record], blank: Callable[[str], Record]) -> None:
        """``blank``: the record of somebody of whom nothing is kept; the first one that is
        written has version 1."""
        self._records = records
        self._blank = blank

    def of(self, subject: str) -> Record:
        return self._records.get(subject) or self._blank(subject)

    def all(self) -> list[Record]:
        """Of everybody of whom something is kept."""
        return self._records.all()

    def change(self, subject: str, change: Callable[[Record], Record]) -> Record:
        """Write what ``change`` makes of it; it is asked again where somebody was faster. Where
        nothing is kept (any more: they were erased), nothing is written."""
        return until_first(partial(self._changed, subject, change), tries=_TRIES)

    def add(self, subject: str, change: Callable[[Record], Record]) -> Record:
        """The same, and begin where nothing is kept yet."""
        return until_first(partial(self._added, subject, change), tries=_TRIES)

    def remove(self, subject: str) -> None:
        self._records.remove(subject)

    def _changed(self, subject: str, change: Callable[[Record], Record]) -> Record:
        before = self._records.get(subject)
        return self._blank(subject) if before is None else self._records.update(change(before))

    def _added(self, subject: str, change: Callable[[Record], Record]) -> Record:
        before = self._records.get(subject)
        after = change(before or self._blank(subject))
        if before is not None:
            return self._records.update(after)
        if not self._records.create(after):
            raise Conflict(msgid("Somebody else was faster. Try again."))
        return replace(after, version=1)
