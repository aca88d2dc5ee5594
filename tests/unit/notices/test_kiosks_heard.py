"""Which kiosks are called silent: those that should be heard now, and are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from face_rec.assembly.noticed import kiosks_heard
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import Interval, KioskRecord

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 30)  # the clocks went forward the night before
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
DOOR = KioskRecord("door", watched_from=FIRST, opens=time(7), closes=time(18))
LONG_AGO = FIRST


@dataclass
class Site:
    """What ``kiosks_heard`` asks of the services, and they of the site."""

    kiosks: Sequence[KioskRecord]
    at: datetime
    heard: dict[str, list[Interval]] = field(default_factory=dict)

    def current(self) -> "Site":
        return self

    @property
    def timesheets(self) -> "Site":
        return self

    @property
    def stores(self) -> Any:  # noqa: ANN401
        return type("Stores", (), {"rules": Beats(self.heard)})

    def now(self) -> datetime:
        return self.at

    def rules(self) -> Rules:
        return replace(Rules(), kiosks=tuple(self.kiosks))


@dataclass
class Beats:
    heard: Mapping[str, list[Interval]]

    def beats(self, days: Sequence[date]) -> Mapping[str, list[Interval]]:
        """As the store: of these UTC days only."""
        return {
            name: [one for one in some if datetime.fromtimestamp(one[1], UTC).date() in days]
            for name, some in self.heard.items()
        }


def _silent(
    hour: int, minute: int, kiosk: KioskRecord = DOOR, *, last: datetime | None = None,
    begun: datetime = LONG_AGO, day: date = MONDAY,
) -> bool | None:  # fmt: skip
    """None: nothing is said of it."""
    at = datetime.combine(day, time(hour, minute), BERLIN)
    heard = {kiosk.id: [(int(last.timestamp()) - 60, int(last.timestamp()))]} if last else {}
    site = cast("ServiceByZone", Site([kiosk], at, heard))
    return next((one.wrong for one in kiosks_heard(site, begun)), None)


@pytest.mark.parametrize("last", [None, datetime(2026, 3, 29, 16, tzinfo=UTC)])
def test_a_kiosk_is_not_silent_the_moment_it_opens_but_when_it_should_have_been_heard(
    last: datetime | None,
) -> None:
    """Whether it was switched off the evening before or on Friday."""
    assert _silent(6, 59, last=last) is None
    assert _silent(7, 0, last=last) is False
    assert _silent(7, 1, last=last) is False
    assert _silent(8, 30, last=last) is True


def test_a_kiosk_that_is_heard_is_not_silent() -> None:
    at = datetime.combine(MONDAY, time(8, 29), BERLIN)
    assert _silent(8, 30, last=at) is False


def test_hours_over_midnight_began_the_day_before() -> None:
    night = replace(DOOR, opens=time(22), closes=time(6))
    assert _silent(22, 1, night) is False
    assert _silent(1, 0, night) is True
    assert _silent(12, 0, night) is None


def test_who_only_just_began_to_listen_calls_nobody_silent() -> None:
    begun = datetime.combine(MONDAY, time(8, 29), BERLIN)
    assert _silent(8, 30, begun=begun) is False
    assert _silent(9, 30, begun=begun) is True


def test_what_never_began_or_is_not_watched_is_not_silent() -> None:
    assert _silent(9, 0, replace(DOOR, watched_from=None)) is None
    assert _silent(9, 0, replace(DOOR, watched=False)) is None
    always = replace(DOOR, opens=time(0), closes=time(0))
    assert _silent(3, 0, always) is True
