"""The link that makes a tablet a kiosk, and by which address a tablet can open it."""

from typing import Final

import streamlit as st

from face_rec.access.devices.devices import LINK_SECONDS
from face_rec.facades.kiosks import KiosksFacade
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import msgid
from face_rec.web.gate.shown_links import bases_of, own_machine, qr
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import proven
from pages.ui.shared.text import plain
from pages.ui.shared.words import said

HERE_ONLY: Final = msgid(
    "**No tablet can open this link.** The app listens on this computer only. Set `TLS_CERT`, "
    "`TLS_KEY` (`python -m face_rec tls` makes a pair) and `BIND_ADDRESS=0.0.0.0` in `.env` and "
    "start it again, or put a proxy with HTTPS in front and set `PUBLIC_URL`. On this computer "
    "the link works."
)
NO_HTTPS: Final = msgid(
    "**Not HTTPS: a tablet's browser gives this address neither camera nor a key of its own**, "
    "so it becomes no kiosk. Make a certificate with `python -m face_rec tls`, set `TLS_CERT` "
    "and `TLS_KEY` in `.env` and start the app again, or put a proxy with HTTPS in front and set "
    "`PUBLIC_URL`."
)


@dialog(msgid("Link a device"), Right.KIOSKS, icon=":material/qr_code_2:")
def link_dialog(app: KiosksFacade, record: KioskRecord) -> None:
    """The link is made once, not at every run of the dialog."""
    with guarded("kiosks.link"):
        if not proven(f"link_{record.id}"):
            return
        name = plain(record.display_name)
        st.markdown(said("Open this on the tablet that becomes **{name}**.", name=name))
        bases = bases_of(app.site.addresses, st.context.url or "")
        base = _chosen(bases)
        problem = problem_of(base)
        if problem:
            st.warning(problem, icon=":material/warning:")
        if not st.button(said("Make a link"), type="primary", icon=":material/link:"):
            st.caption(said("A device that is this kiosk now stops when the new one starts."))
            return
        url = f"{base}/kiosk/link/{app.devices.link(record.id)}"
        st.image(qr(url), width=240)
        st.code(url, language=None, wrap_lines=True)
        minutes = f"{LINK_SECONDS / 60:.0f}"
        st.caption(
            said("Good once, for {minutes} minutes. It is not shown again.", minutes=minutes)
        )


def problem_of(base: str) -> str:
    """Why a tablet would not become a kiosk by this address; empty if it does."""
    if own_machine(base):
        return said(HERE_ONLY)
    return "" if base.startswith("https://") else said(NO_HTTPS)


def _chosen(bases: list[str]) -> str:
    if len(bases) == 1:
        return bases[0]
    return st.selectbox(said("Address that the tablet reaches"), bases, key="kiosk_link_base")
