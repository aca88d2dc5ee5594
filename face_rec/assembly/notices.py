"""Notices: where they come from, whom they are about, and by which ways they go out."""

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta
from typing import Final

from config import Settings
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.rules import rule_version
from face_rec.attendance.service import ServiceByZone
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Flag, Status
from face_rec.clock import Clock
from face_rec.domain.notice import NoticeKind
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import Interval
from face_rec.notices.feeds import Condition, ConditionFeed, DayFeed, MarkFeed, Missed
from face_rec.notices.message import Messages
from face_rec.notices.sending import Sending, Told
from face_rec.notices.service import NoticeService
from face_rec.notices.sorting import Sorting
from face_rec.notices.webhook import Webhooks
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.web.ops.health import Health

_MISSED: Final[Mapping[Status, NoticeKind]] = {
    Status.ABSENT: NoticeKind.ABSENT,
    Status.MISSING_OUT: NoticeKind.MISSING_OUT,
}
_EVEN_AS_WARNING: Final = frozenset(
    {"chain", "disk", "snapshots", "clock", "clock and redis", "journal"}
)
"""Checks whose warnings are told, too: nobody looks at them before it is too late."""


def open_notices(
    settings: Settings, stores: Stores, services: ServiceByZone, health: Health, clock: Clock
) -> NoticeService:
    """Not started yet."""
    options, outbox = stores.options, RedisOutbox(stores.client, settings.site)

    def people(subjects: list[str]) -> Mapping[str, Person]:
        return stores.people.many(sorted(set(subjects)))

    told = Told(
        people,
        title=lambda: options.current().title,
        zone=lambda: options.current().timezone,
        kiosk=lambda name: stores.kiosks.record(name).title or name,
    )
    networks = [ipaddress.ip_network(text) for text in settings.webhook_networks or ()]
    return NoticeService(
        stores.channels,
        outbox,
        marks=MarkFeed(
            stores.attendance, outbox, clock,
            lambda event: services.current().timesheets.late_by(event),  # noqa: PLW0108
        ),
        days=DayFeed(lambda day: missed(services, day), outbox, clock),
        checks=ConditionFeed(lambda: checked(health, socket.gethostname()), outbox, clock),
        kiosks=ConditionFeed(lambda: kiosks_heard(services), outbox, clock),
        sorting=Sorting(stores.channels, outbox, people, clock, told.zone),
        sending=Sending(
            stores.channels, outbox, told, clock,
            webhooks=Webhooks(networks), messages=Messages(),
        ),
        today=lambda: services.current().timesheets.today(),  # noqa: PLW0108 - of now's zone
        turn=outbox.turn,
    )  # fmt: skip


def missed(services: ServiceByZone, day: date) -> Iterable[Missed]:
    """Who is absent or has not checked out on a local day, as it is judged now."""
    wanted = Filters(statuses=frozenset(_MISSED))
    for one in services.current().timesheets.day(day, wanted):
        leaving = one.status is Status.MISSING_OUT
        if not (leaving and Flag.PROVISIONAL in one.flags):
            yield Missed(_MISSED[one.status], day, one.person.subject)


def checked(health: Health, machine: str) -> Iterable[Condition]:
    """What the checks of this process say of its machine and its databases."""
    for check in health.results():
        wrong = not check.ok or (check.warning and check.name in _EVEN_AS_WARNING)
        yield Condition(f"{machine} {check.name}", wrong, f"{check.name}: {check.detail}")


def kiosks_heard(services: ServiceByZone) -> Iterable[Condition]:
    """Which of the watched kiosks that are open give no sign of life, for as long as an outage
    must last to count. May raise StoreUnavailable."""
    service = services.current()
    now, rules = service.timesheets.now(), service.timesheets.rules()
    today = now.astimezone(UTC).date()
    beats = service.stores.rules.beats([today - timedelta(days=1), today])
    patience = 60 * rule_version.at(rules.limits, now.date()).outage
    for one in (rule_version.at(kiosk, now.date()) for kiosk in rules.kiosks):
        last = _newest(beats.get(one.id, ()))
        if one.watched and last is not None and one.open_at(now):
            yield Condition(f"kiosk {one.id}", now.timestamp() - last >= patience, kiosk=one.id)


def _newest(beats: Iterable[Interval]) -> float | None:
    """None where there was none lately: whoever has not begun cannot fall silent."""
    return max((end for _, end in beats), default=None)
