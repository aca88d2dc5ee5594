"""Days that have left Redis for the archive: where their lists are, and how they come back.

A day is in Redis, or there is a note of the head with which it left, never neither: both change
in one script, in one slot. What is appended to such a day (a correction, a mark that came late)
brings it back first; it leaves again when it was archived, verified and witnessed anew.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from face_rec.domain.errors import ArchiveAway, ArchiveUnread, StoreError, StoreUnavailable
from face_rec.domain.marks import Event, is_mark
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.archive import ArchivedDays
from face_rec.settings.archive import LEAST_DAYS
from face_rec.stores.attendance import event_codec
from face_rec.stores.left.left_note import Note, note_of, read_note
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

_LEAVE: Final = Script("leave_day")
_RETURN: Final = Script("return_day")
_AT_ONCE: Final = 1000
_ASKED_FOR: Final = 600.0  # seconds between two looks at the clock of Redis
_SECONDS: Final = 600  # what comes back and never takes its place is gone then
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Where:
    """A day's length, and the head with which it left; "" where it is in Redis."""

    length: int
    head: bytes


class ArchiveUnset(ArchiveUnread):
    """A day has left for an archive, and the settings name none."""


class NoArchive:
    """An ``ArchivedDays`` for a site that names none: its days are all in Redis, or it should."""

    def entries(self, utc_day: date) -> list[bytes]:
        raise ArchiveUnset(
            sentence(
                "The marks of {utc_day} have left Redis for the archive. Set ARCHIVE_URL to it.",
                utc_day=utc_day,
            )
        )

    def days_of(self, subject: str) -> Sequence[date]:  # noqa: ARG002
        raise ArchiveUnset(msgid("Days have left Redis for the archive. Set ARCHIVE_URL to it."))

    def forget(self, subject: str) -> int:  # noqa: ARG002
        return 0

    def close(self) -> None: ...


class LeftDays:
    """Those of one site. Safe from any thread; all of it may raise StoreUnavailable."""

    def __init__(self, client: Client, site: str, archive: ArchivedDays | None = None) -> None:
        self.site = site
        self.archive = archive or NoArchive()
        self._client = client
        self._clock: tuple[float, float] | None = None

    @redis_errors()
    def where(self, days: Sequence[date]) -> dict[date, Where]:
        """Of days whose lists were just found empty: those that have left, or came back since, in
        one round trip; none is asked where no day is old enough."""
        young = self._young() if days else date.min
        asked = [day for day in days if day < young]
        if not asked:
            return {}
        pipeline = self._client.pipeline(transaction=False)
        for day in asked:
            pipeline.get(keys.left(self.site, day))
            pipeline.llen(keys.attendance(self.site, day))
        answers = pipeline.execute()
        found = zip(asked, map(read_note, answers[::2]), answers[1::2], strict=True)
        told = {
            day: Where(note.length, note.head) if note else Where(back, b"")
            for day, note, back in found
        }
        return {day: one for day, one in told.items() if one.length}

    def _young(self) -> date:
        """A day from which on none has left. Redis lets days go by its own clock; that of this
        machine may be far behind, and a day that has left must never be shown empty."""
        now = time.monotonic()
        if self._clock is None or now - self._clock[0] > _ASKED_FOR:
            self._clock = now, float(cast("Any", self._client.time())[0])
        asked_at, there = self._clock
        theirs = datetime.fromtimestamp(there + now - asked_at, UTC)
        return max(theirs, datetime.now(UTC)).date() - timedelta(days=LEAST_DAYS - 2)

    @redis_errors()
    def list_or_left(self, day: date) -> tuple[list[bytes], Note | None]:
        """The list in Redis, and the note with which it left, as of one moment."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.lrange(keys.attendance(self.site, day), 0, -1)
        pipeline.get(keys.left(self.site, day))
        entries, note = pipeline.execute()
        return list(entries), read_note(note)

    def entries(self, day: date) -> list[bytes]:
        """The day's list, wherever it is."""
        found, note = self.list_or_left(day)
        return found if found or note is None else self.archived(day, note)

    def archived(self, day: date, note: Note) -> list[bytes]:
        """The list of a day that left with ``note``. Raises ArchiveUnread where the archive has
        less or other entries, ArchiveAway while it cannot be read."""
        try:
            found = self.archive.entries(day)
        except StoreUnavailable as error:
            raise ArchiveAway(
                sentence(
                    "The marks of {day} have left Redis for the archive, which "
                    "cannot be read now. {error} Try again when it answers; newer "
                    "days are not touched by that.",
                    day=day,
                    error=error.said,
                )
            ) from error
        if len(found) < note.length:
            raise ArchiveUnread(
                sentence(
                    "The archive has {number} of the {length} entries of {day}, "
                    "which left Redis for it. Put the archive's backup back.",
                    number=len(found),
                    length=note.length,
                    day=day,
                )
            )
        if not note.fits(found[: note.length]):
            raise ArchiveUnread(
                sentence(
                    "The archive's entries of {day} are not those that left Redis "
                    "for it: somebody has changed them there. python -m face_rec "
                    "archive verify says which. Put the archive's backup back.",
                    day=day,
                )
            )
        return found[: note.length]

    def archived_days_of(self, subject: str) -> Sequence[date]:
        """The days on which the archive has a mark of theirs; none where nothing has left. Raises
        ArchiveAway, ArchiveUnread."""
        if not self.all():
            return ()
        try:
            return self.archive.days_of(subject)
        except StoreUnavailable as error:
            raise ArchiveAway(
                sentence(
                    "The archive cannot be asked for days that left Redis. {error}",
                    error=error.said,
                )
            ) from error

    @redis_errors()
    def all(self) -> list[date]:
        """Every day that has left; looks through all keys of the database."""
        found = self._client.scan_iter(match=keys.all_left(self.site), count=1000)
        return sorted(keys.day_of(key.decode()) for key in found)

    @redis_errors()
    def leave(self, day: date, entries: Sequence[bytes], head: bytes) -> bool:
        """Take the day out of Redis, if it is still as long as ``entries`` and ends with ``head``.
        Whoever asks has compared it with the archive."""
        note = note_of(head, entries).value
        least = (day - _EPOCH.date() + timedelta(days=LEAST_DAYS)).days * 86400
        answer = _LEAVE.run(self._client, self._keys(day), [len(entries), head, least, note])
        return bool(answer[0] == b"done")

    @redis_errors()
    def bring_back(self, day: date) -> None:
        """Have the day in Redis again, all at once, from the archive."""
        stored: Any = self._client.get(keys.left(self.site, day))  # whatever this clock says
        note = read_note(stored)
        if note is None:
            return
        entries, token = self.archived(day, note), secrets.token_hex(8)
        names = [keys.coming(self.site, day, token, w) for w in ("list", "seen", "last")]
        for start in range(0, len(entries), _AT_ONCE):
            self._send(names, entries[start : start + _AT_ONCE])
        marks = dict(last_of(entries))
        for start in range(0, len(marks), _AT_ONCE):
            some = dict(list(marks.items())[start : start + _AT_ONCE])
            pipeline: Any = self._client.pipeline(transaction=True)
            pipeline.hset(names[2], mapping=some)
            pipeline.expire(names[2], _SECONDS)
            pipeline.execute()
        said = [stored, len(entries), note.head]
        if _RETURN.run(self._client, [*self._keys(day), *names], said)[0] == b"written":
            raise StoreError(
                sentence(
                    "{day} has left Redis for the archive, and yet has marks in "
                    "Redis: a version that does not know of such days wrote them. "
                    "Update every process of the site.",
                    day=day,
                )
            )

    def _send(self, names: Sequence[str], entries: Sequence[bytes]) -> None:
        ids = ids_of(entries)
        pipeline: Any = self._client.pipeline(transaction=True)
        pipeline.rpush(names[0], *entries)
        pipeline.expire(names[0], _SECONDS)
        if ids:
            pipeline.sadd(names[1], *ids)
            pipeline.expire(names[1], _SECONDS)
        pipeline.execute()

    def _keys(self, day: date) -> list[str]:
        names = (keys.attendance, keys.seen, keys.last, keys.head, keys.left)
        return [name(self.site, day) for name in names]


def ids_of(entries: Sequence[bytes]) -> list[str]:
    """The members of ``seen``: the ids of the day's events."""
    return [event.id for raw in entries if (event := event_codec.read(raw)) is not None]


def last_of(entries: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    """The fields of ``last``: each subject's newest mark, and the others."""
    times: dict[str, list[int]] = defaultdict(list)
    for raw in entries:
        event: Event | None = event_codec.read(raw)
        if event is not None and is_mark(event.kind):
            times[event.subject].append((event.at - _EPOCH) // timedelta(microseconds=1))
    for subject, some in times.items():
        newest, *others = sorted(some, reverse=True)
        yield subject, str(newest)
        if others:
            yield keys.other_marks(subject), " ".join(map(str, others))
