"""The table of marks: right rows, right names, right local days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.kept_marks import EffectiveMarks
from face_rec.attendance.marks.records import COLUMNS, DELETED, filtered, marks_table
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from tests.fakes.attendance import FakeAttendance

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
ANN = Person("s-ann", "007", "Ann @ Desk 😀", group="Lab", email="ann@example.org")
BOB = Person("s-bob", "12", "Bob", group="")
PEOPLE = {"s-ann": ANN, "s-bob": BOB}


def _event(number: int, subject: str, at: datetime = NOON, **more: object) -> Event:
    fields = {"kind": EventKind.PUNCH, "source": Source.VIDEO, "kiosk": "main", **more}
    return Event(id=f"e{number}", subject=subject, at=at, **fields)  # type: ignore[arg-type]


def _table(*events: Event, zone: ZoneInfo = BERLIN) -> pd.DataFrame:
    return marks_table(entries(events).marks, PEOPLE, zone)


def test_a_mark_is_one_row_with_all_that_is_known() -> None:
    row = _table(_event(1, "s-ann", score=0.61, margin=0.3, snapshot="marks/e1.jpg")).iloc[0]
    assert row.to_dict() == {
        "time": pd.Timestamp("2026-11-22 12:00", tz=BERLIN),
        "date": date(2026, 11, 22),
        "name": "Ann @ Desk 😀",
        "id": "007",
        "group": "Lab",
        "kiosk": "main",
        "kind": "punch",
        "source": "video",
        "score": 0.61,
        "margin": 0.3,
        "remark": "",
        "snapshot": "marks/e1.jpg",
        "event": "e1",
        "subject": "s-ann",
        "visit": 0,
        "live": "",
    }


def test_the_newest_mark_stands_first() -> None:
    later = NOON + timedelta(minutes=1)
    table = _table(_event(1, "s-ann"), _event(3, "s-bob", later), _event(2, "s-ann", NOON))
    assert table["event"].iloc[0] == "e3"
    assert table["time"].is_monotonic_decreasing


def test_a_deleted_person_is_shown_as_deleted_and_keeps_the_mark() -> None:
    row = _table(_event(1, "s-gone")).iloc[0]
    assert (row["name"], row["id"], row["group"]) == (DELETED, "", "")


def test_namesakes_stay_apart() -> None:
    twins = {s: Person(s, s.upper(), "Kim") for s in ("a", "b")}
    table = marks_table(
        entries([_event(1, "a"), _event(2, "b"), _event(3, "a")]).marks, twins, BERLIN
    )
    assert dict(zip(table["event"], table["id"], strict=True)) == {"e1": "A", "e2": "B", "e3": "A"}


def test_corrections_are_no_marks_and_what_they_void_is_left_out() -> None:
    void = _event(2, "s-ann", kind=EventKind.VOID, target="e1")
    assert list(_table(_event(1, "s-ann"), void, _event(3, "s-bob"))["event"]) == ["e3"]


def test_the_local_day_counts_not_the_utc_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    assert _table(_event(1, "s-ann", late))["date"].iloc[0] == date(2026, 11, 23)


def test_both_hours_of_the_night_when_clocks_go_back_are_kept_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    table = _table(_event(1, "s-ann", first), _event(2, "s-ann", first + timedelta(hours=1)))
    assert [str(at) for at in table["time"]] == [
        "2026-10-25 02:30:00+01:00",
        "2026-10-25 02:30:00+02:00",
    ]


def test_an_empty_table_has_the_same_columns_and_can_be_filtered() -> None:
    empty, full = _table(), _table(_event(1, "s-ann"))
    assert tuple(empty.columns) == tuple(full.columns) == COLUMNS
    assert list(empty.dtypes) == list(full.dtypes)
    assert filtered(empty, first_day=date(2026, 1, 1), person="x", group="").empty


def test_microseconds_survive() -> None:
    at = NOON.replace(microsecond=123457)
    assert _table(_event(1, "s-ann", at))["time"].iloc[0] == pd.Timestamp(at)


@pytest.mark.heavy
def test_many_marks_keep_order_and_names(thorough: bool) -> None:
    count = 100_000 if thorough else 10_000
    people = {f"s{n}": Person(f"s{n}", f"{n:04}", f"Person {n}") for n in range(1000)}
    events = [_event(n, f"s{n % 1000}", NOON - timedelta(seconds=n)) for n in range(count)]
    table = marks_table(entries(events).marks, people, BERLIN)
    assert len(table) == count
    assert (table["id"] == table["event"].str[1:].astype(int).mod(1000).map("{:04}".format)).all()
    assert table["event"].iloc[0] == "e0"


# --- filters ---------------------------------------------------------------------


@pytest.fixture
def week() -> pd.DataFrame:
    days = [NOON + timedelta(days=number) for number in range(7)]
    return _table(*(_event(n, ("s-ann", "s-bob")[n % 2], at) for n, at in enumerate(days)))


def test_both_ends_of_a_date_range_are_included(week: pd.DataFrame) -> None:
    found = filtered(week, first_day=date(2026, 11, 23), last_day=date(2026, 11, 25))
    assert list(found["event"]) == ["e3", "e2", "e1"]


@pytest.mark.parametrize("text", ["ann", "ANN", " desk ", "007", "😀"])
def test_a_person_is_found_by_part_of_name_or_id_in_any_case(
    week: pd.DataFrame, text: str
) -> None:
    assert set(filtered(week, person=text)["subject"]) == {"s-ann"}


@pytest.mark.parametrize("text", [".*", "(", "[", "\\"])
def test_a_search_text_is_not_a_pattern(week: pd.DataFrame, text: str) -> None:
    assert filtered(week, person=text).empty


def test_a_group_and_those_without_one_can_be_asked_for(week: pd.DataFrame) -> None:
    assert set(filtered(week, group="Lab")["subject"]) == {"s-ann"}
    assert set(filtered(week, group="")["subject"]) == {"s-bob"}
    assert len(filtered(week)) == 7


# --- reading ---------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_a_local_day_is_read_from_all_utc_days_it_reaches_into(zone: str) -> None:
    here = ZoneInfo(zone)
    store = FakeAttendance()
    inside = [
        datetime(2026, 11, 22, 0, 0, tzinfo=here),
        datetime(2026, 11, 22, 23, 59, tzinfo=here),
    ]
    outside = [inside[0] - timedelta(seconds=1), inside[0] + timedelta(days=1)]
    for number, at in enumerate(inside + outside):
        store.apply(_event(number, f"s{number}", at.astimezone(UTC)), cooldown=0)
    day = date(2026, 11, 22)
    found = EffectiveMarks(store).local(day, day, here)
    assert {entry.event.id for entry in found} == {"e0", "e1"}


def test_a_day_of_25_hours_is_read_whole() -> None:
    store = FakeAttendance()
    last = datetime(
        2026, 10, 25, 22, 59, 59, tzinfo=UTC
    )  # 23:59:59 in Berlin, 25 h after midnight
    store.apply(_event(1, "s-ann", last), cooldown=0)
    day = date(2026, 10, 25)
    assert len(EffectiveMarks(store).local(day, day, BERLIN)) == 1
