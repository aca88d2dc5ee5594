"""Who has been seen today."""

from datetime import UTC, datetime, timedelta

from face_rec.attendance.presence import marks, presence
from face_rec.entities import Event, EventKind, Source

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def event(
    number: int,
    subject: str,
    minutes: int,
    kind: EventKind,
    *,
    target: str | None = None,
    becomes: EventKind | None = None,
) -> Event:
    at = EIGHT + timedelta(minutes=minutes)
    return Event(
        f"e{number}", subject, at, kind, Source.VIDEO, "main", target=target, becomes=becomes
    )


def test_people_are_listed_in_order_of_arrival_with_their_first_and_last_mark() -> None:
    seen = presence(
        [
            event(1, "ann", 30, EventKind.PUNCH),
            event(2, "bob", 10, EventKind.PUNCH),
            event(3, "ann", 5, EventKind.PUNCH),
        ]
    )
    assert [day.subject for day in seen] == ["ann", "bob"]
    assert seen[0].first_at == EIGHT + timedelta(minutes=5)
    assert seen[0].last_at == EIGHT + timedelta(minutes=30)
    assert seen[0].marks == 2


def test_somebody_who_checked_out_is_not_here_until_they_come_back() -> None:
    went = [event(1, "ann", 0, EventKind.IN), event(2, "ann", 60, EventKind.OUT)]
    assert [day.here for day in presence(went)] == [False]
    assert [day.here for day in presence([*went, event(3, "ann", 90, EventKind.PUNCH)])] == [True]


def test_a_mark_corrected_to_a_check_out_counts_as_one() -> None:
    fix = event(2, "ann", 5, EventKind.RETYPE, target="e1", becomes=EventKind.OUT)
    assert [day.here for day in presence([event(1, "ann", 0, EventKind.PUNCH), fix])] == [False]


def test_a_voided_mark_does_not_count() -> None:
    void = event(2, "ann", 1, EventKind.VOID, target="e1")
    assert presence([event(1, "ann", 0, EventKind.PUNCH), void]) == []


def test_corrections_are_not_marks_themselves() -> None:
    events = [event(1, "ann", 0, EventKind.PUNCH), event(2, "ann", 1, EventKind.DISPUTE)]
    assert [kept.id for kept in marks(events)] == ["e1"]
