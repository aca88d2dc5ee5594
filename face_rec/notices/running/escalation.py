"""What waits to be acknowledged: told to the next ones as long as nobody does."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.clock import Clock
from face_rec.domain.errors import Conflict
from face_rec.languages.language import msgid
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Queued
from face_rec.notices.waiting import Waiting
from face_rec.retry import until_first

_AT_ONCE: Final = 200
_LEASE: Final = timedelta(seconds=30)


class Escalation:
    """Each step is one in the database, so that whoever dies in between loses and doubles none.
    Safe from any thread."""

    def __init__(
        self, channels: Channels, outbox: Outbox, clock: Clock, zone: Callable[[], tzinfo]
    ) -> None:
        self._channels = channels
        self._outbox = outbox
        self._clock = clock
        self._zone = zone

    def go_on(self) -> int:
        """Tell the next ones of what nobody has acknowledged in time; how many were looked at.
        Raises StoreUnavailable."""
        now = self._clock.now()
        found = self._outbox.take_opened(now, _LEASE, _AT_ONCE)
        if not found:
            return 0
        rules = {rule.id: rule for rule in self._channels.rules()}
        channels = {one.id: one for one in self._channels.all()}
        for one in found:
            self._further(one, rules.get(one.rule), channels, now)
        return len(found)

    def _further(
        self,
        one: Waiting,
        rule: NoticeRule | None,
        channels: Mapping[str, Channel],
        now: datetime,
    ) -> None:
        steps = rule.steps if rule and rule.active else ()
        if rule is None or not one.open or one.step >= len(steps):
            gone = now >= one.gone_at()
            self._outbox.move(one, None if gone else one, one.gone_at())
            return
        step, after, zone = steps[one.step], one.further(), self._zone()
        queued = [
            _queued(one, rule, channels[name], now, zone)
            for name in sorted(step.channels & channels.keys())
        ]
        self._outbox.move(one, after, _goes_on(after, rule, queued, now), queued)

    # --- by people

    def all(self) -> list[Waiting]:
        """What waits, the newest first, then what was acknowledged lately. Raises
        StoreUnavailable."""
        return self._outbox.all_opened()

    def get(self, waiting_id: str) -> Waiting | None:
        return self._outbox.opened(waiting_id)

    def acknowledge(self, waiting_id: str, by: str) -> Waiting | None:
        """As it stands then: who was first is named. None where it is gone. Raises
        StoreUnavailable."""
        return until_first(lambda: self._acknowledged(waiting_id, by), tries=20)

    def _acknowledged(self, waiting_id: str, by: str) -> Waiting | None:
        seen = self._outbox.opened(waiting_id)
        if seen is None or not seen.open:
            return seen
        after = seen.acknowledged(by, self._clock.now())
        if not self._outbox.move(seen, after, after.gone_at()):
            raise Conflict(msgid("Somebody else was faster. Try again."))
        told = {"kind": seen.notice.kind.value, "by": by}
        self._channels.note_rule(Action.NOTICE_ACKNOWLEDGED, seen.rule, told)
        return after


def _queued(
    one: Waiting, rule: NoticeRule, channel: Channel, now: datetime, zone: tzinfo
) -> Queued:
    """A step's messages respect the quiet hours of the rule as the first ones do."""
    to_people = channel.kind is ChannelKind.MESSAGE
    due = rule.after_quiet(now, zone) if to_people else now
    name = f"{channel.id}:{one.id}:{one.step + 1}"
    delivery = Delivery(name, channel.id, rule.id, one.notice, waits=one.id, step=one.step + 1)
    return Queued(delivery, due)


def _goes_on(after: Waiting, rule: NoticeRule, queued: list[Queued], now: datetime) -> datetime:
    """The minutes of a step begin when the last one before is told; at once where there was
    nobody to tell."""
    if after.step >= len(rule.steps):
        return after.gone_at()
    if not queued:
        return now
    told = max(one.due for one in queued)
    return told + timedelta(minutes=rule.steps[after.step].after)
