"""What stands at the bars and in the rows of an answer: names as they were typed, days of the week
and what stands for nothing in the reader's language."""

from collections.abc import Iterable, Mapping

import pandas as pd

from face_rec.attendance.explore.answer_report import label_kind, typed_in
from face_rec.attendance.explore.breakdown import Answer
from face_rec.attendance.explore.question import By
from face_rec.attendance.reports.wording import Wording
from pages.ui.shared.words import in_words, words


def label_of(by: By, label: str) -> str:
    """A day, week or month stays as it is in the frame; whoever shows it writes it."""
    return Wording(words()).text(label, label_kind(by))


def in_words_of(answer: Answer, frame: pd.DataFrame) -> pd.DataFrame:
    """``label`` and ``part`` of the frame of an answer."""
    question = answer.question
    labels = {one: label_of(question.by, one) for one in answer.labels}
    parts = {one: label_of(question.split or question.by, one) for one in answer.parts}
    return frame.assign(label=frame["label"].map(labels), part=frame["part"].map(parts))


def titles_of(answer: Answer, columns: Iterable[str]) -> Mapping[str, str]:
    """What the columns of its table are called, by their names."""
    typed = typed_in(answer)
    return {one: label_of(By.GROUP, one) if one in typed else in_words(one) for one in columns}
