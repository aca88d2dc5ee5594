"""What stands around every page: the look, with wordmark and style sheet; below the menu who is
signed in, and the way out. Also notices when the sign-in has ended."""

from datetime import tzinfo
from typing import Final, NoReturn

import streamlit as st
from streamlit.commands.page_config import MenuItems

from face_rec.access.control.cookie_names import SESSION, cookie
from face_rec.access.principal import PrincipalKind
from face_rec.access.signin.session import SignIn
from face_rec.domain.errors import StoreError
from face_rec.facades.frame import FrameFacade
from face_rec.web.base.kiosk_key import KIOSK_KEY
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Identity
from pages.ui.frame.navigation import menu_icons
from pages.ui.shared import times
from pages.ui.shared.text import html
from pages.ui.shared.words import said

_STYLE = joined("style.css")
_MARK = (
    '<rect width="40" height="40" rx="11" fill="#0f766e"/>'
    '<path d="M11 16v-3a2 2 0 0 1 2-2h3M24 11h3a2 2 0 0 1 2 2v3M29 24v3a2 2 0 0 1-2 2h-3'
    'M16 29h-3a2 2 0 0 1-2-2v-3" fill="none" stroke="#fff" stroke-width="2" '
    'stroke-linecap="round" opacity=".75"/>'
    '<path d="M15 20.5l3.6 3.6 6.6-7.4" fill="none" stroke="#fff" stroke-width="3" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
_FONT = "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif"


def apply(title: str, page: str) -> None:
    """Set wordmark, tab and styles; the router calls it once a run.

    The tab's icon is ours, too: Streamlit's icons would be fetched from a server of Google.
    """
    # Streamlit shows its menu, and in it the choice of a light or a dark theme, only where an
    # entry of it is the app's own.
    menu: MenuItems = {"About": said("Attendance by face recognition.")}
    st.set_page_config(
        layout="wide", page_title=f"{page} · {title}", page_icon=mark(), menu_items=menu
    )
    st.logo(wordmark(title), size="large", icon_image=mark())
    st.html(f"<style>{_STYLE}\n{menu_icons()}</style>")


def mark() -> str:
    """The sign alone, as SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">'
        f"{_MARK}</svg>"
    )


def wordmark(title: str) -> str:
    """The sign with the site's title, as SVG; a long title is cut."""
    shown = title if len(title) <= 22 else title[:21].rstrip() + "…"
    width = 60 + 14 * len(shown)  # generous: the font is the browser's
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40" '
        f'viewBox="0 0 {width} 40">{_MARK}<text x="52" y="27" font-family="{_FONT}" '
        f'font-size="20" font-weight="650" fill="#12211f">{html(shown)}</text></svg>'
    )


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
    own = identity.kind is PrincipalKind.PERSON  # their page says itself how to leave
    if not (device or own):
        with st.sidebar:
            st.html(
                f'<div class="fr-account" data-testid="account"><b>{html(identity.name)}</b>'
                f'<a href="/account" target="_self">{html(said("Account"))}</a>'
                f'<a href="/logout" target="_self">{html(said("Sign out"))}</a></div>'
            )
            _sign_ins()
    st.session_state[_NOTE] = "kiosk" if device else "own" if own else "ended"
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
        told = html(said("New sign-in: {sign_in}. Not you?", sign_in=_words(new, zone)))
        st.html(
            '<div class="fr-new-sign-in" role="alert" data-testid="new-sign-in">'
            f'{told} <a href="/account/sessions" target="_self">{html(said("Look at it"))}</a>'
            "</div>"
        )
    if before is not None:
        told = html(said("Last sign-in: {sign_in}", sign_in=_words(before, zone)))
        st.html(f'<div class="fr-last-sign-in">{told}</div>')


def _words(sign_in: SignIn, zone: tzinfo) -> str:
    when = times.stamp(sign_in.at, zone)
    return ", ".join(part for part in (when, sign_in.browser, sign_in.address) if part)


def farewell() -> NoReturn:
    """For a browser that is nobody any more, or not the one this page was opened for: the watch
    stays and leads it to the sign-in page, or to what it may see now."""
    _watch_session(_OVER)
    ended = said("This session has ended. The next page opens in a moment.")
    st.info(ended, icon=":material/lock:")
    st.stop()


def _watch_session(standing: str) -> None:
    note = st.session_state.get(_NOTE, "ended")
    _watch(key="session-watch", data={"note": note, "standing": standing}, height=0)
