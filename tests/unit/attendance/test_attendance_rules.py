"""Every hand-worked day, judged by the same path that pages and reports take."""

import pytest

from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from tests.attendance_days import judged, shift
from tests.unit.attendance.attendance_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_the_rules_say(case: Case) -> None:
    given = any(isinstance(item, Shift) and item.id == DEFAULT_ID for item in case.items)
    items = case.items if given else (shift(**case.shift), *case.items)

    record = judged(case.punches, *items, day=case.day, **case.around)

    assert record.status is case.status
    for what in ("worked", "late", "early", "overtime"):
        expected = getattr(case, what)
        assert expected is None or getattr(record, what) == _seconds(expected), what
    assert case.flags in record.flags
    assert not case.never & record.flags


def test_the_table_of_cases_has_no_case_twice() -> None:
    sentences = [case.says for case in CASES]
    assert len(sentences) == len(set(sentences)) >= 60


def _seconds(text: str) -> int:
    hours, minutes, *rest = (int(part) for part in text.split(":"))
    return 3600 * hours + 60 * minutes + (rest[0] if rest else 0)
