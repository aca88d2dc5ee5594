"""Below the menu: who is signed in, and the way out. Also notices when the sign-in has ended."""

from datetime import tzinfo
from typing import Final, NoReturn

import streamlit as st

from face_rec.access.access_control import SESSION, cookie
from face_rec.access.principal import PrincipalKind
from face_rec.access.signin.session import SignIn
from face_rec.domain.errors import StoreError
from face_rec.facades.frame import FrameFacade
from face_rec.web.base.html import KIOSK_KEY
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Identity
from pages.ui.shared.text import html

_OVER: Final = "over"  # no principal stands so: whoever is there loads the page anew
_NOTE: Final = "_session_note"  # what the sign-in page says afterwards
_watch = st.components.v2.component(
    "face_rec_session",
    html='<span data-testid="session" hidden></span>',
    js=KIOSK_KEY + joined("curtain.js", "session_watch.js"),
)


def account_menu(identity: Identity) -> None:
    """Nothing while accounts are switched off; for a kiosk only the watch."""
    if identity.kind is PrincipalKind.LOCAL:
        return
    device = identity.kind is PrincipalKind.DEVICE
    if not device:
        with st.sidebar:
            st.html(
                f'<div class="fr-account" data-testid="account"><b>{html(identity.name)}</b>'
                '<a href="/account" target="_self">Account</a>'
                '<a href="/logout" target="_self">Sign out</a></div>'
            )
            _sign_ins()
    st.session_state[_NOTE] = "kiosk" if device else "ended"
    _watch_session(identity.standing)


def _sign_ins() -> None:
    """When the account was signed in to before, and a new sign-in that its owner should know."""
    app, secret = FrameFacade.current(), cookie(st.context.cookies, SESSION)
    own, zone = app.access.own_sessions, app.site.timezone
    try:
        new, before = own.unseen(secret), own.previous(secret)
    except StoreError:
        return  # the database is away, which the page says by itself
    if new is not None:
        st.html(
            '<div class="fr-new-sign-in" role="alert" data-testid="new-sign-in">New sign-in: '
            f"{html(_words(new, zone))}. Not you? "
            '<a href="/account/sessions" target="_self">Look at it</a></div>'
        )
    if before is not None:
        words = html(_words(before, zone))
        st.html(f'<div class="fr-last-sign-in">Last sign-in: {words}</div>')


def _words(sign_in: SignIn, zone: tzinfo) -> str:
    when = f"{sign_in.at.astimezone(zone):%Y-%m-%d %H:%M}"
    return ", ".join(part for part in (when, sign_in.browser, sign_in.address) if part)


def farewell() -> NoReturn:
    """For a browser that is nobody any more, or not the one this page was opened for: the watch
    stays and leads it to the sign-in page, or to what it may see now."""
    _watch_session(_OVER)
    st.info("This session has ended. The next page opens in a moment.", icon=":material/lock:")
    st.stop()


def _watch_session(standing: str) -> None:
    note = st.session_state.get(_NOTE, "ended")
    _watch(key="session-watch", data={"note": note, "standing": standing}, height=0)
