"""The way round the camera: ID and PIN, at kiosks that allow it."""

import streamlit as st

from face_rec.access.devices.pin_rule import LONGEST, SHORTEST
from face_rec.access.principal import Principal
from face_rec.access.rights import Right
from face_rec.domain.errors import (
    FaceRecError,
    JournalError,
    PeopleError,
    PinsLocked,
    SignInRefused,
    StoreUnavailable,
    TryLater,
)
from face_rec.domain.people import Person
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.banner import of_receipt
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import current
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import fragment
from pages.ui.kiosk import still
from pages.ui.shared.text import plain

_ROUND = "_pin_round"
_REFUSAL = "_pin_refusal"
_SHOWN_FOR = 20.0  # s: the next person is not told what the last one did
_LONGEST_ID = 64


def allowed(app: KioskFacade, identity: Principal, kiosk: str) -> bool:
    """Whether PINs count here, as the kiosk's record says; nobody's do while the database is
    away. A device counts at its own kiosk only."""
    if not identity.may(Right.KIOSK) or identity.kiosk not in {None, kiosk}:
        return False
    return not app.away() and app.open_now(kiosk) and app.record(kiosk).pin


def pin_entry(kiosk: str, *, live: bool) -> None:
    """One quiet button that opens the form; nothing where PINs do not count."""
    with st.container():
        _entry(kiosk, live)


@fragment(Right.KIOSK)
def _entry(kiosk: str, live: bool) -> None:
    with guarded("kiosk.pin"):
        app = KioskFacade.current()
        if not allowed(app, current(), kiosk):
            return
        words = app.words_at(kiosk)
        # A mark makes the next one a new form with nothing in it.
        key = f"pin_entry_{st.session_state.setdefault(_ROUND, 0)}"
        with (
            st.popover(
                words.gettext("No face? Use PIN"), icon=":material/dialpad:", type="tertiary"
            ),
            st.container(key=key),
        ):
            _form(kiosk, live, key, words)


def _form(kiosk: str, live: bool, key: str, words: Translator) -> None:
    with st.form(f"{key}_form", clear_on_submit=True, border=False):
        typed = st.text_input(
            words.gettext("ID"), max_chars=_LONGEST_ID, autocomplete="off", key=f"{key}_id"
        )
        # A telephone number brings up the digits on a tablet and asks nobody whether to remember
        # it; kiosk.css hides what is typed.
        pin = st.text_input(
            words.gettext("PIN"),
            type="phone",
            max_chars=LONGEST,
            autocomplete="off",
            icon="",
            placeholder=words.gettext("{least} to {most} digits", least=SHORTEST, most=LONGEST),
            key=f"{key}_pin",
        )
        sent = st.form_submit_button(words.gettext("Mark me"), type="primary", width="stretch")
    if sent:
        _mark(kiosk, live, (typed or "").strip(), (pin or "").strip(), words)
    _show_refusal()


def _mark(kiosk: str, live: bool, typed: str, pin: str, words: Translator) -> None:
    app = KioskFacade.current()
    try:
        person = app.verify_pin(kiosk, typed, _person(app, typed), pin)
        receipt = app.engine.by_pin(person.subject, kiosk, live=live)
    except FaceRecError as error:
        _refuse(_reason(error, words))
        return
    if not live:  # a live kiosk hears of it from its stream
        zone, means = app.site.timezone, app.means_at(kiosk)
        still.say(of_receipt(app.named_at(kiosk)(person.name), receipt, zone, means, words))
    st.session_state.pop(_REFUSAL, None)
    st.session_state[_ROUND] += 1
    st.rerun()


def _reason(error: FaceRecError, words: Translator) -> str:
    """Why nobody was marked, and what to do. Raises what is none of the person's concern."""
    match error:
        case StoreUnavailable():
            return words.gettext(
                "PINs do not work while the database is away. Try again in a moment."
            )
        case PinsLocked(minutes=minutes):
            return words.ngettext(
                "Too many tries. Wait {count} minute, or ask the office to note your time.",
                "Too many tries. Wait {count} minutes, or ask the office to note your time.",
                minutes,
            )
        case TryLater():
            return words.gettext("Many people sign in at this moment. Try again in a few seconds.")
        case SignInRefused():
            return words.gettext(
                "ID and PIN do not match, or no PIN is set. Try again, or ask the office."
            )
        case JournalError():
            return words.gettext("No mark can be saved here now. Tell the office.")
    raise error


def _refuse(words: str) -> None:
    """Kept beyond this run: video that comes and goes draws the whole page anew."""
    st.session_state[_REFUSAL] = (words, KioskFacade.current().clock.monotonic())


def _show_refusal() -> None:
    words, since = st.session_state.get(_REFUSAL, ("", 0.0))
    if words and KioskFacade.current().clock.monotonic() - since < _SHOWN_FOR:
        st.error(plain(words), icon=":material/error:")


def _person(app: KioskFacade, typed: str) -> Person | None:
    try:
        return app.people.by_id(typed)
    except PeopleError:  # no text that could be an ID
        return None
