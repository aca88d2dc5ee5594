"""Why this status? One person's day with its marks, rule, arithmetic and corrections."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.explained_day import EventLine, Explanation
from face_rec.attendance.marks.correction import AuditLine
from face_rec.attendance.marks.records import place_of
from face_rec.attendance.marks.visit import stays_of, visits
from face_rec.clock import offset_if_twice
from face_rec.domain.errors import PersonMissing
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.navigation import open_button
from pages.ui.records.correct import add_punch, correct_mark
from pages.ui.records.records_table import KINDS, SOURCES
from pages.ui.shared import times
from pages.ui.shared.day_words import FILLS, status_name
from pages.ui.shared.text import html, plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, in_words, said, said_many


def why(
    app: AttendanceFacade, identity: Identity, subject: str, day: date, *, own_page: bool = False
) -> None:
    """Draw the answer; ``own_page``: on the person's page already."""
    try:
        told = app.service.mark_queries.explain(subject, day)
    except PersonMissing:
        empty_state(
            "person_off", said("This person is not registered any more"), said("Reload the page.")
        )
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
        st.subheader(said("Why this status?"), anchor=False, width="content")
        st.html(_chip(one), width="content")
        if not own_page:
            open_button(
                Page.RECORDS, said("{name}, all days", name=plain(one.person.name)),
                f"all_days_{one.person.subject}", person=one.person.subject,
                day=one.day.isoformat(),
            )  # fmt: skip
    st.caption(
        f"{plain(one.person.name)} ({plain(one.person.id)}) · {formats().long_day(one.day)}"
    )


def _chip(one: DayRecord) -> str:
    style = f"background:{FILLS[one.status]}"
    return f'<span class="fr-chip" style="{style}">{html(status_name(one.status))}</span>'


def _warnings(told: Explanation) -> None:
    for outage in told.outages:
        st.warning(plain(in_words(outage)), icon=":material/videocam_off:")
    if told.malformed:
        st.warning(
            said_many(
                "{count} entry of this day in the database cannot be read and was left out. An "
                "administrator should look at it.",
                "{count} entries of this day in the database cannot be read and were left out. An "
                "administrator should look at them.",
                len(told.malformed),
            ),
            icon=":material/warning:",
        )


def _arithmetic(told: Explanation) -> None:
    st.markdown(said("**The rule**"))
    st.html(_items(told.rule))
    st.markdown(said("**The arithmetic**"))
    st.html(_items(told.steps, ordered=True))


def _items(lines: Iterable[str], ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    rows = "".join(f"<li>{html(in_words(line))}</li>" for line in lines)
    return f'<{tag} class="fr-steps">{rows}</{tag}>'


def _marks(app: AttendanceFacade, identity: Identity, told: Explanation) -> None:
    may = identity.may(Right.CORRECT)
    st.markdown(said("**Marks of this day**"))
    if not told.events:
        st.caption(said("None."))
    lines = {line.entry.event.id: line for line in told.events}
    timesheets = app.service.timesheets
    stays = stays_of(timesheets.rules().kiosks, timesheets.zone)
    for visit in visits([line.entry for line in told.events], stays):
        first, *more = (lines[entry.event.id] for entry in visit.marks)
        _line(app, identity, first, told.record.day)
        if more:
            label = said_many(
                "{count} more mark of this visit, until {time}",
                "{count} more marks of this visit, until {time}",
                len(more),
                time=formats().clock(more[-1].at, seconds=True),
            )
            with st.expander(label):
                for line in more:
                    _line(app, identity, line, told.record.day)
    if may and st.button(
        said("Add a mark"), icon=":material/add:", key=f"add_{told.record.person.subject}"
    ):
        add_punch(app, told.record.person, told.record.day)


def _line(app: AttendanceFacade, identity: Identity, line: EventLine, day: date) -> None:
    may = identity.may(Right.CORRECT)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_mark(line, day), width="stretch")
        key = f"mark_{line.entry.event.id}"
        if st.button(
            said("Correct") if may else said("Picture"), key=key,
            help=said("Correct or look at this mark") if may else None,
        ):  # fmt: skip
            correct_mark(app, identity, line.entry, day)


def _mark(line: EventLine, day: date) -> str:
    event = line.entry.event
    beside = (line.at.date() - day) // timedelta(days=1)
    shown = formats().clock(line.at, seconds=True) + offset_if_twice(line.at)
    shown += f" ({beside:+d})" if beside else ""
    where = [event.kiosk, said(SOURCES.get(line.source, line.source))]
    where += [place_of(event.where)] if event.where else []
    where += [said("confirmed")] if line.entry.confirmed else []
    where += [said("disputed")] if line.entry.disputed else []
    where += [in_words(line.note)] if line.note else []
    faded = "" if line.used else " fr-unused"
    return (
        f'<div class="fr-mark{faded}"><b>{html(shown)}</b> {html(said(KINDS[line.kind]))}'
        f"<small>{html(' · '.join(word for word in where if word))}</small></div>"
    )


def _corrections(app: AttendanceFacade, lines: Sequence[AuditLine]) -> None:
    st.markdown(said("**Corrections**"))
    st.html("".join(_correction(app, line) for line in lines))


def _correction(app: AttendanceFacade, line: AuditLine) -> str:
    zone = app.site.timezone
    when = times.date_and_time(line.at, zone)
    became = f"{in_words(line.before)} → {in_words(line.after)}"
    mark = f"{times.clock_time(line.punch_at, zone)}: {became}"
    return (
        f'<div class="fr-mark"><b>{html(mark)}</b><small>“{html(line.reason)}” · '
        f"{html(line.author)}, {html(when)}</small></div>"
    )
