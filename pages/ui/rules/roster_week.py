"""The roster: who has which shift on which day of a week, group by group."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, Final

import pandas as pd
import streamlit as st

from face_rec.attendance.rules.calendar import Calendar
from face_rec.attendance.rules.duty import Duties, short_rests
from face_rec.attendance.rules.roster_week import (
    DAYS,
    ONE_DAY,
    RosterWeek,
    changed,
    copied,
    empty_week,
    week_of,
    with_days,
)
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.frame.identity import current
from pages.ui.frame.outcome import flash
from pages.ui.frame.scope import NO_GROUP, visible_groups
from pages.ui.rules.roster_cells import Week, cell_words, choices, shift_names
from pages.ui.rules.rule_editor import authority, refused
from pages.ui.rules.rules_begun import begin_anew, begun
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import day as day_words
from pages.ui.shared.words import formats, in_hours, said

_MOST: Final = 100
"""People in one table."""
_WEEKS: Final = 12
_MOST_SAID: Final = 10
_UNDO: Final = "_roster_undo"


def roster_week(app: AttendanceFacade) -> None:
    """Choose group and week, set the days, copy the week, and take back what was done last."""
    groups = visible_groups(app.people, current())
    left, middle, right = st.columns([1.4, 1, 1])
    group = left.selectbox(
        said("Group"), groups, format_func=lambda name: name or said(NO_GROUP), key="roster_group"
    )
    today = app.service.timesheets.today()
    day = middle.date_input(
        said("A day of the week"), today, format=formats().date_pattern, key="roster_day"
    )
    people = [] if group is None else _people(app, group)
    if len(people) > _MOST:
        starts = list(range(0, len(people), _MOST))
        start = right.selectbox(
            said("People"), starts, key="roster_part",
            format_func=lambda one: f"{one + 1}–{min(one + _MOST, len(people))}",
        )  # fmt: skip
        people = people[start : start + _MOST]
    if not people or not isinstance(day, date):
        empty_state(
            "event_repeat", said("Nobody is in this group"), said("Choose another one above.")
        )
        return
    _draw(app, Week(begun(app), app.site.timezone, people, week_of(day)))


def _people(app: AttendanceFacade, group: str) -> list[Person]:
    found = [card.person for card in people_index(app.people).cards]
    return [one for one in found if one.group == group and one.active]


def _draw(app: AttendanceFacade, week: Week) -> None:
    first, last = week.days[0], week.days[-1]
    st.markdown(said("**{first} to {last}**", first=day_words(first), last=day_words(last)))
    after = _edited(week)
    st.caption(
        said(
            "In brackets: what is assigned under “Who works when”. Holidays and leave go before "
            "the roster."
        )
    )
    _tell_away(week)
    _tell_rests(week, after)
    _buttons(app, week, after)
    with st.expander(said("Set several days at once"), icon=":material/event_repeat:"):
        _set_rows(app, week, after)


def _edited(week: Week) -> list[RosterWeek]:
    """The weeks as the table says, which is not saved yet."""
    names, cells = shift_names(week.rules), week.shown()
    columns: dict[str, list[Any]] = {"name": list(week.names().values())}
    shown: dict[str, Any] = {
        "name": st.column_config.TextColumn(said("Name"), disabled=True, pinned=True)
    }
    for place, day in enumerate(week.days):
        column = [row[place] for row in cells]
        columns[day.isoformat()] = column
        shown[day.isoformat()] = st.column_config.SelectboxColumn(
            _heading(week, day), options=choices(column, names), required=True, width=100,
            format_func=lambda one: cell_words(str(one), names),
        )  # fmt: skip
    whom = hash(tuple(one.subject for one in week.people))
    table = st.data_editor(
        pd.DataFrame(columns, dtype="object"), column_config=shown, hide_index=True,
        num_rows="fixed", key=f"roster_{week.days[0]}_{whom}_{week.rules.version}",
        height=min(640, 38 + 35 * len(week.people)),
    )  # fmt: skip
    days = [day.isoformat() for day in week.days]
    return week.edited(table[days].to_numpy().tolist())


def _heading(week: Week, day: date) -> str:
    """``Mon 2``, and the holiday that it is for this group."""
    name = f"{said(WEEKDAYS[day.weekday()])} {formats().number(day.day)}"
    holiday = Calendar(week.rules.holidays, ()).holiday(week.people[0].group, day)
    return f"{name} · {holiday.name}" if holiday else name


def _tell_away(week: Week) -> None:
    """Leave that the cells do not show: half days, and work elsewhere."""
    calendar = Calendar((), week.rules.leaves)
    found = (
        f"- {plain(one.name)}, {_of_week(day)}: {plain(leave.kind)}"
        for one in week.people
        for day in week.days
        if (leave := calendar.leave(one.subject, day)) and (leave.half or leave.elsewhere)
    )
    _told(
        found, said("Away for a part of the day, or at work elsewhere"), st.info, ":material/info:"
    )


def _tell_rests(week: Week, after: Sequence[RosterWeek]) -> None:
    """Before anything is saved."""
    rosters = week.stored | {one.id: one for one in after}
    duties = Duties(replace(week.rules, rosters=tuple(rosters.values())), week.zone)
    days = [*week.days, week.days[-1] + ONE_DAY]
    found = [(one, rest) for one in week.people for rest in short_rests(duties, one, days)]
    _told(
        (f"- {plain(one.name)}, {_of_week(rest.day)}" for one, rest in found if rest.seconds < 0),
        said("Two shifts at once: the one before does not end in time"),
        st.error,
        ":material/error:",
    )
    _told(
        (
            f"- {plain(one.name)}, {_of_week(rest.day)}: {in_hours(rest.seconds)}"
            for one, rest in found
            if rest.seconds >= 0
        ),
        said("Less than 11 hours of rest before the shift"),
        st.warning,
        ":material/warning:",
    )


def _of_week(day: date) -> str:
    return f"{said(WEEKDAYS[day.weekday()])} {day_words(day)}"


def _told(lines: Iterable[str], title: str, show: Callable[..., object], icon: str) -> None:
    found = list(islice(lines, _MOST_SAID + 1))
    if not found:
        return
    more = ["- …"] if len(found) > _MOST_SAID else []
    text = "\n".join([f"{title}:", "", *found[:_MOST_SAID], *more])
    show(text, icon=icon)


def _buttons(app: AttendanceFacade, week: Week, after: Sequence[RosterWeek]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(said("Save the week"), icon=":material/save:", type="primary",
                     key="roster_save"):  # fmt: skip
            _store(app, week, after)
        count = st.number_input(
            said("Weeks after it"), 1, _WEEKS, 1, key="roster_weeks", width=140
        )
        if st.button(said("Save, and copy it into these"),
                     key="roster_copy"):  # fmt: skip
            _store(app, week, [*after, *copied(after, int(count))])
        last: tuple[list[RosterWeek], list[RosterWeek]] | None = st.session_state.get(_UNDO)
        if last and st.button(said("Undo"), icon=":material/undo:", key="roster_undo"):
            _undo(app, *last)


def _set_rows(app: AttendanceFacade, week: Week, after: Sequence[RosterWeek]) -> None:
    """One shift for some people on some days; what was set in the table is saved with it."""
    names, known = shift_names(week.rules), week.names()
    left, right = st.columns([1.6, 1])
    whom = left.multiselect(
        said("People"), list(known), format_func=known.__getitem__,
        placeholder=said("Everybody in the table"), key="roster_whom",
    )  # fmt: skip
    shift = right.selectbox(
        said("Shift"), ["", *names], key="roster_shift",
        format_func=lambda one: names[one] if one else said("As assigned"),
    )  # fmt: skip
    places = st.pills(
        said("Days"), range(DAYS), default=range(5), selection_mode="multi",
        format_func=lambda one: said(WEEKDAYS[one]), key="roster_days",
    )  # fmt: skip
    if st.button(said("Set and save"), icon=":material/done_all:", disabled=not places,
                 key="roster_set"):  # fmt: skip
        days = {week.days[place]: shift for place in places}
        chosen = set(whom or known)
        _store(
            app, week, [with_days(one, days) if one.subject in chosen else one for one in after]
        )


def _store(app: AttendanceFacade, week: Week, after: Sequence[RosterWeek]) -> None:
    stored = week.stored
    wanted = changed(stored, after)
    if not wanted:
        st.info(said("Nothing is changed."), icon=":material/info:")
        return
    if refused(lambda: app.service.rosters.save(wanted, authority=authority(), seen=stored)):
        return
    was = [stored.get(one.id, empty_week(one.subject, one.first)) for one in wanted]
    st.session_state[_UNDO] = (was, wanted)
    begin_anew()
    flash(said("Saved."))
    st.rerun(scope="app")


def _undo(app: AttendanceFacade, was: list[RosterWeek], after: list[RosterWeek]) -> None:
    """What was saved last is as it was before, unless somebody has changed it since."""
    seen = {one.id: one for one in after}
    if refused(lambda: app.service.rosters.save(was, authority=authority(), seen=seen)):
        return
    st.session_state.pop(_UNDO, None)
    begin_anew()
    flash(said("The roster is as it was before."))
    st.rerun(scope="app")
