"""The way round the camera: ID and PIN, at kiosks that allow it."""

from pathlib import Path

import streamlit as st

from face_rec.access.pins import LONGEST
from face_rec.access.principal import Principal
from face_rec.access.rights import Right
from face_rec.entities import Person
from face_rec.errors import AccessError, JournalError, PeopleError, StoreUnavailable
from face_rec.system import System
from pages.ui import banner, kiosk_still
from pages.ui.context import system
from pages.ui.identity import current
from pages.ui.page import guarded
from pages.ui.text import plain

_ROUND = "_pin_round"
_LONGEST_ID = 64
_keypad = st.components.v2.component(
    "face_rec_pin_keypad",
    html="<span hidden></span>",
    js=Path(__file__).with_name("kiosk_pin.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def allowed(app: System, identity: Principal, kiosk: str) -> bool:
    """Whether PINs count here: a linked device says so itself, any other browser is what the
    kiosk's record says. Nobody's do while the database is away."""
    if not identity.may(Right.KIOSK) or not app.access.open_now(identity):
        return False
    if identity.kiosk:
        return identity.pin and identity.kiosk == kiosk
    try:
        return any(one.pin for one in app.office.book.rules().kiosks if one.id == kiosk)
    except StoreUnavailable:
        return False


def pin_entry(kiosk: str, *, live: bool) -> None:
    """One quiet button that opens the form; nothing where PINs do not count."""
    with st.container():
        _entry(kiosk, live)


@st.fragment
def _entry(kiosk: str, live: bool) -> None:
    with guarded("kiosk.pin"):
        if not allowed(system(), current(), kiosk):
            return
        # A mark makes the next one a new form: closed, with nothing in it.
        key = f"pin_entry_{st.session_state.setdefault(_ROUND, 0)}"
        with (
            st.popover("No face? Use PIN", icon=":material/dialpad:", type="tertiary"),
            st.container(key=key),
        ):
            _form(kiosk, live, key)


def _form(kiosk: str, live: bool, key: str) -> None:
    with st.form(f"{key}_form", clear_on_submit=True, border=False):
        typed = st.text_input("ID", max_chars=_LONGEST_ID, autocomplete="off", key=f"{key}_id")
        pin = st.text_input(
            "PIN", type="password", max_chars=LONGEST, autocomplete="off", key=f"{key}_pin"
        )
        sent = st.form_submit_button("Mark me", type="primary", width="stretch")
    _keypad(key=f"{key}_pad", height=0)
    if sent:
        _mark(kiosk, live, (typed or "").strip(), (pin or "").strip())


def _mark(kiosk: str, live: bool, typed: str, pin: str) -> None:
    app = system()
    try:
        person = app.access.pins.verify(kiosk, typed, _person(app, typed), pin)
        receipt = app.engine.by_pin(person.subject, kiosk, live=live)
    except StoreUnavailable:
        st.error("PINs do not work while the database is away. Try again in a moment.")
        return
    except (AccessError, JournalError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not live:  # a live kiosk hears of it from its stream
        kiosk_still.say(banner.of_receipt(person.name, receipt, app.site.timezone))
    st.session_state[_ROUND] += 1
    st.rerun()


def _person(app: System, typed: str) -> Person | None:
    try:
        return app.people.by_id(typed)
    except PeopleError:  # no text that could be an ID
        return None
