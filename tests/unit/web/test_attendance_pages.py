"""The pages of the API's events are what sorting all of them would give, and read no others."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from face_rec.domain.marks import Event, EventKind, Source
from face_rec.web.api.events import AttendancePages, place
from tests.fakes.attendance import FakeAttendance
from tests.samples import events_between

START: Final = datetime(2025, 3, 10, tzinfo=UTC)
END: Final = START + timedelta(days=3)


class PartlyRead(FakeAttendance):
    """Counts the entries that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = 0

    def part(self, utc_day: date, start: int, end: int) -> list[Event | None]:
        found = super().part(utc_day, start, end)
        self.entries += len(found)
        return found

    def forget(self, day: date, count: int) -> None:
        """As in a failover to a replica that lagged."""
        del self._days[day][-count:]


@pytest.fixture
def store() -> PartlyRead:
    """Six hundred events of three days, some of the same moment, late ones among them."""
    store, chance = PartlyRead(), random.Random(3)
    for number in range(600):
        add(store, number, chance.randrange(0, 3 * 86_400, 30))
    return store


def add(store: FakeAttendance, number: int, second: int) -> None:
    at = START + timedelta(seconds=second)
    event = Event(f"e{number:04}", f"s{number % 7}", at, EventKind.PUNCH, Source.VIDEO, "main")
    store.apply(event, 0.0, replay=True)


def paged(pages: AttendancePages, size: int, subject: str | None = None) -> Iterator[Event]:
    after = ""
    while True:
        found = pages.events(START, END, after, subject)
        page = [event for event, _ in zip(found, range(size), strict=False)]
        yield from page
        if len(page) < size:
            return
        after = place(page[-1])


def all_of(store: FakeAttendance, subject: str | None = None) -> list[Event]:
    found = [one for one in events_between(store, START, END) if subject in {None, one.subject}]
    return sorted(found, key=place)


def test_pages_hold_every_event_once_in_the_order_of_time(store: PartlyRead) -> None:
    pages = AttendancePages(store)
    assert list(paged(pages, 17)) == all_of(store)
    assert list(paged(pages, 5, "s3")) == all_of(store, "s3")
    assert list(paged(pages, 5, "nobody")) == []


def test_a_page_reads_its_own_events_and_of_a_day_that_grew_what_came() -> None:
    store = PartlyRead()
    for number in range(3000):
        add(store, number, number)
    pages = AttendancePages(store)
    everything = all_of(store)
    list(zip(pages.events(START, END, "", None), range(10), strict=False))
    store.entries = 0
    found = pages.events(START, END, place(everything[1999]), None)
    assert [one for one, _ in zip(found, range(10), strict=False)] == everything[2000:2010]
    assert store.entries < 150
    add(store, 3000, 5000)
    store.entries = 0
    assert next(pages.events(START, END, place(everything[-1]), None)).id == "e3000"
    assert store.entries < 150


def test_a_list_that_lost_its_end_is_read_again(store: PartlyRead) -> None:
    pages = AttendancePages(store)
    list(paged(pages, 100))
    lost = len(store.day(START.date()))
    store.forget(START.date(), 3)
    for number in range(700, 704):
        add(store, number, number)
    assert store.length(START.date()) == lost + 1
    assert list(paged(pages, 100)) == all_of(store)


def test_malformed_entries_and_corrections_of_the_same_moment_keep_their_place(
    store: PartlyRead,
) -> None:
    pages = AttendancePages(store)
    list(paged(pages, 100))
    store.broken[START.date()].append("{")
    mark = all_of(store)[0]
    correction = replace(mark, id="a-first", kind=EventKind.VOID, target=mark.id)
    other = replace(mark, at=mark.at + timedelta(days=1), id="b", kind=EventKind.VOID)
    store.apply(other, 0.0, replay=True)
    store.apply(correction, 0.0, replay=True)
    assert list(paged(AttendancePages(store), 100)) == all_of(store)
