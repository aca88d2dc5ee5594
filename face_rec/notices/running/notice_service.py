"""Notices as the app runs them: what has happened is noted, sorted and sent, by three threads."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.languages.language import msgid
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Outcome
from face_rec.notices.running.away import Patience
from face_rec.notices.running.escalation import Escalation
from face_rec.notices.running.sending import Sending
from face_rec.notices.sorting import Sorting
from face_rec.notices.sources.conditions import ConditionFeed
from face_rec.notices.sources.feeds import DayFeed, MarkFeed

_EVERY: Final = 1.0
_JUDGED_EVERY: Final = 20.0
"""Seconds between looks at the days and at what is wrong: "absent" within a minute."""
_SHARE: Final = 10
"""Looking at everybody's days may take a tenth of a core: with 100,000 people less often."""


class NoticeService:
    """``today``: the site's. ``turn``: whether this process looks at the days now, and nobody else
    for so many seconds. ``remind``: tells of what has waited for long. Runs
    from :meth:`start` to :meth:`close`."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        clock: Clock,
        *,
        marks: MarkFeed,
        days: DayFeed,
        checks: ConditionFeed,
        kiosks: ConditionFeed,
        sorting: Sorting,
        escalation: Escalation,
        sending: Sending,
        today: Callable[[], date],
        turn: Callable[[float], bool],
        remind: Callable[[], None] = lambda: None,
    ) -> None:
        self.channels = channels
        self.outbox = outbox
        self._clock = clock
        self._marks = marks
        self._days = days
        self._checks = checks
        self._kiosks = kiosks
        self._sorting = sorting
        self.escalation = escalation
        self._sending = sending
        self._today = today
        self._turn = turn
        self._remind = remind
        self.pause = _JUDGED_EVERY
        self._noting = Background("notices", self._note)
        self._judging = Background("notices-days", self._judge)
        self._out = Background("notices-out", self._send)

    def start(self) -> None:
        for one in (self._noting, self._judging, self._out):
            one.start()

    def close(self, timeout: float = 5.0) -> None:
        """What is under way is sent again by whoever comes next."""
        for one in (self._noting, self._judging, self._out):
            one.stopping.set()
        for one in (self._noting, self._judging, self._out):
            one.stop(timeout)

    def note(self) -> None:
        """Tell of the marks since the last look, and sort what there is. Raises StoreError."""
        try:
            self._marks.read()
        finally:  # one mark that cannot be told of holds nothing else up
            self._go_on(self._sorting.sort)
            self._go_on(self.escalation.go_on)

    def _go_on(self, work: Callable[[], int]) -> None:
        while not self._noting.stopping.is_set() and work():
            pass

    def judge(self) -> None:
        """Tell of what the days have come to, and of what is wrong. Raises StoreError."""
        self._checks.read()
        if not self._turn(self.pause * 0.75):
            return
        begun = self._clock.monotonic()
        try:
            self._kiosks.read()
            self._remind()
            self._days.read(self._today())
        finally:
            spent = self._clock.monotonic() - begun
            self.pause = max(_JUDGED_EVERY, (_SHARE - 1) * spent)

    def _note(self) -> None:
        self._again_and_again(self._noting, self.note, lambda: _EVERY)

    def _judge(self) -> None:
        self._again_and_again(self._judging, self.judge, lambda: self.pause)

    def _send(self) -> None:
        asyncio.run(self._sending.run(self._out.stopping.is_set))

    def _again_and_again(
        self, thread: Background, work: Callable[[], None], pause: Callable[[], float]
    ) -> None:
        patience = Patience(thread.name)
        while not thread.stopping.wait(pause()):
            with patience.waiting():
                work()

    # --- for the page

    def try_out(self, channel_id: str) -> str:
        """Send a test now; why it did not go, or "". On the thread of whoever asks. Raises
        ProofNeeded, StoreUnavailable."""
        self.channels.demand()
        channel = self.channels.get(channel_id)
        if channel is None:
            return msgid("Somebody has removed this channel.")
        return asyncio.run(self._sending.try_out(channel))

    def again(self, dead: Delivery) -> None:
        """Try it from the beginning. Raises ProofNeeded, StoreUnavailable."""
        self.channels.demand()
        if self.outbox.again(dead.id, self._clock.now()):
            self._written_down(Action.NOTICE_SENT_AGAIN, dead)

    def drop(self, dead: Delivery) -> None:
        """Forget it. Raises ProofNeeded, StoreUnavailable."""
        self.channels.demand()
        if self.outbox.drop(dead.id):
            self._written_down(Action.NOTICE_FORGOTTEN, dead)

    def _written_down(self, action: Action, dead: Delivery) -> None:
        """Without the notice's id, which may hold somebody's subject."""
        self.channels.note(action, dead.channel, {"kind": dead.notice.kind.value})

    def waiting(self) -> int:
        return self.outbox.waiting()

    def dead(self) -> list[Delivery]:
        return self.outbox.dead()

    def recent(self) -> list[Outcome]:
        return self.outbox.recent()
