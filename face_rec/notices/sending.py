"""Takes what is due to where it goes: each at least once, and the same under the same name."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

import httpcore

from face_rec.background import task
from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError, NoticeRefused, StoreError
from face_rec.domain.notice import About, Notice, NoticeKind
from face_rec.domain.people import Person
from face_rec.notices import message
from face_rec.notices.channel import Channel, ChannelKind, Target
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Outcome, next_try
from face_rec.notices.sorting import People
from face_rec.notices.webhook import Answer

log = logging.getLogger(__name__)

_AT_ONCE: Final = 1000
_TAKEN: Final = 300
"""Deliveries at a time: as many as a digest may hold, of which all are due at one moment."""
_OF_ONE: Final = 8
"""Sent at the same time by one channel."""
_IN_LINE: Final = 200
"""Waiting for that: a channel that hangs keeps so many of the places, and no more."""
_LEASE: Final = timedelta(minutes=2)
_PATIENCE: Final = 60.0
"""Seconds to wait in line; well within the lease, or another process would send the same."""
_BUSY: Final = timedelta(seconds=30)
_OFF: Final = timedelta(minutes=10)
_TOO_OLD: Final = timedelta(days=3)
_EVERY: Final = 1.0
_NO_ANSWER: Final = (TimeoutError, httpcore.TimeoutException, httpcore.ProtocolError)


class Webhook(Protocol):
    """Sends to a program; see :class:`face_rec.notices.webhook.Webhooks`."""

    async def send(
        self, target: Target, name: str, at: datetime, said: dict[str, object]
    ) -> None: ...


class Message(Protocol):
    """Sends to people; see :class:`face_rec.notices.message.Messages`."""

    async def send(self, address: str, title: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What notices are put into words with: the people, the site's title and zone, and what a
    kiosk is called."""

    people: People
    title: Callable[[], str]
    zone: Callable[[], tzinfo]
    kiosk: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Job:
    """What goes out together: one delivery, or a digest of them."""

    channel: str
    deliveries: tuple[Delivery, ...]


class Sending:
    """Sends until it is stopped; on one event loop."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        told: Told,
        clock: Clock,
        *,
        webhooks: Webhook,
        messages: Message,
    ) -> None:
        self._channels = channels
        self._outbox = outbox
        self._told = told
        self._clock = clock
        self._webhooks = webhooks
        self._messages = messages
        self._in_line: Counter[str] = Counter()
        self._lines: dict[str, asyncio.Semaphore] = {}

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Whatever is under way when it stops is sent again by the next process: nobody is told
        that it went out before the receiver has said so."""
        tasks: set[asyncio.Task[None]] = set()
        while not stopping():
            begun = await self._begin(tasks)
            if not begun:
                await asyncio.sleep(_EVERY)
        for one in tasks:
            one.cancel()

    async def try_out(self, channel: Channel) -> str:
        """Send a test now, whether it is switched on or not; why it did not go, or ""."""
        now = self._clock.now()
        name = f"test.{secrets.token_hex(6)}"
        notice = Notice(name, NoticeKind.TEST, now, details="it works")
        job = _Job(channel.id, (Delivery(f"{channel.id}:{notice.id}", channel.id, "", notice),))
        try:
            return await self._tried(channel, job) or ""
        except Answer as answer:
            return str(answer)
        except Exception as error:
            return _words(error)

    async def _begin(self, tasks: "set[asyncio.Task[None]]") -> int:
        if len(tasks) >= _AT_ONCE:
            return 0
        try:
            found = await asyncio.to_thread(self._outbox.take, self._clock.now(), _LEASE, _TAKEN)
        except StoreError as error:
            log.info("notices_wait reason=%s", type(error).__name__)
            return 0
        for job in _jobs(found):
            made = task(f"notice-{job.channel}", self._one(job))
            tasks.add(made)
            made.add_done_callback(tasks.discard)
        return len(found)

    async def _one(self, job: _Job) -> None:
        if self._in_line[job.channel] >= _IN_LINE:
            await self._hold(job, self._clock.now() + _BUSY)
            return
        begun = self._clock.monotonic()
        self._in_line[job.channel] += 1
        try:
            async with self._lines.setdefault(job.channel, asyncio.Semaphore(_OF_ONE)):
                if self._clock.monotonic() - begun > _PATIENCE:
                    await self._hold(job, self._clock.now())
                else:
                    await self._send(job)
        finally:
            self._in_line[job.channel] -= 1

    async def _send(self, job: _Job) -> None:
        channel = await asyncio.to_thread(self._channels.get, job.channel)
        if channel is None:
            await self._settle(job, "the channel was removed")
        elif not channel.active:
            await self._while_off(job)
        else:
            await self._out(channel, job)

    async def _out(self, channel: Channel, job: _Job) -> None:
        try:
            problem = await self._tried(channel, job)
        except Answer as answer:
            problem = str(answer)
            if answer.gone:
                why = "the receiver answered 410: it does not want to be told any more"
                await asyncio.to_thread(self._channels.switch, channel.id, active=False, why=why)
        except (FaceRecError, OSError, httpcore.NetworkError, *_NO_ANSWER) as error:
            problem = _words(error)
        except Exception as error:  # a plugin, or the receiver's answer, may raise anything
            log.warning("notice_not_sent channel=%s", channel.id, exc_info=True)
            problem = type(error).__name__
        if problem is None or not problem:
            await self._settle(job, "" if problem is None else "there is nobody to tell of")
        else:
            await self._later(job, problem)

    async def _tried(self, channel: Channel, job: _Job) -> str | None:
        """None: it is out; "": what it was about is gone."""
        target = await asyncio.to_thread(self._channels.target, channel)
        notices = [one.notice for one in job.deliveries]
        people = await asyncio.to_thread(
            self._told.people, [one.subject for one in notices if one.subject]
        )
        if channel.kind is ChannelKind.WEBHOOK:
            (notice,) = notices
            said = as_json(notice, people.get(notice.subject))
            await self._webhooks.send(target, notice.id, self._clock.now(), said)
            return None
        here = [one for one in notices if _is_told(one, people.get(one.subject))]
        if not here:
            return ""
        zone = self._told.zone()
        lines = [
            message.line(one, people.get(one.subject), self._named(one.kiosk), zone)
            for one in sorted(here, key=lambda one: one.at)
        ]
        text = message.body(lines, here[0].at.astimezone(zone))
        await self._messages.send(target.address, message.heading(self._told.title(), here), text)
        return None

    def _named(self, kiosk: str) -> str:
        return self._told.kiosk(kiosk) if kiosk else ""

    # --- what became of it

    async def _settle(self, job: _Job, problem: str) -> None:
        now = self._clock.now()
        for one in job.deliveries:
            outcome = Outcome(now, one.channel, one.notice, problem)
            await asyncio.to_thread(self._outbox.settle, one, outcome)

    async def _later(self, job: _Job, problem: str) -> None:
        now = self._clock.now()
        for one in job.deliveries:
            failed = one.failed(problem)
            again = next_try(failed, now)
            if again is not None:
                await asyncio.to_thread(self._outbox.hold, failed, again)
                continue
            outcome = Outcome(now, one.channel, one.notice, problem)
            await asyncio.to_thread(self._outbox.settle, failed, outcome, dead=True)

    async def _hold(self, job: _Job, until: datetime) -> None:
        for one in job.deliveries:
            await asyncio.to_thread(self._outbox.hold, one, until)

    async def _while_off(self, job: _Job) -> None:
        now = self._clock.now()
        if all(now - one.notice.at > _TOO_OLD for one in job.deliveries):
            await self._settle(job, "the channel was switched off")
        else:
            await self._hold(job, now + _OFF)


def as_json(notice: Notice, person: Person | None) -> dict[str, object]:
    """A notice as programs get it, by webhook and by the live feed alike."""
    who = {"id": person.id, "name": person.name, "group": person.group} if person else None
    return {
        "type": notice.kind.value,
        "timestamp": notice.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": notice.id,
            "person": who,
            "kiosk": notice.kiosk,
            "event": notice.event,
            "details": notice.details,
        },
    }


def _is_told(notice: Notice, person: Person | None) -> bool:
    """Of somebody who is erased nothing is told to people."""
    return notice.kind.about is not About.PERSON or person is not None


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpcore.NetworkError):
        return f"the receiver cannot be reached ({error or type(error).__name__})"
    if isinstance(error, httpcore.ProtocolError):
        return "the receiver hung up without an answer"
    return str(error) if isinstance(error, NoticeRefused | OSError) else type(error).__name__


def _jobs(found: Sequence[Delivery]) -> list[_Job]:
    """Digests together, everything else by itself. What was tried before goes out alone: a part
    that a service does not take must not hold up the rest."""
    batches: dict[tuple[str, str], list[Delivery]] = {}
    alone = []
    for one in found:
        if one.batch and not one.tries:
            batches.setdefault((one.channel, one.batch), []).append(one)
        else:
            alone.append(_Job(one.channel, (one,)))
    return [*(_Job(channel, tuple(some)) for (channel, _), some in batches.items()), *alone]
