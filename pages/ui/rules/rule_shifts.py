"""Settings of shifts: hours, graces, thresholds, and how punches are read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Final

import streamlit as st

from face_rec.attendance.rules.shift import (
    DEFAULT_ID,
    PRESENCE,
    Counting,
    DayHours,
    Reading,
    Shift,
)
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.rules.rule_editor import buttons, form_key, new_id
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said

_NEW: Final = "new"
_MOST: Final = 24 * 60
_SOME_MONDAY: Final = date(2024, 1, 1)
_READINGS: Final = {
    Reading.ALTERNATING: msgid("In, out, in, … in turn"),
    Reading.TYPED: msgid("As the kiosk says"),
}
_COUNTINGS: Final = {
    Counting.FIRST_LAST: msgid("First in to last out"),
    Counting.EVERY_PAIR: msgid("Every pair of in and out"),
}


def shifts(app: AttendanceFacade) -> None:
    """Choose a shift and change it, or make one."""
    rules = begun(app)
    stored = {shift.id: shift for shift in rules.shifts}
    known = {DEFAULT_ID: stored.get(DEFAULT_ID, PRESENCE)} | stored
    chosen = st.selectbox(
        said("Shift"),
        [*known, _NEW],
        format_func=lambda one: said("New shift …") if one == _NEW else _title(known[one]),
        key="shift_choice",
    )
    shift = known.get(chosen)
    if chosen == DEFAULT_ID:
        st.caption(said("Holds for everybody to whom no other shift is assigned."))
    if shift:
        _versions(shift)
    key = form_key(app, "shift", shift)
    with st.container(border=True):
        made = _form(shift or Shift(new_id(), ""), key)
    buttons(app, key, [made], shift, removable=chosen in stored)


def _versions(shift: Shift) -> None:
    """What held before, in a line each."""
    if shift.valid_from is None:
        return
    with st.expander(
        said(
            "Holds from {day}; before that it was another",
            day=formats().numbers_only(shift.valid_from),
        )
    ):
        for one in shift.earlier:
            st.markdown(_version(one))


def _version(shift: Shift) -> str:
    title = plain(_title(shift))
    if shift.valid_from is None:
        return said("- from **the beginning**: {shift}", shift=title)
    day = formats().numbers_only(shift.valid_from)
    return said("- from **{day}**: {shift}", day=day, shift=title)


def _weekday(number: int) -> str:
    """Monday is 0."""
    return formats().weekday(_SOME_MONDAY + timedelta(days=number))


def _days(numbers: Iterable[int]) -> str:
    """``Mon, Tue, Wed``."""
    return ", ".join(_weekday(number) for number in sorted(numbers))


def _title(shift: Shift) -> str:
    if shift.presence_only:
        return f"{shift.name} ({_days(shift.days)})"
    hours = f"{formats().time(shift.start)}–{formats().time(shift.end)}"
    return f"{shift.name} ({hours}, {_days(shift.days)})"


def _form(shift: Shift, key: str) -> Shift:
    left, right = st.columns([1.2, 1], vertical_alignment="bottom")
    name = (
        left.text_input(said(pgettext("of a thing", "Name")), shift.name, key=f"{key}_name") or ""
    )
    presence = right.toggle(
        said("Presence only"), shift.presence_only, key=f"{key}_presence",
        help=said("One mark makes the day present; hours and lateness are not measured."),
    )  # fmt: skip
    one, two, three = st.columns([1, 1, 2])
    start = one.time_input(said("Start"), shift.start, step=300, key=f"{key}_start")
    end = two.time_input(said("End"), shift.end, step=300, key=f"{key}_end",
                         help=said("An end before the start is on the next day."))  # fmt: skip
    with three:
        days = st.pills(
            said("Days"), range(7), selection_mode="multi", default=sorted(shift.days),
            format_func=_weekday, key=f"{key}_days",
        )  # fmt: skip
    made = replace(
        shift, name=name.strip(), presence_only=presence, start=start or time(),
        end=end or time(), days=frozenset(days),
    )  # fmt: skip
    return made if presence else _thresholds(_window(_weekdays(made, key), key), key)


def _weekdays(shift: Shift, key: str) -> Shift:
    """Other hours on some days of the week; an empty field has the shift's own."""
    known = {one.day: one for one in shift.weekdays}
    with st.expander(said("Other hours on some days"), icon=":material/calendar_view_week:",
                     expanded=bool(known)):  # fmt: skip
        st.caption(
            said("Limits of hours (half day, absent, overtime) are taken in proportion there.")
        )
        other = st.pills(
            said("Days with hours of their own"), sorted(shift.days), selection_mode="multi",
            default=sorted(set(known) & shift.days), format_func=_weekday,
            key=f"{key}_other",
        )  # fmt: skip
        made = tuple(_hours(day, known.get(day), shift, key) for day in sorted(other))
    return replace(shift, weekdays=made)


def _hours(day: int, known: DayHours | None, shift: Shift, key: str) -> DayHours:
    start, end = (known.start, known.end) if known else (shift.start, shift.end)
    name, left, right = st.columns([0.6, 1, 1], vertical_alignment="bottom")
    name.markdown(f"**{_weekday(day)}**")
    began = left.time_input(said("Start"), start, step=300, key=f"{key}_from_{day}")
    ended = right.time_input(said("End"), end, step=300, key=f"{key}_to_{day}")
    return DayHours(day, began or start, ended or end)


def _window(shift: Shift, key: str) -> Shift:
    cells = st.grid(4, min_column_width=190, gap="small")
    return replace(
        shift,
        late_grace=_minutes(cells, said("Grace for coming late"), shift.late_grace, f"{key}_late"),
        early_grace=_minutes(
            cells, said("Grace for leaving early"), shift.early_grace, f"{key}_early"
        ),
        opens_before=_minutes(
            cells, said("Check-in before the start"), shift.opens_before, f"{key}_opens"
        ),
        closes_after=_minutes(
            cells, said("Check-out after the end"), shift.closes_after, f"{key}_closes"
        ),
    )


def _thresholds(shift: Shift, key: str) -> Shift:
    cells = st.grid(4, min_column_width=190, gap="small")
    changed = replace(
        shift,
        half_day_below=_optional(
            cells, said("Half day below"), shift.half_day_below, f"{key}_half"
        ),
        absent_below=_optional(cells, said("Absent below"), shift.absent_below, f"{key}_absent"),
        overtime_after=_optional(
            cells, said("Overtime after"), shift.overtime_after, f"{key}_over"
        ),
        unpaid_break=_minutes(
            cells, said("Break that is deducted"), shift.unpaid_break, f"{key}_break"
        ),
    )
    with st.expander(said("How punches are read"), icon=":material/rule:"):
        return _reading(changed, key)


def _reading(shift: Shift, key: str) -> Shift:
    left, right = st.columns(2)
    reading = left.selectbox(
        said("Direction of a mark"), list(Reading), index=list(Reading).index(shift.reading),
        format_func=lambda one: said(_READINGS[one]), key=f"{key}_reading",
        help=said("A kiosk says IN or OUT if it is set so under Kiosks; what it leaves open is "
        "taken in turn."),
    )  # fmt: skip
    counting = right.selectbox(
        said("Time that counts"), list(Counting), index=list(Counting).index(shift.counting),
        format_func=lambda one: said(_COUNTINGS[one]), key=f"{key}_counting",
    )  # fmt: skip
    closes = left.toggle(
        said("Close a missing check-out at the end of the shift"),
        shift.close_missing,
        key=f"{key}_close",
        help=said("Only when computing, and marked as such; no mark is written."),
    )
    zone = right.text_input(
        said("Time zone"), shift.zone, placeholder=said("That of the site"), key=f"{key}_zone"
    )
    cells = st.grid(2, min_column_width=190, gap="small")
    tolerance = _minutes(
        cells, said("Check-out is missing after"), shift.close_tolerance, f"{key}_tolerance"
    )
    after = _minutes(cells, said("Break only from hours of"), shift.break_after, f"{key}_after")
    return replace(
        shift, reading=reading or shift.reading, counting=counting or shift.counting,
        close_missing=closes, zone=(zone or "").strip(), close_tolerance=tolerance,
        break_after=after,
    )  # fmt: skip


def _minutes(cells: "st.delta_generator.DeltaGenerator", label: str, value: int, key: str) -> int:
    return int(
        cells.number_input(
            said("{label}, min", label=label), 0, _MOST, value, step=5, key=key, width="stretch"
        )
    )


def _optional(
    cells: "st.delta_generator.DeltaGenerator", label: str, value: int | None, key: str
) -> int | None:
    given = cells.number_input(
        said("{label}, min", label=label),
        0,
        _MOST,
        value,
        step=15,
        placeholder=said("off"),
        key=key,
        width="stretch",
    )  # fmt: skip
    return None if given is None else int(given)
