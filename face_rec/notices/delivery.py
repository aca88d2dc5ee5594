"""One notice on its way out by one channel: how often it was tried, and when it is tried next."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from face_rec.notices.notice import Notice
from face_rec.notices.waiting import Waiting

_PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After each failed try, as Standard Webhooks advises: the tenth try is three days after the
first."""
_JITTER: Final = 0.1
"""Share of a pause by which it differs: receivers that come back are not met by everything at
once."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """``id`` names channel and notice, so that the same is on its way once. ``batch``: of which
    digest it is a part; empty: it goes out by itself. ``problem``: why the last try failed.
    ``waits``: of what waits to be acknowledged, if it does; ``step``: of how many of its steps
    this is."""

    id: str
    channel: str
    rule: str
    notice: Notice
    batch: str = ""
    tries: int = 0
    problem: str = ""
    waits: str = ""
    step: int = 0

    def failed(self, problem: str) -> "Delivery":
        return replace(self, tries=self.tries + 1, problem=problem[:200])


def next_try(failed: Delivery, now: datetime) -> datetime | None:
    """When it is tried again; None: never."""
    if failed.tries > len(_PAUSES):
        return None
    pause = _PAUSES[failed.tries - 1]
    return now + pause * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Queued:
    """A delivery to begin. ``cooled``: what is not told again before ``until``; empty: always."""

    delivery: Delivery
    due: datetime
    cooled: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Something that begins to wait, and when it goes on; ``cooled`` and ``until`` as of
    deliveries."""

    waiting: Waiting
    due: datetime
    cooled: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice as the outbox holds it: ``number`` grows from entry to entry."""

    number: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery, for people."""

    at: datetime
    channel: str
    notice: Notice
    problem: str = ""


class Outbox(Protocol):
    """Notices in the order in which they came, and deliveries on their way. All methods may raise
    StoreUnavailable; each is one atomic step, safe from any thread and process."""

    def publish(self, reader: str, before: str, after: str, notices: Sequence[Notice]) -> bool:
        """Append ``notices`` and move ``reader`` from ``before`` to ``after``; False, with
        nothing written, where it does not stand at ``before`` ("": nowhere yet)."""
        ...

    def publish_once(self, day: str, notices: Sequence[Notice], *, silent: bool = False) -> int:
        """Append those of ``notices`` whose ids were not told for ``day`` yet; how many. In
        several steps where they are many. ``silent``: only note that they were."""
        ...

    def told(self, day: str) -> int:
        """How many ids were told for ``day``."""
        ...

    def places(self) -> dict[str, str]:
        """Where every reader stands."""
        ...

    def forget(self, readers: Sequence[str]) -> None: ...

    def after(self, number: str, most: int) -> list[Entry]:
        """The entries behind ``number`` ("$": the newest, "0": all), oldest first."""
        ...

    def newest(self) -> str:
        """The number of the newest entry; "0-0" where there is none."""
        ...

    def latest(self, most: int) -> frozenset[str]:
        """The ids of the newest notices."""
        ...

    def unsorted(self, most: int) -> list[Entry]:
        """Entries that no process has sorted into deliveries; also those that one began with
        and died."""
        ...

    def sort(
        self,
        entries: Sequence[Entry],
        queued: Sequence[Queued],
        now: datetime,
        opened: Sequence[Opened] = (),
    ) -> None:
        """Begin the deliveries, and what waits, and be done with the entries."""
        ...

    def take(self, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
        """Deliveries that are due; nobody else gets them before ``lease`` is over."""
        ...

    def hold(self, delivery: Delivery, until: datetime) -> bool:
        """Keep one for later; False where somebody else is done with it already."""
        ...

    def settle(self, delivery: Delivery, outcome: Outcome, *, dead: bool = False) -> bool:
        """Be done with one; with ``dead`` it is kept for an admin to see and send again."""
        ...

    def again(self, delivery_id: str, now: datetime) -> bool:
        """Try a dead one from the beginning."""
        ...

    def drop(self, delivery_id: str) -> bool:
        """Forget a dead one."""
        ...

    def dead(self) -> list[Delivery]: ...

    def waiting(self) -> int: ...

    def recent(self) -> list[Outcome]: ...

    # --- what waits to be acknowledged

    def opened(self, waiting_id: str) -> Waiting | None: ...

    def all_opened(self) -> list[Waiting]:
        """Those that nobody has acknowledged first, the newest first."""
        ...

    def take_opened(self, now: datetime, lease: timedelta, most: int) -> list[Waiting]:
        """Those that go on now; nobody else gets them before ``lease`` is over."""
        ...

    def move(
        self,
        seen: Waiting,
        after: Waiting | None,
        due: datetime,
        queued: Sequence[Queued] = (),
    ) -> bool:
        """Put ``after`` in the place of what was ``seen`` and begin the deliveries; None: forget
        it. False, with nothing written, where it is not at that step any more or somebody has
        acknowledged meanwhile."""
        ...
