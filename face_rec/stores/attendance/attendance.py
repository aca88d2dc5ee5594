"""Attendance events in Redis: one list a UTC day, appended by one atomic script."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from face_rec.domain.errors import ArchiveAway, NotReplicated, StoreError, StoreUnavailable
from face_rec.domain.marks import Event, Outcome, Receipt, is_mark
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.attendance import event_codec, joined_marks, usual_lines
from face_rec.stores.attendance.joined_marks import EPOCH, microseconds
from face_rec.stores.chain.links import Chain, DayHeads, Head, Links, told_head
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script

log = logging.getLogger(__name__)

_MARK = Script("mark")
_MARKED: Final = b"marked"
_REPEATED: Final = b"repeated"
_MOVED: Final = b"moved"
_LEFT: Final = b"left"
_NEVER: Final = Head(-1, b"never")  # no list has this length: nothing is appended
_DAY = timedelta(days=1)
_LONGEST: Final = 0.5
"""Seconds after which a person who stands there waits for no further try; the replay does."""
_ASKED_AGAIN: Final = {True: 1.0, False: 15.0}
"""Seconds after which replicas that were missing are waited for again: by replays, by people."""

_AWAY: Final = msgid("The marks of {utc_day} lie in the archive. Set ARCHIVE_URL to it.")
_CROWDED: Final = msgid(
    "Too many kiosks write at the same moment. The event stays in the journal and is sent again; "
    "no step is needed unless this stays."
)
_LOST: Final = msgid(
    "Redis lost an event while its replicas were waited for. It stays in the journal and is sent "
    "again; no step is needed unless this stays."
)
_FEW: Final = msgid(
    "Only {reached} of {wanted} replicas confirmed an event. It stays in the journal and is sent "
    "again; check the replicas or REDIS_WAIT_REPLICAS."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What ``mark.lua`` is asked to append. ``line``: the event as it is stored; ``names``: of the
    keys of its day; ``cooldown``: seconds; ``beside``: times of marks on the days beside."""

    event: Event
    line: bytes
    names: Sequence[str]
    cooldown: float
    beside: bytes

    def arguments(self) -> list[Argument]:
        """ARGV, for an event that carries no link."""
        return self._made(self.line, "", 0, "")

    def linked(self, entry: bytes, before: Head, after: Head) -> list[Argument]:
        """ARGV, for the event as the ``entry`` that leads the chain from one head to the other."""
        return self._made(entry, after.value, before.length, before.value)

    def _made(self, entry: bytes, *link: Argument) -> list[Argument]:
        event = self.event
        return [
            event.id, entry, event.subject, microseconds(event.at),
            round(self.cooldown * 1_000_000), self.beside, int(is_mark(event.kind)),
            *link, keys.other_marks(event.subject),
        ]  # fmt: skip


class RedisAttendance:
    """An ``AttendanceStore``. Safe to call from several threads and processes at once.

    ``wait_replicas``: how many replicas must have an event before it counts as kept;
    short of that NotReplicated is raised although the master has it, so that the day shows
    it, and a later replay of the event finishes the job. Replicas that were missing are not
    waited for by each event anew.

    With a ``chain`` every event is linked to the one before it, so that a later change
    shows; :attr:`heads` knows which days were written.

    Two marks of one subject on both sides of UTC midnight lie in two cluster slots: the
    cooldown between them is read first and not atomic, so two kiosks within the same
    milliseconds there may both mark. A version before 0.4 beside this one notes the newest mark
    only, so that what it marked earlier in the day is not seen by a replay.
    """

    def __init__(
        self,
        client: Client,
        site: str,
        wait_replicas: int = 0,
        chain: Chain | None = None,
        heads: DayHeads | None = None,
    ) -> None:
        self.site = site
        self._client = client
        self._wait_replicas = wait_replicas
        self._chain = chain
        self.heads = heads or DayHeads()
        self._missed = float("-inf")  # monotonic time at which replicas were missing last

    @redis_errors()
    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        """Append ``event`` in one atomic step, or say why not (see ``AttendanceStore``).

        Cooldown in seconds. An event that comes late and out of order is held against the marks
        around its own time, and does not take the place of the newest mark. A day that has left
        Redis comes back for a ``replay``; else ArchiveAway is raised.
        """
        asked = self._asked(event, cooldown, replay or event.source.late)
        until = float("inf") if replay else time.monotonic() + _LONGEST
        outcome, standing = self._append(asked, until)
        if outcome == _LEFT and not replay:
            # Somebody may stand there, and others wait behind them: the archive may be slow.
            raise ArchiveAway(msgid("The day lies in the archive. The replay brings it back."))
        if outcome == _LEFT:
            self._come_back(event.utc_day)
            outcome, standing = self._append(asked, until)
        if outcome == _LEFT:
            raise StoreUnavailable(msgid("The day left again just now. Try once more."))
        receipt = Receipt(event, Outcome(outcome.decode()), _moment(standing))
        if self._wait_replicas and not receipt.already:
            self._wait(asked, _ASKED_AGAIN[replay])
        return receipt

    @redis_errors()
    def day(self, utc_day: date) -> list[Event]:
        """The events of one UTC day in order of arrival."""
        found, malformed = event_codec.read_all(self._entries([utc_day])[0])
        _warn(utc_day, len(malformed))
        return found

    @redis_errors()
    def part(self, utc_day: date, start: int, end: int) -> list[Event | None]:
        """Entries ``start`` to ``end`` (not included) in order of arrival; None: no event."""
        found = [event_codec.read(entry) for entry in self._listed(utc_day, start, end)]
        _warn(utc_day, found.count(None))
        return found

    @redis_errors()
    def raw(self, utc_day: date, start: int, end: int) -> list[bytes]:
        """The same as they are stored."""
        return self._listed(utc_day, start, end)

    glance = staticmethod(usual_lines.parts)

    @redis_errors()
    def joined(self, event: Event, stands_at: datetime) -> None:
        joined_marks.note(self._client, self.site, event, stands_at)

    @redis_errors()
    def missing(self, events: Sequence[Event]) -> list[Event]:
        """Those of ``events`` that are not here (any more), nor joined to another mark, in one
        round trip."""
        of_days: dict[date, list[Event]] = {}
        for event in events:
            of_days.setdefault(event.utc_day, []).append(event)
        pipeline: Any = self._client.pipeline(transaction=False)
        for day, some in of_days.items():
            names = [*(event.id for event in some), *map(joined_marks.member, some)]
            pipeline.smismember(keys.seen(self.site, day), names)
        there = {
            event.id
            for some, answers in zip(of_days.values(), pipeline.execute(), strict=True)
            for event, known in zip([*some, *some], answers, strict=True)
            if known
        }
        return [event for event in events if event.id not in there]

    def length(self, utc_day: date) -> int:
        return self.lengths([utc_day])[0]

    @redis_errors()
    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        """Entries of each day, malformed ones included, in one round trip."""
        pipeline = self._client.pipeline(transaction=False)
        for day in utc_days:
            pipeline.llen(keys.attendance(self.site, day))
        return [int(length) for length in pipeline.execute()] if utc_days else []

    @redis_errors()
    def malformed(self, utc_day: date) -> list[str]:
        """Entries that are not events, readable as far as they go."""
        malformed = event_codec.read_all(self._entries([utc_day])[0])[1]
        return [raw.decode(errors="replace") for raw in malformed]

    def _append(self, asked: _Asked, until: float) -> tuple[bytes, Any]:
        """Run the script, again while others are faster and it is not ``until`` (monotonic
        seconds); outcome and standing mark."""
        if self._chain is None:
            outcome, standing = _MARK.run(self._client, asked.names, asked.arguments())
            return outcome, standing
        links = Links(self._chain, self.heads, asked.event.utc_day, asked.line)
        with self.heads.turn():
            for entry, before, after in links.tries():
                answer = _MARK.run(self._client, asked.names, asked.linked(entry, before, after))
                if answer[0] != _MOVED:
                    if answer[0] == _MARKED:
                        links.made(after)
                    return answer[0], answer[1]
                links.moved(told_head(answer))
                if time.monotonic() >= until:
                    break
        raise StoreUnavailable(_CROWDED)

    def _asked(self, event: Event, cooldown: float, late: bool) -> _Asked:
        names = (keys.attendance, keys.seen, keys.last, keys.head, keys.left)
        return _Asked(
            event,
            event_codec.encode(event),
            [name(self.site, event.utc_day) for name in names],
            cooldown,
            self._beside(event, cooldown, late) if is_mark(event.kind) else b"",
        )

    def _beside(self, event: Event, cooldown: float, late: bool) -> bytes:
        """Times of the subject's marks on the UTC days beside, where the cooldown reaches there:
        the newest of the day before, and for what comes late all of the day after."""
        day, reach = event.utc_day, timedelta(seconds=cooldown)
        times: list[bytes | None] = []
        if _utc_day(event.at - reach) < day:
            before = keys.last(self.site, day - _DAY)
            times.append(cast("bytes | None", self._client.hget(before, event.subject)))
        if late and _utc_day(event.at + reach) > day:
            fields = [event.subject, keys.other_marks(event.subject)]
            after = keys.last(self.site, day + _DAY)
            times += cast("list[bytes | None]", self._client.hmget(after, fields))
        return b" ".join(filter(None, times))

    def _come_back(self, utc_day: date) -> None:
        """Have a day in Redis again that has left it. Raises StoreError."""
        raise StoreError(sentence(_AWAY, utc_day=utc_day))

    def _wait(self, asked: _Asked, again: float) -> None:
        """Have the event, which the master has, on the replicas too.

        It is applied again, which changes nothing, on the connection that then waits. Where
        a failover lost it meanwhile it must not come in without a link: the replay brings it.
        """
        if time.monotonic() - self._missed < again:
            raise self._not_replicated(0)
        chained = self._chain is not None
        arguments = asked.linked(b"", _NEVER, _NEVER) if chained else asked.arguments()
        answer, reached = _MARK.run_and_wait(
            self._client, asked.names, arguments, self._wait_replicas
        )
        if answer[0] not in {_MARKED, _REPEATED}:
            raise StoreUnavailable(_LOST)
        if reached < self._wait_replicas:
            self._missed = time.monotonic()
            raise self._not_replicated(reached)
        self._missed = float("-inf")

    def _not_replicated(self, reached: int) -> NotReplicated:
        return NotReplicated(sentence(_FEW, reached=reached, wanted=self._wait_replicas))

    def _listed(self, utc_day: date, start: int, end: int) -> list[bytes]:
        if end <= start:  # to Redis an end of -1 is the list's
            return []
        name = keys.attendance(self.site, utc_day)
        return cast("list[bytes]", self._client.lrange(name, start, end - 1))

    def _entries(self, days: Sequence[date]) -> list[list[bytes]]:
        pipeline = self._client.pipeline(transaction=False)
        for day in days:
            pipeline.lrange(keys.attendance(self.site, day), 0, -1)
        return cast("list[list[bytes]]", pipeline.execute())


def _warn(utc_day: date, malformed: int) -> None:
    if malformed:
        log.warning("events_malformed day=%s count=%d", utc_day, malformed)


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _moment(microseconds: Any) -> datetime | None:  # noqa: ANN401
    return EPOCH + timedelta(microseconds=int(microseconds)) if microseconds else None
