"""Notices as the app runs them: what has happened is noted, sorted and sent, by two threads."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date
from typing import Final

from face_rec.background import Background
from face_rec.domain.errors import StoreError
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Outcome
from face_rec.notices.feeds import ConditionFeed, DayFeed, MarkFeed
from face_rec.notices.sending import Sending
from face_rec.notices.sorting import Sorting

log = logging.getLogger(__name__)

_EVERY: Final = 1.0
_SLOW_EVERY: Final = 20
"""Looks at marks for each look at the days and at what is wrong: "absent" within a minute."""


class NoticeService:
    """``today``: the site's. ``turn``: whether this process looks at the days now; others need
    not. Runs from :meth:`start` to :meth:`close`."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        *,
        marks: MarkFeed,
        days: DayFeed,
        checks: ConditionFeed,
        kiosks: ConditionFeed,
        sorting: Sorting,
        sending: Sending,
        today: Callable[[], date],
        turn: Callable[[], bool],
    ) -> None:
        self.channels = channels
        self.outbox = outbox
        self._marks = marks
        self._days = days
        self._checks = checks
        self._kiosks = kiosks
        self._sorting = sorting
        self._sending = sending
        self._today = today
        self._turn = turn
        self._looks = 0
        self._noting = Background("notices", self._note)
        self._out = Background("notices-out", self._send)

    def start(self) -> None:
        self._noting.start()
        self._out.start()

    def close(self, timeout: float = 5.0) -> None:
        """What is under way is sent again by whoever comes next."""
        self._noting.stop(timeout)
        self._out.stop(timeout)

    def look(self) -> None:
        """Note and sort what has happened since the last look. Raises StoreError."""
        self._marks.read()
        if self._looks % _SLOW_EVERY == 0:
            self._checks.read()
            if self._turn():
                self._days.read(self._today())
                self._kiosks.read()
        self._looks += 1
        while self._sorting.sort():
            pass

    def _note(self) -> None:
        while not self._noting.stopping.wait(_EVERY):
            try:
                self.look()
            except StoreError as error:
                log.info("notices_wait reason=%s", type(error).__name__)

    def _send(self) -> None:
        asyncio.run(self._sending.run(self._out.stopping.is_set))

    # --- for the page

    def try_out(self, channel_id: str) -> str:
        """Send a test now; why it did not go, or "". On the thread of whoever asks. Raises
        StoreUnavailable."""
        channel = self.channels.get(channel_id)
        if channel is None:
            return "Somebody has removed this channel."
        return asyncio.run(self._sending.try_out(channel))

    def waiting(self) -> int:
        return self.outbox.waiting()

    def dead(self) -> list[Delivery]:
        return self.outbox.dead()

    def recent(self) -> list[Outcome]:
        return self.outbox.recent()
