"""The curve of arrivals as a picture: what it says, and that everything stands inside of it."""

import re
from base64 import b64decode
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.overview.arrival_curve import arrival_curve

ZONE = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 26, 7, 42, tzinfo=ZONE)


def words(found: str, kind: str) -> list[str]:
    return re.findall(f'<span class="fr-{kind}" [^>]*>([^<]*)</span>', found)


def line(found: str) -> str:
    svg = b64decode(found.partition("base64,")[2].partition('"')[0]).decode()
    return str(re.findall(r' d="([^"]+)"', svg)[1])


def test_it_says_the_whole_in_one_sentence() -> None:
    times = [MORNING, MORNING + timedelta(minutes=18)]
    found = arrival_curve(times, 5, MORNING + timedelta(hours=2))
    assert 'alt="2 came between 07:42 and 08:00, 5 expected"' in found


def test_each_part_tells_how_many_had_come_by_its_end() -> None:
    times = [MORNING + timedelta(minutes=n) for n in (0, 10, 30, 90)]
    found = arrival_curve(times, 4, MORNING + timedelta(hours=2))
    told = re.findall(r'title="([^"]+)"', found)
    assert told == ["By 08:00: 2 came", "By 09:00: 3 came", "By 09:42: 4 came"]


def test_who_is_expected_has_a_line_and_nobody_expected_has_none() -> None:
    assert words(arrival_curve([MORNING], 5, MORNING), "words") == ["5 expected"]
    assert words(arrival_curve([MORNING], 0, MORNING), "words") == []


def test_the_line_goes_on_to_now() -> None:
    short = line(arrival_curve([MORNING], 3, MORNING + timedelta(minutes=5)))
    later = line(arrival_curve([MORNING], 3, MORNING + timedelta(hours=3)))
    assert _last(later) > _last(short)


def _last(path: str) -> float:
    return float(path.rpartition("H")[2])


@pytest.mark.parametrize("people", [1, 7, 60, 999, 100_000])
def test_the_counts_beside_it_are_few_and_round(people: int) -> None:
    said = words(arrival_curve([MORNING], people, MORNING), "count")
    counts = [int(one.replace(",", "")) for one in said]
    assert 2 <= len(counts) <= 6
    assert counts[0] == 0
    step = counts[1] - counts[0]
    assert str(step).rstrip("0") in {"1", "2", "5"}


@given(
    minutes=st.lists(st.integers(0, 900), min_size=1, max_size=60),
    expected=st.integers(0, 5000),
    later=st.integers(0, 600),
)
def test_everything_stands_inside_of_the_picture(
    minutes: list[int], expected: int, later: int
) -> None:
    start = MORNING.replace(hour=0, minute=30)
    times = sorted(start + timedelta(minutes=minute) for minute in minutes)
    found = arrival_curve(times, expected, start + timedelta(minutes=max(minutes) + later))
    places = re.findall(r"(?:left|right|bottom):(-?[\d.]+)%", found)
    places += re.findall(r"[HVM ](-?[\d.]+)", line(found))
    assert all(0 <= float(place) <= 100 for place in places)
    assert len(words(found, "time")) <= 5
