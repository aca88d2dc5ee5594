"""A month of one's own: what it came to, and a calendar of its days, one of which is chosen."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Status
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import Right
from pages.ui.frame.parts import callback
from pages.ui.own.said import STATUS
from pages.ui.shared.day_words import FILLS, STRONG, hours
from pages.ui.shared.text import html

DAY: Final = "own_day"
_MONTH: Final = "own_month"
_MONTHS: Final = 24
"""How many may be looked at, this one included."""
_NONE: Final = frozenset({Status.NOT_EMPLOYED, Status.NOT_YET})


def month(app: OwnFacade, person: Person, words: Translator) -> date:
    """Draw it; the day that is chosen."""
    today = app.service.timesheets.today()
    first = st.session_state.setdefault(_MONTH, today.replace(day=1))
    last = min(_next(first) - timedelta(days=1), today)
    days = app.service.timesheets.person(person.subject, first, last)
    chosen: date = st.session_state.setdefault(DAY, today)
    with st.container(border=True, key="own_month"):
        _turn(words, first, today)
        _figures(words, days)
        _calendar(words, days, first, chosen)
        _legend(words, days)
    return chosen


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _earliest(today: date) -> date:
    month = today.year * 12 + today.month - _MONTHS
    return date(month // 12, month % 12 + 1, 1)


def _turn(words: Translator, first: date, today: date) -> None:
    before, after = (first - timedelta(days=1)).replace(day=1), _next(first)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center",
        key="own_turn",
    ):  # fmt: skip
        if st.button(
            words.gettext("Earlier"), icon=":material/chevron_left:", type="tertiary",
            disabled=before < _earliest(today), key="own_before",
            on_click=callback(Right.OWN, _go), args=(before, today),
        ):  # fmt: skip
            pass
        st.subheader(words.month(first), anchor=False, width="content")
        st.button(
            words.gettext("Later"), icon=":material/chevron_right:", icon_position="right",
            type="tertiary", disabled=after > today, key="own_after",
            on_click=callback(Right.OWN, _go), args=(after, today),
        )  # fmt: skip


def _go(first: date, today: date) -> None:
    st.session_state[_MONTH] = first
    st.session_state[DAY] = min(today, _next(first) - timedelta(days=1))


def _figures(words: Translator, days: Sequence[DayRecord]) -> None:
    late = [one for one in days if one.late]
    shown = (
        (words.gettext("Hours"), hours(sum(whole(one.worked) for one in days)) or "0:00"),
        (words.gettext("Overtime"), hours(sum(whole(one.overtime) for one in days)) or "0:00"),
        (words.gettext("Days here"), str(sum(one.status in ATTENDED for one in days))),
        (words.gettext("Absent"), str(sum(one.status is Status.ABSENT for one in days))),
        (words.gettext("Late"), f"{len(late)}" + _together(late)),
    )
    cells = "".join(f"<div><dt>{html(n)}</dt><dd>{html(v)}</dd></div>" for n, v in shown)
    st.html(f'<dl class="fr-figures">{cells}</dl>')


def _together(late: Sequence[DayRecord]) -> str:
    minutes = hours(sum(begun(one.late) for one in late))
    return f" ({minutes})" if minutes else ""


def _calendar(words: Translator, days: Sequence[DayRecord], first: date, chosen: date) -> None:
    weekdays = words.weekdays()
    found = {one.day: one for one in days}
    gap = [number for number, _ in weekdays].index(first.weekday())
    st.html(_colours(days, chosen, gap))
    with st.container(key="own_days", gap=None):
        for _, name in weekdays:
            st.html(f'<span class="fr-weekday">{html(name)}</span>')
        day, end = first, _next(first)
        while day < end:
            one = found.get(day)
            code = one.code if one and one.status not in _NONE else ""
            st.button(
                f"{day.day}  \n{code or '·'}", key=f"own_{day}", disabled=one is None,
                help=words.gettext(STATUS[one.status]) if one else None, width="stretch",
                on_click=callback(Right.OWN, _choose), args=(day,),
            )  # fmt: skip
            day += timedelta(days=1)


def _choose(day: date) -> None:
    st.session_state[DAY] = day


def _colours(days: Sequence[DayRecord], chosen: date, gap: int) -> str:
    """Each day's, as in the office's tables; the letter says the same without colour."""
    rules = [
        f".st-key-own_{one.day} button {{ background: {FILLS[one.status]}; color: #12211f; }}"
        for one in days
        if one.status not in _NONE
    ]
    if days:
        rules.append(f".st-key-own_{days[0].day.replace(day=1)} {{ grid-column: {gap + 1}; }}")
    rules.append(f".st-key-own_{chosen} button {{ outline: 3px solid var(--fr-accent); }}")
    return f"<style>{' '.join(rules)}</style>"


def _legend(words: Translator, days: Sequence[DayRecord]) -> None:
    there = dict.fromkeys((one.status, one.code) for one in days if one.status not in _NONE)
    items = "".join(
        f'<span><i style="background:{STRONG[status]}"></i>{html(code)} '
        f"{html(words.gettext(STATUS[status]))}</span>"
        for status, code in there
    )
    st.html(f'<div class="fr-legend">{items}</div>')
