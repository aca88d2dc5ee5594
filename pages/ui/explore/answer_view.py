"""An answer on screen: its figures, its chart, and the table beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from face_rec.attendance.explore.answer_report import LABEL, kind_of, report_of, table_of
from face_rec.attendance.explore.breakdown import MOST_CELLS, Answer, answer, marks_of
from face_rec.attendance.explore.question import By, Measure, Question
from face_rec.attendance.reports.report import About, Kind
from face_rec.attendance.reports.reports import written
from face_rec.attendance.reports.wording import Wording
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.errors import AttendanceError
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import DEFAULT
from face_rec.languages.sentence import sentence
from pages.ui.explore.answer_charts import chart_of, left_out, show_figures
from pages.ui.explore.choices import Asked
from pages.ui.explore.labels import label_of, titles_of
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right
from pages.ui.records.day_rows import table_of_days
from pages.ui.shared import period
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, in_words, said, words

_MIMES: Final = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of some days and people."""

    question: Question
    first: date
    last: date
    filters: Filters


def show_answer(app: AttendanceFacade, asked: Asked, filters: Filters) -> None:
    """Draw all of it; raises AttendanceError for too much at once."""
    asking = Asking(asked.question, asked.first, asked.last, filters)
    found = answered(app, asking)
    if found.frame["value"].fillna(0).eq(0).all():
        text = said("Choose other days or groups.")
        empty_state("query_stats", said("Nothing of that on these days"), text)
        return
    days = asking.last - asking.first + timedelta(days=1)
    before = Asking(asked.question, asked.first - days, asked.last - days, filters)
    show_figures(found, answered(app, before), days.days)
    left, right = st.columns([1.55, 1], gap="medium")
    with left, st.container(border=True):
        title = in_words(found.question.title)
        st.markdown(f"**{title}**")
        st.altair_chart(chart_of(found), alt=title)
        days_shown = period.words(asked.first, asked.last)
        st.caption(left_out(found) or f"{days_shown} · {app.site.timezone}")
    with right:
        _table(found)
        _files(app, asking)


def answered(app: AttendanceFacade, asking: Asking) -> Answer:
    """Kept while nothing changes that it depends on; not to be changed."""
    service = app.service
    people = len(service.timesheets.people(asking.filters))
    days = (asking.last - asking.first).days + 1
    if people * days > MOST_CELLS:
        raise AttendanceError(
            sentence(
                "{people} people over {days} days are too much at once. Choose a shorter period "
                "or some of the groups.",
                people=format(people, ","),
                days=format(days, ","),
            )
        )

    def made() -> Answer:
        table = table_of_days(app, asking.first, asking.last, asking.filters)
        marks = marks_of(service.timesheets, asking.first, asking.last)
        return answer(table, marks, asking.question)

    return service.answers.of_days("explore", asking.first, asking.last, asking, made)


# --- table --------------------------------------------------------------------------------------


def _table(found: Answer) -> None:
    frame, measure = table_of(found), found.question.measure
    place = st.container(key="explore_rows")
    rows = frame
    if len(frame) > PAGE:
        with st.container(horizontal=True, horizontal_alignment="center"):
            pages = -(-len(frame) // PAGE)
            number = min(pages, st.pagination(pages, key=f"explore_page_{pages}"))
        rows = frame.iloc[(number - 1) * PAGE : number * PAGE]
    place.dataframe(
        _readable(rows, measure, found.question.by),
        column_config=_columns(frame, found),
        hide_index=True,
        height=min(430, 38 + 35 * len(rows)),
        alt=in_words(found.question.title),
    )


def _readable(rows: pd.DataFrame, measure: Measure, by: By) -> pd.DataFrame:
    names = [name for name in rows.columns if name != LABEL]
    if kind_of(measure) is Kind.DURATION:
        rows = rows.assign(**{name: rows[name].map(_padded) for name in names})
    if by in {By.DAY, By.WEEK, By.MONTH}:
        return rows.assign(**{LABEL: [date.fromisoformat(text) for text in rows[LABEL]]})
    return rows.assign(**{LABEL: [label_of(by, text) for text in rows[LABEL]]})


def _padded(seconds: float) -> str:
    """Blanks in front, so that sorting by the text sorts by the time."""
    return f"{h_mm(seconds) or '0:00':>9}"


_DATE_FORMATS: Final = {
    By.DAY: "ddd D MMM YYYY",
    By.WEEK: "[from] D MMM YYYY",
    By.MONTH: "MMM YYYY",
}
"""English, as names of days and months are in Streamlit; all others have numbers."""


def _columns(frame: pd.DataFrame, found: Answer) -> dict[str, Any]:
    by, kind = found.question.by, kind_of(found.question.measure)
    titles = titles_of(found, frame.columns)
    title = said("Day") if by is By.WEEKDAY else said(by.named.words)
    columns: dict[str, Any] = {
        LABEL: st.column_config.DateColumn(title, format=_date_format(by))
        if by in _DATE_FORMATS
        else st.column_config.TextColumn(title, pinned=len(frame.columns) > 3)
    }
    for name in frame.columns:
        if name == LABEL:
            continue
        label = titles[name]
        if kind is Kind.DURATION:
            columns[name] = st.column_config.TextColumn(
                label, alignment="right", help=said("Hours and minutes")
            )
        elif kind is Kind.PERCENT:
            columns[name] = st.column_config.ProgressColumn(
                label, format="%.1f %%", min_value=0, max_value=100, color="#0f766e"
            )
        else:
            columns[name] = st.column_config.NumberColumn(label, format="localized")
    return columns


def _date_format(by: By) -> str:
    if words().language.code.startswith(DEFAULT):
        return _DATE_FORMATS[by]
    return "MM/YYYY" if by is By.MONTH else formats().date_pattern


def _files(app: AttendanceFacade, asking: Asking) -> None:
    name = f"{asking.question.measure}_by_{asking.question.by}_{asking.first}_{asking.last}"
    wording = Wording(words())

    def made(suffix: str) -> bytes:
        about = About(
            asking.first, asking.last, asking.filters.describe(),
            app.site.timezone.key, app.service.timesheets.now(),
        )  # fmt: skip
        return written(report_of(answered(app, asking), about), suffix, wording=wording)

    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for suffix, mime in _MIMES.items():
            st.download_button(
                suffix[1:].upper(),
                data=noted(Right.RECORDS, f"{name}{suffix}", partial(made, suffix)),
                file_name=f"{name}{suffix}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"explore_file{suffix}",
            )
