"""Who is told of as absent or as not checked out: over the days as they are judged."""

from datetime import timedelta
from typing import Any, cast

from face_rec.assembly.noticed import missed
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.notices.notice import NoticeKind
from tests.attendance_days import MONDAY, at
from tests.attendance_world import World


class OfOneZone:
    """The services of a site whose zone nobody changes."""

    def __init__(self, world: World) -> None:
        self._service = world.service()

    def current(self) -> Any:  # noqa: ANN401
        return self._service


def _missed(clock: str, marks: str = "", later: int = 0) -> set[tuple[NoticeKind, str]]:
    world = World(now=at(MONDAY + timedelta(days=later), clock))
    world.mark(marks)
    services = cast("ServiceByZone", OfOneZone(world))
    return {(one.kind, one.subject) for one in missed(services, MONDAY)}


def test_whoever_was_not_seen_is_absent_as_soon_as_the_grace_is_over_whatever_their_group() -> (
    None
):
    assert _missed("08:30") == set()
    assert _missed("16:00") == {(NoticeKind.ABSENT, "s-ada"), (NoticeKind.ABSENT, "s-bob")}
    assert _missed("16:00", "09:00") == {(NoticeKind.ABSENT, "s-bob")}


def test_whoever_was_not_seen_leaving_is_told_of_when_it_is_sure() -> None:
    assert (NoticeKind.MISSING_OUT, "s-ada") not in _missed("16:00", "09:00")
    assert (NoticeKind.MISSING_OUT, "s-ada") in _missed("12:00", "09:00", later=1)
    assert (NoticeKind.MISSING_OUT, "s-ada") not in _missed("12:00", "09:00 17:00", later=1)
