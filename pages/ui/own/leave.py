"""Leave of one's own: how many days are left, asking for more, and what was asked for before."""

from datetime import date
from typing import Final

import streamlit as st

from face_rec.attendance.leave.balance import Balance, Span
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from face_rec.requests.asking import LONGEST_REASON
from face_rec.requests.leave_checks import Weighed
from face_rec.requests.request import LeaveRequest, Standing
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.own.said import STANDING, request_row
from pages.ui.shared.text import html, isolated, plain

_ROUND: Final = "_own_leave_round"
_SHOWN: Final = 10


def leave(app: OwnFacade, person: Person, words: Translator) -> None:
    """All of it; nothing where the site has no type that people may ask for, and they have asked
    for none."""
    types, asked = app.leave.types(), app.leave.of(person.subject)
    today = app.service.timesheets.today()
    balances = app.leave.balances(person.subject, today.year)
    if not (types or asked or balances):
        return
    with st.container(border=True, key="own_leave_card"):
        st.subheader(words.gettext("Leave"), anchor=False)
        if balances:
            st.caption(words.gettext("Days of leave"))
            for one in balances:
                st.html(_figures(one, words))
        if types:
            _form(app, person, types, today, words)
        there = app.leave.entered(person.subject)
        for request in asked[:_SHOWN]:
            _asked(app, request, request.made in there, words)


def _figures(one: Balance, words: Translator) -> str:
    """One type in this year; on a phone the figures stand in two lines."""
    shown = (
        (words.gettext("Allowed"), one.allowed), (words.gettext("Carried over"), one.carried),
        (words.gettext("Taken"), one.taken), (words.gettext("Asked for"), one.requested),
        (words.gettext("Days left"), one.left),
    )  # fmt: skip
    cells = "".join(
        f"<div><dt>{html(name)}</dt><dd>{html(days_in(number, words))}</dd></div>"
        for name, number in shown
    )
    return (
        f'<div class="fr-mark"><b>{isolated(html(one.type.name))}, {one.year}</b></div>'
        f'<dl class="fr-figures fr-days">{cells}</dl>'
    )


def days_in(number: float, words: Translator) -> str:
    """``4`` or ``4.5`` as the language writes it."""
    return words.number(number)


def _form(
    app: OwnFacade, person: Person, types: list[LeaveType], today: date, words: Translator
) -> None:
    key = f"own_leave_{st.session_state.setdefault(_ROUND, 0)}"
    with st.expander(words.gettext("Ask for leave"), key=f"{key}_open"):
        known = {one.id: one for one in types}
        kind = st.selectbox(
            words.gettext("Type"), list(known), format_func=lambda name: known[name].name,
            key=f"{key}_type",
        )  # fmt: skip
        left, right = st.columns(2)
        first = left.date_input(words.gettext("First day"), today, key=f"{key}_first")
        start = first if isinstance(first, date) else today
        last = right.date_input(words.gettext("Last day"), start, key=f"{key}_last_{start}")
        half = known[kind].halves and st.toggle(
            words.gettext("Half of each day"), key=f"{key}_half"
        )
        note = st.text_area(
            words.gettext("Note (optional)"), key=f"{key}_note", max_chars=LONGEST_REASON,
            height=80,
        )  # fmt: skip
        span = Span(start, last if isinstance(last, date) else start, bool(half))
        fits = _said(app, person, kind, span, words)
        if st.button(words.gettext("Send"), type="primary", disabled=not fits, key=f"{key}_send"):
            _send(app, kind, span, note or "", words)


def _said(app: OwnFacade, person: Person, kind: str, span: Span, words: Translator) -> bool:
    """What it takes, or why it cannot be asked for, before anything is sent."""
    try:
        weighed = app.leave.weigh(person.subject, kind, span)
    except CorrectionRefused as error:
        st.warning(plain(words.said(error.said)), icon=":material/info:")
        return False
    st.caption(plain(" ".join(_taking(weighed, words))))
    return True


def _taking(weighed: Weighed, words: Translator) -> list[str]:
    lines = [words.gettext("Days that this takes: {days}.", days=days_in(weighed.days, words))]
    return lines + [
        words.gettext(
            "Left in {year} then: {days}.", year=str(one.year), days=days_in(one.left, words)
        )
        for one in weighed.balances
    ]


def _send(app: OwnFacade, kind: str, span: Span, note: str, words: Translator) -> None:
    try:
        made = app.leave.ask(require(Right.OWN).subject, kind, span, note)
    except CorrectionRefused as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1
    waits = made.standing is Standing.ASKED
    flash(words.gettext("Sent to the office.") if waits else words.gettext("It is entered."))
    st.rerun()


def _asked(app: OwnFacade, one: LeaveRequest, there: bool, words: Translator) -> None:
    taken = words.gettext("Days: {days}", days=days_in(one.days, words))
    when = words.day(one.first)
    if one.last != one.first:
        when = f"{when} – {words.day(one.last)}"
    said = words.gettext(STANDING[one.standing])
    if one.standing is Standing.APPROVED and one.made and not there:
        said = words.gettext("removed by the office")
    note = app.leave.records.text(one.id, one.note)
    shown = request_row(html(one.kind), (when, taken, said, one.by), note)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shown, width="stretch")
        today = app.service.timesheets.today()
        may = one.standing is Standing.ASKED or (
            one.standing is Standing.APPROVED and there and one.first > today
        )
        if one.attached or one.standing in (Standing.ASKED, Standing.APPROVED):
            st.html(_files(one, words), width="content")
        if may and st.button(words.gettext("Take back"), key=f"own_leave_back_{one.id}"):
            _take_back(app, one, words)


def _files(one: LeaveRequest, words: Translator) -> str:
    """The way to what lies beside a request, and how much that is."""
    count = f" ({words.number(len(one.attached))})" if one.attached else ""
    title = html(words.gettext("Attachments"))
    return f'<a class="fr-out" href="/my/leave/{one.id}" target="_self">{title}{count}</a>'


def _take_back(app: OwnFacade, one: LeaveRequest, words: Translator) -> None:
    try:
        app.leave.take_back(require(Right.OWN).subject, one.id)
    except CorrectionRefused as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return
    st.rerun()
