"""Takes what is due to where it goes: each at least once, and the same under the same name."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, Protocol

import httpcore

from face_rec.background import task
from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, FaceRecError, NoticeRefused, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.notices.attached import Attached
from face_rec.notices.channel import Channel, ChannelKind, Target
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Outcome, next_try
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.running.away import Patience
from face_rec.notices.running.composing import Composer, Letter, NobodyToTell
from face_rec.notices.said import why
from face_rec.notices.webhook import Answer

log = logging.getLogger(__name__)

Aside = Callable[[Delivery], Letter | None]
"""Writes a letter that goes out by no channel of its own; None where nobody is to be told (any
more), or raises NobodyToTell, with why. May raise StoreUnavailable."""
Heard = Callable[[Delivery, str, datetime | None], None]
"""(delivery, why it did not go out or "", when it is tried again): what became of it. It may come
twice where a process is killed. May raise StoreUnavailable."""

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

    async def close(self) -> None:
        """Let go of this event loop's connections."""
        ...


class Message(Protocol):
    """Sends to people; see :class:`face_rec.notices.message.Messages`."""

    async def send(
        self, address: str, title: str, text: str, to: str, headers: Mapping[str, str],
        *, attached: Attached | None,
    ) -> None: ...  # fmt: skip


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
        composer: Composer,
        clock: Clock,
        *,
        webhooks: Webhook,
        messages: Message,
        aside: Mapping[str, Aside] = MappingProxyType({}),
        heard: Mapping[str, Heard] = MappingProxyType({}),
        one_by_one: Collection[str] = (),
    ) -> None:
        """``aside``: who writes letters, by what stands in the place of their channel; ``heard``:
        who wants to know what became of them; ``one_by_one``: what takes much to write."""
        self._channels = channels
        self._outbox = outbox
        self._composer = composer
        self._aside = aside
        self._heard = heard
        self._one_by_one = frozenset(one_by_one)
        self._clock = clock
        self._webhooks = webhooks
        self._messages = messages
        self._in_line: Counter[str] = Counter()
        self._lines: dict[str, asyncio.Semaphore] = {}
        self._patience = Patience("notices-out")

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Whatever is under way when it stops is sent again by the next process: nobody is told
        that it went out before the receiver has said so."""
        tasks: set[asyncio.Task[None]] = set()
        self._in_line.clear()  # both are of the event loop
        self._lines.clear()
        while not stopping():
            begun = await self._begin(tasks)
            if not begun:
                await asyncio.sleep(_EVERY)
        for one in tasks:
            one.cancel()

    async def try_out(self, channel: Channel) -> str:
        """Send a test now, whether it is switched on or not; why it did not go, or ""."""
        now = self._clock.now()
        name = f"test-{secrets.token_hex(6)}"
        notice = Notice(name, NoticeKind.TEST, now, details="it works")
        job = _Job(channel.id, (Delivery(f"{channel.id}:{notice.id}", channel.id, "", notice),))
        try:
            return await self._tried(channel, job) or ""
        except Answer as answer:
            return str(answer)
        except Exception as error:
            return why(error)
        finally:
            await self._webhooks.close()

    async def _begin(self, tasks: "set[asyncio.Task[None]]") -> int:
        if len(tasks) >= _AT_ONCE:
            return 0
        found: list[Delivery] = []
        with self._patience.waiting():
            found = await asyncio.to_thread(self._outbox.take, self._clock.now(), _LEASE, _TAKEN)
        for job in _jobs(found):
            made = task(f"notice-{job.channel}", self._one(job))
            tasks.add(made)
            made.add_done_callback(tasks.discard)
        return len(found)

    async def _one(self, job: _Job) -> None:
        """Where the database is away, its lease ends by itself."""
        with suppress(StoreUnavailable):
            await self._in_its_line(job)

    async def _in_its_line(self, job: _Job) -> None:
        if self._in_line[job.channel] >= _IN_LINE:
            await self._hold(job, self._clock.now() + _BUSY)
            return
        begun = self._clock.monotonic()
        self._in_line[job.channel] += 1
        try:
            places = 1 if job.channel in self._one_by_one else _OF_ONE
            async with self._lines.setdefault(job.channel, asyncio.Semaphore(places)):
                if self._clock.monotonic() - begun > _PATIENCE:
                    await self._hold(job, self._clock.now())
                else:
                    await self._send(job)
        finally:
            self._in_line[job.channel] -= 1

    async def _send(self, job: _Job) -> None:
        if job.channel in self._aside:
            await self._out(job, partial(self._written, job), None)
            return
        channel = await asyncio.to_thread(self._channels.get, job.channel)
        if channel is None:
            await self._settle(job, "the channel was removed")
        elif not channel.active:
            await self._while_off(job)
        elif over := await asyncio.to_thread(self._composer.over, job.deliveries[0]):
            await self._settle(job, over)
        else:
            await self._out(job, partial(self._tried, channel, job), channel)

    async def _out(
        self, job: _Job, sent: Callable[[], Awaitable[str | None]], channel: Channel | None
    ) -> None:
        try:
            problem = await sent()
        except Answer as answer:
            problem = str(answer)
            if answer.gone and channel is not None:
                await asyncio.to_thread(self._gone, channel)
        except NobodyToTell as over:
            await self._settle(job, str(over))
            return
        except StoreUnavailable:
            raise
        except (FaceRecError, OSError, httpcore.NetworkError, *_NO_ANSWER) as error:
            problem = why(error)
        except Exception as error:  # a plugin, or the receiver's answer, may raise anything
            log.warning("notice_not_sent channel=%s", job.channel, exc_info=True)
            problem = type(error).__name__
        if not problem:
            await self._settle(job, "" if problem is None else msgid("there is nobody to tell of"))
        else:
            await self._later(job, problem)

    def _gone(self, channel: Channel) -> None:
        """Switch it off; somebody may have done so, or removed it, at the same moment."""
        why = msgid("the receiver answered 410: it does not want to be told any more")
        with suppress(NoticeRefused, Conflict):
            self._channels.switch(channel.id, active=False, why=why)

    async def _tried(self, channel: Channel, job: _Job) -> str | None:
        """None: it is out; "": what it was about is gone."""
        target = await asyncio.to_thread(self._channels.target, channel)
        if channel.kind is ChannelKind.WEBHOOK:
            (one,) = job.deliveries
            said = await asyncio.to_thread(self._composer.payload, channel, one)
            await self._webhooks.send(target, one.notice.id, self._clock.now(), said)
            return None
        letter = await asyncio.to_thread(
            self._composer.letter, channel, target.address, job.deliveries
        )
        return await self._posted(letter)

    async def _written(self, job: _Job) -> str | None:
        (one,) = job.deliveries
        return await self._posted(await asyncio.to_thread(self._aside[job.channel], one))

    async def _posted(self, letter: Letter | None) -> str | None:
        if letter is None:
            return ""
        await self._messages.send(
            letter.address, letter.subject, letter.text, letter.to, letter.headers,
            attached=letter.attached,
        )  # fmt: skip
        return None

    # --- what became of it

    async def _settle(self, job: _Job, problem: str) -> None:
        now = self._clock.now()
        for one in job.deliveries:
            outcome = Outcome(now, one.channel, one.notice, problem)
            await self._tell(one, problem, None)
            await asyncio.to_thread(self._outbox.settle, one, outcome)

    async def _later(self, job: _Job, problem: str) -> None:
        now = self._clock.now()
        again = next_try(job.deliveries[0].failed(problem), now)  # of a digest all at once
        for one in job.deliveries:
            failed = one.failed(problem)
            await self._tell(failed, failed.problem, again)
            if again is not None:
                await asyncio.to_thread(self._outbox.hold, failed, again)
                continue
            outcome = Outcome(now, one.channel, one.notice, problem)
            await asyncio.to_thread(self._outbox.settle, failed, outcome, dead=True)

    async def _tell(self, one: Delivery, problem: str, again: datetime | None) -> None:
        if (heard := self._heard.get(one.channel)) is not None:
            await asyncio.to_thread(heard, one, problem, again)

    async def _hold(self, job: _Job, until: datetime) -> None:
        for one in job.deliveries:
            await asyncio.to_thread(self._outbox.hold, one, until)

    async def _while_off(self, job: _Job) -> None:
        now = self._clock.now()
        if all(now - one.notice.at > _TOO_OLD for one in job.deliveries):
            await self._settle(job, "the channel was switched off")
        else:
            await self._hold(job, now + _OFF)


def _jobs(found: Sequence[Delivery]) -> list[_Job]:
    """Digests together, also when they are tried again, everything else by itself."""
    batches: dict[tuple[str, str, int], list[Delivery]] = {}
    for number, one in enumerate(found):
        key = (one.channel, one.batch, one.tries) if one.batch else (one.channel, "", -number)
        batches.setdefault(key, []).append(one)
    return [_Job(channel, tuple(some)) for (channel, *_), some in batches.items()]
