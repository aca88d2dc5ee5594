"""Take attendance: the kiosk. The camera starts by itself; whoever is recognised is marked.

``?kiosk=NAME`` names the device (events carry it); ``&camera=photo`` opens it by single photos.
"""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import NAME, RULE
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import page
from pages.ui.kiosk import live, pin, still
from pages.ui.kiosk.model_gate import model_ready
from pages.ui.kiosk.transport import choose_transport
from pages.ui.shared.widgets import empty_state

identity = require(Page.TAKE_ATTENDANCE.right)

MAIN = "main"
WAYS = {"video": msgid("Video"), "photo": msgid("Photo")}
STYLE = asset("kiosk.css")


def draw(kiosk: str, way: str) -> None:
    """The screen, and in its corner the way round the camera."""
    st.html(STYLE)
    app = KioskFacade.current()
    with st.container(key="kiosk"):
        if way == "photo":
            still.still(kiosk)
        else:
            live.live(kiosk, pin=pin.allowed(app, identity, kiosk))
        with st.container(key="kiosk_pin"):
            pin.pin_entry(kiosk, live=way != "photo")


def choose_way(words: Translator) -> str:
    """Video or photo; the choice stands in the address, so that a bookmark keeps it."""
    now = st.query_params.get("camera", "video")
    chosen = st.segmented_control(
        words.gettext("Camera"), WAYS, default=now if now in WAYS else "video",
        format_func=lambda way: words.gettext(WAYS[way]), label_visibility="collapsed",
        required=True, key="kiosk_way",
        help=words.gettext("Photo does the same job where the network lets no video through."),
    )  # fmt: skip
    if chosen != now:
        st.query_params["camera"] = chosen
    return chosen


def name_kiosk(kiosk: str, words: Translator) -> None:
    """Which kiosk this browser is; kept in the address. An enrolled device cannot be another."""
    if identity.kiosk:
        return
    with st.popover(words.gettext("Kiosk: {kiosk}", kiosk=kiosk), icon=":material/tablet:"):
        names = KioskFacade.current().kiosks.names()
        name = st.selectbox(
            words.gettext("This browser is"), names, names.index(kiosk), key="kiosk_name"
        )
        st.caption(
            words.gettext(
                "Marks carry this name. Bookmark the page afterwards: the address keeps it."
            )
        )
        if name != kiosk:
            st.query_params["kiosk"] = name
            st.rerun()
        choose_transport(kiosk)


KIOSK = identity.kiosk or st.query_params.get("kiosk", MAIN)
WORDS = KioskFacade.current().words_at(KIOSK)
with page(Page.TAKE_ATTENDANCE, words=WORDS) as actions:
    if not NAME.fullmatch(KIOSK):
        st.error(f"This address names no kiosk: use {RULE}, for example ?kiosk=front-door.")
    elif not KioskFacade.current().kiosks.knows(KIOSK):
        missing = WORDS.gettext("There is no kiosk {kiosk}", kiosk=KIOSK)
        empty_state("tablet", missing, WORDS.gettext("An administrator adds it first."))
        next_step(Page.KIOSKS, "Open Kiosks")
    elif model_ready(KioskFacade.current().models, WORDS):
        with actions.container(horizontal=True, vertical_alignment="center", gap="small"):
            name_kiosk(KIOSK, WORDS)
            way = choose_way(WORDS)
        draw(KIOSK, way)
