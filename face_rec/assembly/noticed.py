"""What notices are made of: days and marks as they are judged now, checks, kiosks and cameras."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.marks.meaning import way_of
from face_rec.attendance.rules import rule_version
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Flag, Status
from face_rec.cameras.camera_health import CameraState
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import Way
from face_rec.kiosks.kiosk import Interval, KioskRecord
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.sources.conditions import Condition
from face_rec.notices.sources.feeds import Missed
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.web.ops.health import Health

log = logging.getLogger(__name__)


_MISSED: Final[Mapping[Status, NoticeKind]] = {
    Status.ABSENT: NoticeKind.ABSENT,
    Status.MISSING_OUT: NoticeKind.MISSING_OUT,
}
_SETTLED: Final = timedelta(seconds=30)
"""After the start, until workers have had the time to say something."""
_EVEN_AS_WARNING: Final = frozenset(
    {
        "chain",
        "disk",
        "snapshots",
        "clock",
        "clock and redis",
        "journal",
        "gallery audit",
        "erasures",
    }
)
"""Checks whose warnings are told, too: nobody looks at them before it is too late."""
_OF_CHECK: Final[Mapping[str, NoticeKind]] = {
    "chain": NoticeKind.CHAIN,
    "disk": NoticeKind.DISK,
    "snapshots": NoticeKind.DISK,
}
"""What is told of a check that has a kind of its own."""


def way_of_mark(services: ServiceByZone, notice: Notice) -> Way:
    """As the day is read by now. May raise StoreUnavailable."""
    timesheets = services.current().timesheets
    day = notice.at.astimezone(timesheets.zone).date()
    kiosks = timesheets.rules().kiosks
    record = next((one for one in kiosks if one.id == notice.kiosk), KioskRecord(notice.kiosk))
    direction = rule_version.at(record, day).direction
    return way_of(notice.event, timesheets.visits(day).of(notice.subject), direction)


def missed(services: ServiceByZone, day: date) -> Iterable[Missed]:
    """Who is absent or has not checked out on a local day, as it is judged now."""
    wanted = Filters(ALL_GROUPS, statuses=frozenset(_MISSED))
    for one in services.current().timesheets.day(day, wanted):
        leaving = one.status is Status.MISSING_OUT
        if not (leaving and Flag.PROVISIONAL in one.flags):
            yield Missed(_MISSED[one.status], day, one.person.subject)


def checked(health: Health, machine: str) -> Iterable[Condition]:
    """What the checks of this process say of its machine and its databases."""
    for check in health.results():
        wrong = not check.ok or (check.warning and check.name in _EVEN_AS_WARNING)
        yield Condition(
            f"{machine} {check.name}", wrong, f"{check.name}: {check.detail}",
            kind=_OF_CHECK.get(check.name, NoticeKind.PROBLEM), facts={"check": check.name},
        )  # fmt: skip


def cameras_seen(
    stores: Stores, clock: Clock, zone: Callable[[], tzinfo], begun: datetime
) -> Iterable[Condition]:
    """Which cameras that are on and open do not answer (or are served by nobody), and which see
    nothing. ``begun``: when this process began to hear them. May raise StoreUnavailable."""
    now = clock.now()
    if now - begun < _SETTLED:
        return
    for health in stores.cameras.healths(stores.kiosks, now, zone()):
        if health.state in {CameraState.OFF, CameraState.CLOSED, CameraState.STARTING}:
            continue
        name = health.camera
        silent = health.state in {CameraState.LOST, CameraState.UNSERVED}
        blind = health.state in {CameraState.BLIND, CameraState.FROZEN}
        words = health.state.words
        yield Condition(
            f"camera {name}", silent, words if silent else "", name,
            NoticeKind.CAMERA_SILENT, NoticeKind.CAMERA_BACK,
        )  # fmt: skip
        if not silent:
            yield Condition(
                f"sight {name}", blind, words if blind else "", name,
                NoticeKind.CAMERA_BLIND, NoticeKind.CAMERA_SEES,
            )  # fmt: skip


def tell_alarm(outbox: RedisOutbox, camera: str, words: str, now: datetime) -> None:
    """Somebody is before a camera that alarms; once a minute, whichever workers have it then. A
    database that is away is told nothing: it is an alarm of now."""
    name = f"alarm-{camera}-{int(now.timestamp()) // 60}"
    notice = Notice(name, NoticeKind.CAMERA_ALARM, now, kiosk=camera, details=words)
    try:
        outbox.publish_once(f"alarms-{now.astimezone(UTC).date().isoformat()}", [notice])
    except StoreError as error:
        log.warning("alarm_not_told camera=%s reason=%s", camera, error)


def kiosks_heard(
    services: ServiceByZone, begun: datetime, cameras: Collection[str] = ()
) -> Iterable[Condition]:
    """Which of the watched kiosks that are open give no sign of life, for as long as an outage
    must last to count: within their hours, and since ``begun``, when this process began to hear
    them. Of ``cameras`` it is told elsewhere, and sooner. May raise StoreUnavailable."""
    service = services.current()
    now, rules = service.timesheets.now(), service.timesheets.rules()
    today = now.astimezone(UTC).date()
    beats = service.stores.rules.beats([today - timedelta(days=1), today])
    patience = timedelta(minutes=rule_version.at(rules.limits, now.date()).outage)
    for record in rules.kiosks:
        one = rule_version.at(record, now.date())
        if (
            one.id not in cameras
            and one.watched
            and record.watched_from is not None
            and record.open_at(now)
        ):
            heard = max(_newest(beats.get(one.id, ()), record.watched_from), begun)
            wrong = now - max(heard, _opened(record, now)) >= patience
            yield Condition(
                f"kiosk {one.id}", wrong, kiosk=one.id,
                kind=NoticeKind.KIOSK_SILENT, over=NoticeKind.KIOSK_BACK,
            )  # fmt: skip


def _newest(beats: Iterable[Interval], first: datetime) -> datetime:
    """The last sign of life; the ``first`` where there was none lately."""
    return max((datetime.fromtimestamp(end, UTC) for _, end in beats), default=first)


def _opened(kiosk: KioskRecord, now: datetime) -> datetime:
    """Since when it takes attendance; long ago where it always does."""
    if kiosk.always_open:
        return datetime.min.replace(tzinfo=UTC)
    opened = datetime.combine(now.date(), kiosk.opens, now.tzinfo)
    return (opened if opened <= now else opened - timedelta(days=1)).astimezone(UTC)
