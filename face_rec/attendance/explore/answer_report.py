"""An answer as a table for people and files: a row a label, a column for each part."""

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from face_rec.attendance.explore.breakdown import Answer
from face_rec.attendance.explore.question import By, Count, Measure
from face_rec.attendance.reports.report import About, Kind, Report
from face_rec.languages.language import msgid

if TYPE_CHECKING:
    import pandas as pd

_SECONDS: Final = {Measure.HOURS: 3600, Measure.OVERTIME: 3600, Measure.LATE_MINUTES: 60}
_KINDS: Final = {Count.SUM: Kind.COUNT, Count.PEOPLE: Kind.NUMBER, Count.SHARE: Kind.PERCENT}
LABEL: Final = "label"
TOGETHER: Final = msgid("Together")
_RESERVED: Final = frozenset({LABEL, TOGETHER, *(by.named.words for by in By)})


def kind_of(measure: Measure) -> Kind:
    """How its values are written."""
    return Kind.DURATION if measure in _SECONDS else _KINDS[measure.what.count]


def shown(measure: Measure, value: float) -> float:
    """The value as its kind is written: durations in seconds."""
    return round(value * _SECONDS.get(measure, 1), 1)


def table_of(answer: Answer) -> "pd.DataFrame":
    """LABEL, then a column of values for each part, in the order of the axis; of what has no
    order the greatest come first. Durations are seconds; rows of which nothing can be said (a
    share of nothing) are left out. Split sums have their sum in TOGETHER."""
    import pandas as pd

    measure = answer.question.measure
    values = answer.frame["value"].to_numpy().reshape(len(answer.labels), len(answer.parts))
    frame = pd.DataFrame(
        {_column(answer, name): values[:, n] for n, name in enumerate(answer.parts)}
    )
    frame.insert(0, LABEL, np.array(answer.labels, dtype=object))
    names = [name for name in frame.columns if name != LABEL]
    frame = frame[frame[names].notna().any(axis=1)].fillna(0.0)
    if answer.question.split is not None and measure.what.count is Count.SUM:
        frame[TOGETHER] = frame[names].sum(axis=1)
        names.append(TOGETHER)
    if not answer.question.by.timed and names:
        frame = frame.sort_values(names[-1], ascending=False, kind="stable")
    frame[names] = (frame[names] * _SECONDS.get(measure, 1)).round(1)
    return frame.reset_index(drop=True)


def _column(answer: Answer, part: str) -> str:
    """A group may be called like one of the other columns."""
    split = answer.question.split
    if split is None:
        return answer.question.measure.what.words
    return f"{part} ({split.named.words.lower()})" if part in _RESERVED else part


def report_of(answer: Answer, about: About) -> Report:
    """The same for files."""
    question, frame = answer.question, table_of(answer)
    kind, whole = kind_of(question.measure), question.measure.what.count is not Count.SHARE
    names = [name for name in frame.columns if name != LABEL]
    if whole:
        frame = frame.astype(dict.fromkeys(names, np.int64))
    dated = question.by in {By.DAY, By.WEEK, By.MONTH}
    if dated:
        frame[LABEL] = [date.fromisoformat(label) for label in frame[LABEL]]
    label = Kind.DATE if dated else label_kind(question.by)
    kinds = {question.by.named.words: label} | dict.fromkeys(names, kind)
    named = frame.rename(columns={LABEL: question.by.named.words})
    return Report(question.title, about, named, kinds, typed=typed_in(answer))


def label_kind(by: By) -> Kind:
    """Days of the week are words of ours, all else is called as somebody has typed it."""
    return Kind.WORDS if by is By.WEEKDAY else Kind.TEXT


def typed_in(answer: Answer) -> frozenset[str]:
    """The columns that are called as somebody has typed it."""
    split = answer.question.split
    if split is None or label_kind(split) is Kind.WORDS:
        return frozenset()
    return frozenset(_column(answer, part) for part in answer.parts)
