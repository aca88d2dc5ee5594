"""Why this status? One person's day with its marks, rule, arithmetic and corrections."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.explanation import EventLine, Explanation
from face_rec.attendance.marks.correction import AuditLine
from face_rec.attendance.marks.visit import stays_of, visits
from face_rec.clock import long_day, offset_if_twice
from face_rec.domain.errors import PersonMissing
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.navigation import open_button
from pages.ui.records.correct import add_punch, correct_mark
from pages.ui.records.records_table import KINDS, SOURCES
from pages.ui.shared import times
from pages.ui.shared.day_words import FILLS, STATUS_NAMES
from pages.ui.shared.text import counted, html, plain
from pages.ui.shared.widgets import empty_state


def why(
    app: AttendanceFacade, identity: Identity, subject: str, day: date, *, own_page: bool = False
) -> None:
    """Draw the answer; ``own_page``: on the person's page already."""
    try:
        told = app.service.mark_queries.explain(subject, day)
    except PersonMissing:
        empty_state("person_off", "This person is not registered any more", "Reload the page.")
        return
    if not identity.sees(told.record.person.group):
        return
    with st.container(border=True, key="why"):
        _head(told.record, own_page)
        _warnings(told)
        left, right = st.columns(2, gap="large")
        with left:
            _arithmetic(told)
        with right:
            _marks(app, identity, told)
        if told.corrections:
            _corrections(app, told.corrections)


def _head(one: DayRecord, own_page: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Why this status?", anchor=False, width="content")
        st.html(_chip(one), width="content")
        if not own_page:
            open_button(
                Page.RECORDS, f"{plain(one.person.name)}, all days",
                f"all_days_{one.person.subject}", person=one.person.subject,
                day=one.day.isoformat(),
            )  # fmt: skip
    st.caption(f"{plain(one.person.name)} ({plain(one.person.id)}) · {long_day(one.day)}")


def _chip(one: DayRecord) -> str:
    style = f"background:{FILLS[one.status]}"
    return f'<span class="fr-chip" style="{style}">{html(STATUS_NAMES[one.status])}</span>'


def _warnings(told: Explanation) -> None:
    for outage in told.outages:
        st.warning(plain(outage), icon=":material/videocam_off:")
    if told.malformed:
        st.warning(
            f"{len(told.malformed)} entries of this day in the database cannot be read and were "
            "left out. An administrator should look at them.",
            icon=":material/warning:",
        )


def _arithmetic(told: Explanation) -> None:
    st.markdown("**The rule**")
    st.html(_items(told.rule))
    st.markdown("**The arithmetic**")
    st.html(_items(told.steps, ordered=True))


def _items(lines: Iterable[str], ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    rows = "".join(f"<li>{html(line)}</li>" for line in lines)
    return f'<{tag} class="fr-steps">{rows}</{tag}>'


def _marks(app: AttendanceFacade, identity: Identity, told: Explanation) -> None:
    may = identity.may(Right.CORRECT)
    st.markdown("**Marks of this day**")
    if not told.events:
        st.caption("None.")
    lines = {line.entry.event.id: line for line in told.events}
    timesheets = app.service.timesheets
    stays = stays_of(timesheets.rules().kiosks, timesheets.zone)
    for visit in visits([line.entry for line in told.events], stays):
        first, *more = (lines[entry.event.id] for entry in visit.marks)
        _line(app, identity, first, told.record.day)
        if more:
            until = f"{more[-1].at:%H:%M:%S}"
            with st.expander(f"{counted(len(more), 'more mark')} of this visit, until {until}"):
                for line in more:
                    _line(app, identity, line, told.record.day)
    if may and st.button(
        "Add a mark", icon=":material/add:", key=f"add_{told.record.person.subject}"
    ):
        add_punch(app, told.record.person, told.record.day)


def _line(app: AttendanceFacade, identity: Identity, line: EventLine, day: date) -> None:
    may = identity.may(Right.CORRECT)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_mark(line, day), width="stretch")
        key = f"mark_{line.entry.event.id}"
        if st.button(
            "Correct" if may else "Picture", key=key,
            help="Correct or look at this mark" if may else None,
        ):  # fmt: skip
            correct_mark(app, identity, line.entry, day)


def _mark(line: EventLine, day: date) -> str:
    event = line.entry.event
    beside = (line.at.date() - day) // timedelta(days=1)
    shown = f"{line.at:%H:%M:%S}{offset_if_twice(line.at)}" + (f" ({beside:+d})" if beside else "")
    where = [event.kiosk, SOURCES.get(line.source, line.source)]
    where += ["confirmed"] if line.entry.confirmed else []
    where += ["disputed"] if line.entry.disputed else []
    where += [line.note] if line.note else []
    faded = "" if line.used else " fr-unused"
    return (
        f'<div class="fr-mark{faded}"><b>{html(shown)}</b> {html(KINDS[line.kind])}'
        f"<small>{html(' · '.join(word for word in where if word))}</small></div>"
    )


def _corrections(app: AttendanceFacade, lines: Sequence[AuditLine]) -> None:
    st.markdown("**Corrections**")
    st.html("".join(_correction(app, line) for line in lines))


def _correction(app: AttendanceFacade, line: AuditLine) -> str:
    zone = app.site.timezone
    when = times.date_and_time(line.at, zone)
    mark = f"{times.clock_time(line.punch_at, zone)}: {line.before} → {line.after}"
    return (
        f'<div class="fr-mark"><b>{html(mark)}</b><small>“{html(line.reason)}” · '
        f"{html(line.author)}, {html(when)}</small></div>"
    )
