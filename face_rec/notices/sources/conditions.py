"""What is wrong, and when it is right again: of the system and of kiosks."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from face_rec.clock import Clock
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Facts, Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is right or wrong, by name. ``kiosk``: of which, if of one. ``kind`` is told
    when it goes wrong, ``over`` when it is right again."""

    name: str
    wrong: bool
    details: str = ""
    kiosk: str = ""
    kind: NoticeKind = NoticeKind.PROBLEM
    over: NoticeKind = NoticeKind.SOLVED
    facts: Facts = field(default_factory=dict)


class ConditionFeed:
    """Tells when something goes wrong and when it is right again. It must stay wrong from one
    look to the next: what comes and goes within half a minute is told to nobody."""

    def __init__(
        self, conditions: Callable[[], Iterable[Condition]], outbox: Outbox, clock: Clock
    ) -> None:
        self._conditions = conditions
        self._outbox = outbox
        self._clock = clock
        self._before: Mapping[str, bool] = {}

    def read(self) -> int:
        """How many changes were told of. Raises StoreUnavailable."""
        found = list(self._conditions())
        before, self._before = self._before, {one.name: one.wrong for one in found}
        places = self._outbox.places()
        steady = [one for one in found if before.get(one.name) == one.wrong]
        return sum(self._tell(one, places.get(_STATE + one.name, "")) for one in steady)

    def _tell(self, one: Condition, was: str) -> bool:
        if one.wrong == was.startswith(_WRONG):
            return False
        now = self._clock.now()
        state = f"{_WRONG if one.wrong else _RIGHT} {now.isoformat()}"
        return self._outbox.publish(_STATE + one.name, was, state, [_of_condition(one, now)])


_NO_WORD: Final = re.compile(r"[^A-Za-z0-9-]+")
"""Of the id, which goes into a header and a signature."""
_STATE: Final = "state:"
_WRONG: Final = "wrong"
_RIGHT: Final = "right"


def _of_condition(one: Condition, now: datetime) -> Notice:
    kind = one.kind if one.wrong else one.over
    name = f"{_NO_WORD.sub('-', one.name)}-{kind.plain}-{int(now.timestamp())}"
    return Notice(name, kind, now, kiosk=one.kiosk, details=one.details, facts=one.facts)
