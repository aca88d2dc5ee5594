"""Days and hours in SQL are what the app makes of them, also after marks or rules change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.terms.status import Status
from face_rec.domain.marks import EventKind
from tests.integration.archive.site import Site
from tests.samples import an_event


def _rows(at: Site, query: str) -> list[tuple[Any, ...]]:
    with at.archive.database.begin() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def _as_the_app(at: Site) -> None:
    today = at.sheets.today()
    table = at.sheets.table(today - timedelta(days=8), today - timedelta(days=1))
    wanted = sorted(
        (one.day, one.person.id, one.status.value, one.punches, one.worked, one.late)
        for one in table.records()
        if one.status is not Status.NOT_EMPLOYED or one.punches
    )
    query = (
        "SELECT day, person_id, status, punches, worked_seconds, late_seconds FROM attendance.days"
    )
    assert sorted(_rows(at, query)) == wanted
    hours = sum(one[4] for one in wanted) / 3600
    told = _rows(at, "SELECT coalesce(sum(hours), 0) FROM attendance.hours_by_week")
    assert abs(float(told[0][0]) - hours) < 0.1


def test_days_are_written_and_written_anew_where_something_changed(at: Site) -> None:
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    ada = at.register("7", "Ada", created_at=long_ago)
    today = at.sheets.today()
    for back in range(2, 9):
        morning = datetime.combine(today - timedelta(days=back), time(8), at.sheets.zone)
        for number, hour in enumerate((0, 8)):
            event = an_event(f"{back}-{number}", ada.subject)
            moved = replace(event, at=(morning + timedelta(hours=hour)).astimezone(UTC))
            at.stores.writers.offered.apply(moved, 0.0, replay=True)
    at.copy()
    at.judge()
    _as_the_app(at)
    day = today - timedelta(days=5)
    assert _rows(at, f"SELECT punches FROM attendance.days WHERE day = '{day}'") == [(2,)]  # noqa: S608
    at.stores.writers.rules.put(Holiday("h", day, "Founders' day"))
    leaving = datetime.combine(day, time(17), at.sheets.zone).astimezone(UTC)
    void = replace(
        an_event("void", ada.subject, kind=EventKind.VOID), at=leaving, target="5-1",
        author="boss", recorded_at=datetime.now(UTC),
    )  # fmt: skip
    at.stores.writers.offered.apply(void, 0.0, replay=True)
    at.copy()
    at.judge()
    _as_the_app(at)
    found = _rows(at, f"SELECT status, remarks FROM attendance.days WHERE day = '{day}'")  # noqa: S608
    assert found[0][0] == "holiday"
    assert "Founders' day" in found[0][1]
    at.stores.writers.people.delete(ada.subject)
    at.copy()
    assert _rows(at, "SELECT * FROM attendance.days") == []
