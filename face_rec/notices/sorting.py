"""Which notices go out by which channels, and when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Queued
from face_rec.notices.notice import Notice

_AT_ONCE: Final = 200

People = Callable[[list[str]], Mapping[str, Person]]
"""Those of these subjects who are registered."""


class Sorting:
    """For one thread of each process; each entry is sorted by one of them."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        people: People,
        clock: Clock,
        zone: Callable[[], tzinfo],
    ) -> None:
        self._channels = channels
        self._outbox = outbox
        self._people = people
        self._clock = clock
        self._zone = zone

    def sort(self) -> int:
        """Begin the deliveries of what has come; how many notices. Raises StoreUnavailable."""
        entries = self._outbox.unsorted(_AT_ONCE)
        if not entries:
            return 0
        channels = {one.id: one for one in self._channels.all()}
        notices = [entry.notice for entry in entries]
        people = self._people([one.subject for one in notices if one.subject])
        rules = self._channels.rules()
        now = self._clock.now()
        queued = [
            one
            for notice in notices
            for one in queue(
                notice, people.get(notice.subject), rules, channels, now, self._zone()
            )
        ]
        self._outbox.sort(entries, queued, now)
        return len(entries)


def queue(  # noqa: PLR0917 - the facts that one notice is judged by
    notice: Notice,
    person: Person | None,
    rules: Sequence[NoticeRule],
    channels: Mapping[str, Channel],
    now: datetime,
    zone: tzinfo,
) -> Iterable[Queued]:
    """The deliveries of one notice: one a channel, however many rules want it there; the first
    that is due counts. After one that may be cooled comes what another rule wants, which the
    outbox takes in its place."""
    found: dict[str, list[Queued]] = {}
    for rule in rules:
        if not rule.wants(notice, person.group if person else None):
            continue
        for channel in rule.channels & channels.keys():
            one = _queued(notice, rule, channels[channel], now, zone)
            found.setdefault(channel, []).append(one)
    return [one for some in found.values() for one in _in_turn(some)]


def _in_turn(wanted: list[Queued]) -> Iterable[Queued]:
    for one in sorted(wanted, key=lambda one: (one.due, bool(one.cooled))):
        yield one
        if not one.cooled:
            return


def _queued(
    notice: Notice, rule: NoticeRule, channel: Channel, now: datetime, zone: tzinfo
) -> Queued:
    to_people = channel.kind is ChannelKind.MESSAGE
    due = rule.due(now, zone) if to_people else now
    batch = rule.id if due > now else ""
    delivery = Delivery(f"{channel.id}:{notice.id}", channel.id, rule.id, notice, batch)
    if not rule.cooldown:
        return Queued(delivery, due)
    whose = notice.subject or notice.kiosk or notice.details
    cooled = f"{rule.id}|{channel.id}|{notice.kind.value}|{whose}"
    return Queued(delivery, due, cooled, now + timedelta(minutes=rule.cooldown))
