"""Answers about days and marks, kept until what they were made from has changed."""

import threading
from collections.abc import Callable, Hashable
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from cachetools import LRUCache

from face_rec.attendance.timesheets import Timesheets

MOST: Final = 8
"""Questions of each kind whose newest answer is kept; a table of 90 days and 1,000 people takes
5 MB."""
_MOVING: Final = timedelta(days=3)
"""So long after its date a day's result may still depend on the time."""

Answer = TypeVar("Answer")


class _Newest:
    """The newest answer to one question, and what it was made of: with every mark there is another
    one, and those before are of no use to anybody."""

    __slots__ = ("_answer", "_lock", "_made_of")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made_of: Hashable = None
        self._answer: Any = None

    def of(self, made_of: Hashable, make: Callable[[], Answer]) -> Answer:
        with self._lock:
            if self._made_of != made_of:
                self._made_of = self._answer = None
                self._answer, self._made_of = make(), made_of
            answer: Answer = self._answer
            return answer


class Answers:
    """The newest answers of one service: another system or time zone has another service, and
    with it answers of its own. Not to be changed by who gets them. Safe from any thread; who
    asks what is being made already waits for it. All may raise StoreUnavailable.

    With people or rules all answers change, so that none is kept that names somebody who was
    erased since.
    """

    def __init__(self, timesheets: Timesheets) -> None:
        self._timesheets = timesheets
        self._kept: dict[str, LRUCache[Hashable, _Newest]] = {}
        self._made_of = (0, 0)
        self._lock = threading.Lock()

    def of_days(
        self, kind: str, first: date, last: date, asked: Hashable, make: Callable[[], Answer]
    ) -> Answer:
        """What ``make`` says of the local days ``first`` to ``last``, made again when marks,
        people or rules have changed, and in every new minute where the days are not over.

        ``asked``: what else the answer depends on, the days aside.
        """
        now = self._timesheets.now()
        minute = f"{now:%d %H:%M}" if last >= now.date() - _MOVING else ""
        return self._answer(kind, (first, last, asked), minute, make)

    def of_marks(self, first: date, last: date, make: Callable[[], Answer]) -> Answer:
        """The same of what does not depend on the time."""
        return self._answer("marks", (first, last, ()), "", make)

    def _answer(
        self,
        kind: str,
        question: tuple[date, date, Hashable],
        minute: str,
        make: Callable[[], Answer],
    ) -> Answer:
        revision = self._timesheets.sources.revision(*question[:2])
        with self._lock:
            if self._made_of != (revision.people, revision.rules):
                self._kept, self._made_of = {}, (revision.people, revision.rules)
            kept = self._kept.setdefault(kind, LRUCache(MOST))
            newest = kept.setdefault(question, _Newest())
        return newest.of((revision, minute), make)
