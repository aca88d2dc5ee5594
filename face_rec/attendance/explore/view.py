"""What somebody keeps to look at again: a question of Explore with its period and groups, or the
filters of another page; and what makes a question one that can be asked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from face_rec.attendance.explore.question import By, Measure, Question, bys_of, splits_of


@dataclass(frozen=True, slots=True)
class View:
    """``owner``: the account it belongs to. ``span``: the period by its name on the page, or
    ``first`` and ``last``. ``of_groups``: those that were chosen; none: all. Whoever opens it sees
    of them what they may see themselves. ``shared``: with everybody who may read records.
    ``version`` counts the changes. ``page``: whose filters are ``chosen``, by their names in its
    address; "": it is a question of Explore. No name of a person is among them."""

    id: str
    owner: str
    title: str
    measure: str
    by: str
    split: str = ""
    span: str = ""
    first: date | None = None
    last: date | None = None
    of_groups: frozenset[str] = frozenset()
    shared: bool = False
    made_at: datetime | None = None
    version: int = 0
    page: str = ""
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether this version can open it."""
        return bool(self.page) or self.question is not None

    @property
    def question(self) -> Question | None:
        """None where this version does not know what was asked by a later one."""
        try:
            return question_of(self.measure, self.by, self.split)
        except ValueError:
            return None


_MEASURES: Final = {one.value: one for one in Measure}
_BYS: Final = {one.value: one for one in By}


def question_of(measure: str, by: str, split: str = "") -> Question:
    """From their values; raises ValueError for what there is not, or does not go together."""
    if measure not in _MEASURES or by not in _BYS or split not in {"", *_BYS}:
        raise ValueError(f"{measure} by {by} split by {split}")
    counted, across = _MEASURES[measure], _BYS[by]
    besides = _BYS[split] if split else None
    if across not in bys_of(counted):
        raise ValueError(f"{counted} has no {across}")
    if besides is not None and besides not in splits_of(counted, across):
        raise ValueError(f"{counted} by {across} is not split by {besides}")
    return Question(counted, across, besides)
