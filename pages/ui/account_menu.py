"""Below the menu: who is signed in, and the way out. Also notices when the sign-in has ended."""

from pathlib import Path

import streamlit as st

from face_rec.access.principal import PrincipalKind
from pages.ui.identity import Identity
from pages.ui.text import html

_watch = st.components.v2.component(
    "face_rec_session",
    html='<span data-testid="session" hidden></span>',
    js=Path(__file__).with_name("session_watch.js").read_text(encoding="utf-8"),
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
    _watch(key="session-watch", data={"note": "kiosk" if device else "ended"}, height=0)
