"""One's own week in the calendar of one's phone: an address that is secret, and its end."""

from typing import Final

import streamlit as st

from face_rec.domain.errors import LinkInvalid
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import Right, require
from pages.ui.shared.text import plain

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
