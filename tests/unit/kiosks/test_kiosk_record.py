"""What the office decides about a kiosk: its hours, and what of it has versions."""

from datetime import date, datetime, time

import pytest

from face_rec.attendance.rule_service import entries_for
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import Direction, KioskRecord, Transport
from tests.fakes.clock import MORNING

MONDAY, FRIDAY = date(2025, 3, 10), date(2025, 3, 14)


@pytest.mark.parametrize(
    ("opens", "closes", "hour", "is_open"),
    [(6, 20, 6, True), (6, 20, 20, False), (6, 20, 5, False), (22, 6, 23, True),
     (22, 6, 5, True), (22, 6, 12, False), (0, 0, 3, True), (7, 7, 3, True)],
)  # fmt: skip
def test_a_kiosk_is_open_within_its_hours_over_midnight_too(
    opens: int, closes: int, hour: int, is_open: bool
) -> None:
    kiosk = KioskRecord("k", opens=time(opens), closes=time(closes))
    assert kiosk.open_at(datetime(2025, 3, 10, hour, tzinfo=MORNING.tzinfo)) is is_open


def saved(stored: KioskRecord, wanted: KioskRecord, since: date | None) -> KioskRecord:
    (made,) = entries_for(Rules(kiosks=(stored,)), wanted, since)
    assert isinstance(made, KioskRecord)
    return made


AT_THE_DOOR = {
    "title": "Gate", "site": "Berlin", "pin": True, "show_marks": True, "opens": time(7),
    "closes": time(19), "transport": Transport.HTTP, "language": "de",
}  # fmt: skip


def test_what_no_day_is_judged_by_makes_no_version_and_holds_at_once() -> None:
    stored = KioskRecord("gate", watched_from=MORNING)
    made = saved(stored, KioskRecord("gate", **AT_THE_DOOR), FRIDAY)  # type: ignore[arg-type]
    assert made == KioskRecord("gate", watched_from=MORNING, **AT_THE_DOOR)  # type: ignore[arg-type]


def test_a_direction_holds_from_its_day_and_hours_and_pins_at_once_all_the_same() -> None:
    stored = KioskRecord("gate", direction=Direction.IN)
    wanted = KioskRecord("gate", direction=Direction.OUT, **AT_THE_DOOR)  # type: ignore[arg-type]
    made = saved(stored, wanted, FRIDAY)
    for day, direction in ((MONDAY, Direction.IN), (FRIDAY, Direction.OUT)):
        then = rule_version.at(made, day)
        assert then.direction is direction
        assert {name: getattr(then, name) for name in AT_THE_DOOR} == AT_THE_DOOR


def test_a_change_of_hours_leaves_what_is_planned_where_it_is_planned() -> None:
    planned = saved(KioskRecord("gate"), KioskRecord("gate", direction=Direction.OUT), FRIDAY)
    shown = KioskRecord("gate", direction=Direction.OUT, opens=time(7), closes=time(19))
    made = saved(planned, shown, FRIDAY)
    assert rule_version.at(made, MONDAY).direction is Direction.BOTH
    assert rule_version.at(made, MONDAY).opens == time(7)
    assert rule_version.at(made, FRIDAY).direction is Direction.OUT


def test_an_open_page_is_over_once_what_it_was_drawn_by_has_changed() -> None:
    def drawn_by(**changed: object) -> tuple[str, ...]:
        return KioskRecord("gate", **changed).drawn_by  # type: ignore[arg-type]

    for name in ("title", "pin", "opens", "closes", "transport", "language"):
        assert drawn_by(**{name: AT_THE_DOOR[name]}) != drawn_by(), name
