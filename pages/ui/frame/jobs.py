"""Work that goes on when the page is left: downloads and imports, one of each kind at a time.

State is the process's, not the session's, so that every admin sees the same progress.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final, Protocol, Self, TypeVar, runtime_checkable

from anyio import to_thread

from face_rec import background
from face_rec.access.audit import actor
from face_rec.access.control.permit import Permit
from face_rec.domain.errors import FaceRecError, NotAllowed, StoreError
from face_rec.domain.groups import Groups
from face_rec.facades.frame import Departed
from face_rec.languages.language import msgid
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

_EVERY: Final = 2.0  # seconds
_FAILED: Final = msgid("Something went wrong; the application's log has the details. Try again.")
_LOOKS: Final = 0.5
"""Seconds between two looks of a waiting job at whether it may go on."""

_Made = TypeVar("_Made")
Work = Callable[[Progress], object]
"""Does the work in a thread of its own and returns what the page shows in the end. It tells its
progress after each batch, and there it ends if whoever began it has lost the right."""


@runtime_checkable
class OfPeople(Protocol):
    """A result that is about people, of whom each may be erased before somebody closes it."""

    def subjects(self) -> Set[str]: ...

    def without(self, gone: Set[str]) -> Self: ...


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file about many, who were there at the moment ``since`` and in ``groups`` (see
    :mod:`face_rec.people.departures`)."""

    data: bytes
    since: int
    groups: Groups


class Stopped(Exception):
    """Somebody has pressed Stop; raised in the work, never seen outside."""


@dataclass(eq=False)
class Job:
    """One piece of work; ``total`` 0 means unknown. Read by pages, written by its thread.
    ``title``, ``error`` and ``waits`` are said to whoever looks, in their language: marked texts
    or sentences. ``permit``: of who began it. ``stopped``: somebody wants it to end. ``waits``:
    for what, while it does."""

    title: str
    permit: Permit
    done: int = 0
    total: int = 0
    running: bool = True
    result: object = None
    error: str = ""
    stopped: bool = False
    waits: str = ""
    so_far: Callable[[], object] = lambda: None
    """What there is of the result where the work ends before its time."""
    ended: threading.Event = field(default_factory=threading.Event)
    number: int = field(default_factory=count(1).__next__)

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    def report(self, done: int, total: int) -> None:
        """Raises NotAllowed or Stopped where the work must go no further."""
        self.done, self.total = done, total
        self.permit.check()
        if self.stopped:
            raise Stopped

    def wait(self, seconds: float, words: str) -> None:
        """On the job's own thread, and no longer than it may go on: raises as :meth:`report`."""
        self.waits = words
        latest = time.monotonic() + seconds
        while (left := latest - time.monotonic()) > 0:
            self.report(self.done, self.total)
            self.ended.wait(min(left, _LOOKS))
        self.waits = ""


class Jobs:
    """The jobs of one process, by kind. Safe to call from any thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self, kind: str, title: str, work: Work, permit: Permit,
        so_far: Callable[[], object] = lambda: None,
    ) -> Job:  # fmt: skip
        """Begin ``work`` as the doing of who has ``permit``, unless one of this kind is running:
        then that one is returned."""
        with self._lock:
            job = self._jobs.get(kind)
            if job and job.running:
                return job
            job = self._jobs[kind] = Job(title, permit, so_far=so_far)
        background.once(f"job-{kind}", partial(_run, job, work))
        return job

    def get(self, kind: str) -> Job | None:
        return self._jobs.get(kind)

    def made(self, kind: str, number: int, of: type[_Made]) -> _Made | None:
        """What the job of this ``number`` has made, while nobody has put it away."""
        job = self._jobs.get(kind)
        if job is None or job.number != number or not isinstance(job.result, of):
            return None
        return job.result

    def forget(self, kind: str) -> None:
        """Put away the result of a job that has ended."""
        with self._lock:
            job = self._jobs.get(kind)
            if job and not job.running:
                del self._jobs[kind]

    def named(self) -> frozenset[str]:
        """The subjects whom results are about."""
        results = [job.result for job in tuple(self._jobs.values())]
        return frozenset(s for one in results if isinstance(one, OfPeople) for s in one.subjects())

    def files(self) -> list[tuple[str, MadeFile]]:
        """Those that wait for whoever wanted them, by kind."""
        found = [(kind, job.result) for kind, job in tuple(self._jobs.items())]
        return [(kind, file) for kind, file in found if isinstance(file, MadeFile)]

    def drop(self, gone: Set[str]) -> None:
        """Take these subjects out of every result."""
        for job in tuple(self._jobs.values()):
            if isinstance(job.result, OfPeople):
                job.result = job.result.without(gone)


def _run(job: Job, work: Work) -> None:
    try:
        with actor.acting(job.permit.actor):
            job.permit.check()
            job.result = _result(job, work)
            job.stopped = False  # too late: all of it was done
    except NotAllowed as error:
        log.warning("job_stopped title=%s done=%d of=%d", job.title, job.done, job.total)
        job.error = error.said
    except Stopped:
        log.info("job_stopped title=%s done=%d of=%d", job.title, job.done, job.total)
    except FaceRecError as error:
        job.error = error.said
    except Exception:
        log.exception("job_failed title=%s", job.title)
        job.error = _FAILED
    finally:
        job.running = False
        job.ended.set()


def _result(job: Job, work: Work) -> object:
    try:
        return work(job.report)
    except Exception:
        job.result = job.so_far()
        raise


class OfMany(Protocol):
    """What this process holds about people until somebody takes or closes it."""

    def named(self) -> frozenset[str]: ...

    def drop(self, gone: Set[str]) -> None: ...


class Results:
    """Whoever is erased, wherever that is done, goes within seconds from what the ``jobs`` of this
    process have found out and what ``others`` hold; a file that they may be in goes as a whole, as
    it does when they leave its groups. The database is asked only while a result names somebody
    or is a file, and for them only after somebody was changed."""

    def __init__(
        self, jobs: Jobs, people: PeopleReader, departures: Departed, *others: OfMany
    ) -> None:
        self._jobs = jobs
        self._holders: tuple[OfMany, ...] = (jobs, *others)
        self._people = people
        self._departures = departures
        self._seen: tuple[int, frozenset[str]] | None = None
        self._seen_files: tuple[int, frozenset[str]] | None = None

    async def watch(self, every: float = _EVERY) -> None:
        """For a task on the event loop; what the database does not answer now is asked later."""
        while True:
            with suppress(StoreError):
                await to_thread.run_sync(self.step)
            await asyncio.sleep(every)

    def step(self) -> None:
        """Drop whoever is not here any more. Raises StoreError."""
        self._files()
        named = frozenset[str]().union(*(one.named() for one in self._holders))
        if not named:
            return
        now = (self._people.revision(), named)
        if now == self._seen:
            return
        gone = named - self._people.many(sorted(named)).keys()
        for one in self._holders if gone else ():
            one.drop(gone)
        self._seen = None if gone else now  # what names them again is looked at again

    def _files(self) -> None:
        files = self._jobs.files()
        if not files:
            return
        now = (self._departures.now(), frozenset(kind for kind, _ in files))
        if now == self._seen_files:
            return
        for kind, file in files:
            if self._departures.since(file.since, file.groups):
                self._jobs.forget(kind)
        self._seen_files = now


JOBS = Jobs()
