"""A week of one's own: which shift is worked when, and what is leave or a holiday."""

from datetime import date, timedelta
from typing import Final

import streamlit as st

from face_rec.attendance.rules.duty import Duties, Duty, DutyKind
from face_rec.attendance.rules.roster_week import week_of
from face_rec.domain.errors import LinkInvalid
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import Right, require
from pages.ui.frame.parts import callback
from pages.ui.own.said import clock
from pages.ui.shared.text import html, isolated, plain

_SHOWN: Final = "own_week_of"
_WEEK: Final = timedelta(days=7)
_FAR: Final = 26
"""Weeks that may be looked at before and after the one of today."""


def week(app: OwnFacade, person: Person, words: Translator) -> None:
    """Draw it."""
    today = app.service.timesheets.today()
    day = st.session_state.setdefault(_SHOWN, today)
    days = week_of(day)
    duties = Duties(app.service.timesheets.rules(), app.site.timezone)
    with st.container(border=True, key="own_week_card"):
        st.subheader(words.gettext("My week"), anchor=False)
        _turn(days, today, words)
        st.html("".join(_line(duties.of(person, one), one == today, words) for one in days))
        calendar(app, person, words)


def _turn(days: tuple[date, ...], today: date, words: Translator) -> None:
    first, far = days[0], _FAR * _WEEK
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center",
        key="own_week_turn",
    ):  # fmt: skip
        st.button(
            words.gettext("Earlier"), icon=":material/chevron_left:", type="tertiary",
            disabled=first - _WEEK < today - far, key="own_week_before",
            on_click=callback(Right.OWN, _go), args=(first - _WEEK,),
        )  # fmt: skip
        st.caption(words.formats.span(first, days[-1]), width="content")
        st.button(
            words.gettext("Later"), icon=":material/chevron_right:", icon_position="right",
            type="tertiary", disabled=first + _WEEK > today + far, key="own_week_after",
            on_click=callback(Right.OWN, _go), args=(first + _WEEK,),
        )  # fmt: skip


def _go(day: date) -> None:
    st.session_state[_SHOWN] = day


def _line(duty: Duty, now: bool, words: Translator) -> str:
    day = html(words.day(duty.day))
    shown = f"<b>{day}</b>" if now else day
    parts = [html(words.gettext("Day off"))] if duty.kind is DutyKind.OFF else []
    parts += [isolated(html(duty.name))] if duty.name else []
    parts += [html(hours_of(duty, words))] if duty.start else []
    parts += [isolated(html(duty.note))] if duty.note else []
    return f'<div class="fr-mark"><span>{shown}</span><small>{" · ".join(parts)}</small></div>'


def hours_of(duty: Duty, words: Translator) -> str:
    """``22:00 – 06:00 (30 Mar 2026)``; "" where no hours are said."""
    if duty.start is None or duty.end is None:
        return ""
    return f"{clock(words, duty.start, duty.day)} – {clock(words, duty.end, duty.day)}"


# One's own week in the calendar of one's phone: an address that is secret, and its end.

_ADDRESS: Final = "_own_calendar"


def calendar(app: OwnFacade, person: Person, words: Translator) -> None:
    """Within the card of the week. The address is shown once, when it is made."""
    with st.expander(words.gettext("In the calendar of your phone"), key="own_calendar"):
        st.caption(
            words.gettext(
                "An address with your shifts, leave and holidays, for the calendar program of "
                "your phone or computer. Whoever has it sees them: give it to nobody."
            )
        )
        feed = app.calendars.own(person.subject)
        made_at, address = st.session_state.get(_ADDRESS, (None, ""))
        if feed and feed.made_at == made_at:  # else another tab has made a newer one
            st.code(address, language=None, wrap_lines=True)
            st.caption(words.gettext("Copy it now: it is not shown again."))
        elif feed:
            made = feed.made_at.astimezone(app.site.timezone).date()
            st.markdown(
                plain(words.gettext("There is an address, made on {date}.", date=words.day(made)))
            )
        with st.container(horizontal=True):
            new, first = words.gettext("Make a new address"), words.gettext("Make an address")
            label = new if feed else first
            if st.button(label, icon=":material/link:", key="own_calendar_make"):
                _make(app, words)
            if feed and st.button(
                words.gettext("Switch it off"), icon=":material/link_off:", key="own_calendar_end"
            ):
                app.calendars.end_own(require(Right.OWN).subject)
                st.session_state.pop(_ADDRESS, None)
                st.rerun()
        if feed:
            st.caption(words.gettext("A new address ends the one before."))


def _make(app: OwnFacade, words: Translator) -> None:
    try:
        made = app.calendars.renew_own(require(Right.OWN).subject)
    except LinkInvalid as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return
    since = app.calendars.own(require(Right.OWN).subject)
    st.session_state[_ADDRESS] = (since and since.made_at, app.address(made))
    st.rerun()
