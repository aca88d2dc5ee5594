"""Which notices go out by which channels, and when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Opened, Outbox, Queued
from face_rec.notices.notice import Notice
from face_rec.notices.waiting import Waiting, waiting_id

_AT_ONCE: Final = 200

People = Callable[[list[str]], Mapping[str, Person]]
"""Those of these subjects who are registered."""
More = Callable[[Notice, Person | None], Iterable[Queued]]


def nobody_else(_: Notice, __: Person | None) -> Iterable[Queued]:
    return ()


class Sorting:
    """For one thread of each process; each entry is sorted by one of them."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        people: People,
        clock: Clock,
        *,
        zone: Callable[[], tzinfo],
        more: More = nobody_else,
    ) -> None:
        """``more``: who is told besides those that the rules name."""
        self._channels = channels
        self._outbox = outbox
        self._people = people
        self._clock = clock
        self._zone = zone
        self._more = more

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
        facts = Facts(rules, channels, now, self._zone())
        found = [(notice, people.get(notice.subject)) for notice in notices]
        queued = [one for notice, person in found for one in queue(notice, person, facts)]
        queued += [one for notice, person in found for one in self._more(notice, person)]
        opened = [one for notice, person in found for one in to_open(notice, person, facts)]
        self._outbox.sort(entries, queued, now, opened)
        return len(entries)


@dataclass(frozen=True, slots=True)
class Facts:
    """What notices are judged by: the rules and channels that there are, now, in the site's
    zone."""

    rules: Sequence[NoticeRule]
    channels: Mapping[str, Channel]
    now: datetime
    zone: tzinfo

    def wanting(self, notice: Notice, person: Person | None) -> list[NoticeRule]:
        group = person.group if person else None
        return [rule for rule in self.rules if rule.wants(notice, group, self.zone)]

    def due(self, rule: NoticeRule, channel: Channel) -> datetime:
        return rule.due(self.now, self.zone) if channel.kind is _TO_PEOPLE else self.now


_TO_PEOPLE: Final = ChannelKind.MESSAGE


def queue(notice: Notice, person: Person | None, facts: Facts) -> Iterable[Queued]:
    """The deliveries of one notice: one a channel, however many rules want it there; the first
    that is due counts. After one that may be cooled comes what another rule wants, which the
    outbox takes in its place. Where one of them waits to be acknowledged, so does the delivery."""
    found: dict[str, list[Queued]] = {}
    for rule in facts.wanting(notice, person):
        for channel in rule.channels & facts.channels.keys():
            one = _queued(notice, rule, facts.channels[channel], facts)
            found.setdefault(channel, []).append(one)
    return [one for some in found.values() for one in _in_turn(some)]


def _in_turn(wanted: list[Queued]) -> Iterable[Queued]:
    waits = next((one.delivery.waits for one in wanted if one.delivery.waits), "")
    for one in sorted(wanted, key=lambda one: (one.due, bool(one.cooled))):
        yield replace(one, delivery=replace(one.delivery, waits=waits))
        if not one.cooled:
            return


def _queued(notice: Notice, rule: NoticeRule, channel: Channel, facts: Facts) -> Queued:
    due = facts.due(rule, channel)
    batch = rule.id if due > facts.now and not rule.steps else ""
    waits = waiting_id(rule.id, notice) if rule.steps else ""
    delivery = Delivery(
        f"{channel.id}:{notice.id}", channel.id, rule.id, notice, batch, waits=waits
    )
    return Queued(delivery, due, *_cooled(notice, rule, channel.id, facts.now))


def _cooled(
    notice: Notice, rule: NoticeRule, what: str, now: datetime
) -> tuple[str, datetime | None]:
    if not rule.cooldown:
        return "", None
    whose = notice.subject or notice.kiosk or notice.details
    until = now + timedelta(minutes=rule.cooldown)
    return f"{rule.id}|{what}|{notice.kind.value}|{whose}", until


def to_open(notice: Notice, person: Person | None, facts: Facts) -> Iterable[Opened]:
    """What begins to wait until somebody acknowledges it: of each rule with steps. Its minutes
    begin when the last channel of the rule is told."""
    for rule in facts.wanting(notice, person):
        told = [facts.channels[one] for one in rule.channels & facts.channels.keys()]
        if rule.steps and told:
            since = max(facts.due(rule, channel) for channel in told)
            due = since + timedelta(minutes=rule.steps[0].after)
            waiting = Waiting(waiting_id(rule.id, notice), rule.id, notice, since)
            yield Opened(waiting, due, *_cooled(notice, rule, "waits", facts.now))
