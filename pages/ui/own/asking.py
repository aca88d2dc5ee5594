"""Asking for a correction of a day of one's own, and what became of what was asked before."""

from datetime import date, time
from typing import Final

import streamlit as st

from face_rec.attendance.days.explained_day import EventLine
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import MARK_KINDS, EventKind
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.requests.asking import LONGEST_REASON, moment
from face_rec.requests.request import OwnRequest, Standing, Wish
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.own.said import STANDING, clock, request_row
from pages.ui.shared.text import html, plain

_ROUND: Final = "_own_ask_round"
_SHOWN: Final = 10
_KINDS: Final = {kind: one.button for kind, one in MARK_KINDS.items() if one.button}


def asking(
    app: OwnFacade, person: Person, chosen: date, marks: list[EventLine], words: Translator
) -> None:
    """The form for one day, and the newest requests."""
    with st.container(border=True, key="own_ask_card"):
        st.subheader(words.gettext("Ask for a correction"), anchor=False)
        _form(app, chosen, marks, words)
        for one in app.requests.of(person.subject)[:_SHOWN]:
            _asked(app, one, words)


def _form(app: OwnFacade, chosen: date, marks: list[EventLine], words: Translator) -> None:
    key = f"own_ask_{chosen}_{st.session_state.setdefault(_ROUND, 0)}"
    wrong = {line.entry.event.id: line for line in marks if not line.entry.voided}
    what = {"": words.gettext("A mark is missing")} | {
        name: words.gettext("{time} is wrong", time=clock(words, line.at, chosen))
        for name, line in wrong.items()
    }
    on = words.day(chosen)
    with st.expander(on, key=f"{key}_open"):
        about = st.selectbox(
            words.gettext("What is wrong?"), list(what), format_func=lambda name: what[name],
            key=f"{key}_about",
        )  # fmt: skip
        at, kind = None, next(iter(_KINDS))
        if not about:
            at = st.time_input(words.gettext("Time"), None, step=60, key=f"{key}_at")
            kind = st.radio(
                words.gettext("Kind"), list(_KINDS), horizontal=True, key=f"{key}_kind",
                format_func=lambda one: words.gettext(_KINDS[one]),
            )  # fmt: skip
        reason = st.text_area(
            words.gettext("Reason"), key=f"{key}_reason", max_chars=LONGEST_REASON, height=80
        )
        if not st.button(words.gettext("Send"), type="primary", key=f"{key}_send"):
            return
        line = wrong.get(about)
        meant = Wish(line.at, line.entry.kind, about) if line else (at, kind)
        _send(app, chosen, meant, reason or "", words)


def _send(
    app: OwnFacade,
    chosen: date,
    meant: Wish | tuple[time | None, EventKind],
    reason: str,
    words: Translator,
) -> None:
    try:
        wish = meant if isinstance(meant, Wish) else _missing(app, chosen, *meant)
        app.requests.ask(require(Right.OWN).subject, wish, reason)
    except CorrectionRefused as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1
    flash(words.gettext("Sent to the office."))
    st.rerun()


def _missing(app: OwnFacade, chosen: date, at: time | None, kind: EventKind) -> Wish:
    if at is None:
        raise CorrectionRefused(msgid("Give the time."))
    return Wish(moment(chosen, at, app.site.timezone), kind)


def _asked(app: OwnFacade, one: OwnRequest, words: Translator) -> None:
    at = one.wish.at.astimezone(app.site.timezone)
    time = clock(words, at, at.date())
    what = (
        words.gettext("{time} is wrong", time=time)
        if one.wish.event
        else words.gettext("{time} is missing", time=time)
    )
    said = words.gettext(STANDING[one.standing])
    note = app.requests.book.text(one.id, one.note)
    shown = request_row(html(what), (words.day(at.date()), said, one.by), note)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shown, width="stretch")
        if one.standing is Standing.ASKED and st.button(
            words.gettext("Take back"), key=f"own_back_{one.id}"
        ):
            app.requests.take_back(require(Right.OWN).subject, one.id)
            st.rerun()
