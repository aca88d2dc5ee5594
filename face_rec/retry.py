"""Trying again, in the two ways there are: at once after losing a race, and after pauses while
something is away. The loops are tenacity's.

Threads that wait for something to happen (work, a wish to stop) do not use a loop of this kind:
they must wake at once. They take the length of their pauses from :class:`Backoff`.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tenacity import (
    AsyncRetrying,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_never,
    wait_fixed,
)

from face_rec.domain.errors import Conflict, StoreUnavailable

Answer = TypeVar("Answer")

_JITTER: Final = 0.25
"""Share of a pause by which it differs, so that processes do not march in step."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to wait after failures: ``first``, doubled each time up to ``longest``."""

    first: float = 0.5
    longest: float = 30.0

    def after(self, failures: int) -> float:
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30))

    def jittered(self, failures: int) -> float:
        """The same, a quarter more or less."""
        return self.after(failures) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311


def until_first(
    write: Callable[[], Answer],
    *,
    tries: int | None = 5,
    lost: type[Exception] = Conflict,
) -> Answer:
    """What ``write`` returns, once nobody else was faster.

    ``write`` reads what it changes, so it can be run again when it raises ``lost``; the last of
    ``tries`` (None: as many as it takes) raises it. On the thread of whoever asks, without pauses.
    """
    stop = stop_never if tries is None else stop_after_attempt(tries)
    return Retrying(retry=retry_if_exception_type(lost), stop=stop, reraise=True)(write)


async def until_back(ask: Callable[[], Awaitable[Answer]], every: float) -> Answer:
    """What ``ask`` returns, however long the store is away; asked again after ``every`` s."""
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(StoreUnavailable), wait=wait_fixed(every)
    )

    async def answer() -> Answer:  # tenacity awaits only what was written as a coroutine
        return await ask()

    return await retrying(answer)
