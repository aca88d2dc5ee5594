"""Take attendance: the kiosk. The camera starts by itself; whoever is recognised is marked.

``?kiosk=NAME`` names the device (events carry it); ``&camera=photo`` opens it by single photos.
"""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import NAME, RULE
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import page
from pages.ui.frame.parts import repeating
from pages.ui.kiosk import live, pin, still
from pages.ui.kiosk.model_gate import model_ready
from pages.ui.kiosk.transport import choose_transport
from pages.ui.shared.widgets import empty_state

identity = require(Page.TAKE_ATTENDANCE.right)

MAIN = "main"
WAYS = {"video": "Video", "photo": "Photo"}
STYLE = asset("kiosk.css")


def draw(kiosk: str, way: str) -> None:
    """The picture, and beside it today's marks where an admin wants them shown."""
    st.html(STYLE)
    listed = KioskFacade.current().record(kiosk).show_marks
    with st.container(key="kiosk"):
        screen, side = st.columns([2.4, 1], gap="medium") if listed else (st.container(), None)
    with screen:
        if way == "photo":
            still.still(kiosk)
        else:
            live.live(kiosk)
        pin.pin_entry(kiosk, live=way != "photo")
    with side or screen:
        live.marks_today(kiosk, listed=listed)


def choose_way() -> str:
    """Video or photo; the choice stands in the address, so that a bookmark keeps it."""
    now = st.query_params.get("camera", "video")
    chosen = st.segmented_control(
        "Camera", WAYS, default=now if now in WAYS else "video", format_func=lambda way: WAYS[way],
        label_visibility="collapsed", required=True, key="kiosk_way",
        help="Photo does the same job where the network lets no video through.",
    )  # fmt: skip
    if chosen != now:
        st.query_params["camera"] = chosen
    return chosen


def name_kiosk(kiosk: str) -> None:
    """Which kiosk this browser is; kept in the address. An enrolled device cannot be another."""
    if identity.kiosk:
        return
    with st.popover(f"Kiosk: {kiosk}", icon=":material/tablet:"):
        names = KioskFacade.current().kiosks.names()
        name = st.selectbox("This browser is", names, index=names.index(kiosk), key="kiosk_name")
        st.caption("Marks carry this name. Bookmark the page afterwards: the address keeps it.")
        if name != kiosk:
            st.query_params["kiosk"] = name
            st.rerun()
        choose_transport(kiosk)


@repeating(20, Right.KIOSK)
def closed_note(was_open: bool) -> None:
    """Says that the kiosk is closed; draws the page anew when that changes."""
    now_open = KioskFacade.current().open_now(KIOSK)
    if now_open != was_open:
        st.rerun(scope="app")
    if not now_open:
        empty_state("schedule", "Closed", "This kiosk does not take attendance at this hour.")


KIOSK = identity.kiosk or st.query_params.get("kiosk", MAIN)
OPEN = KioskFacade.current().open_now(KIOSK)
with page(Page.TAKE_ATTENDANCE) as actions:
    if not NAME.fullmatch(KIOSK):
        st.error(f"This address names no kiosk: use {RULE}, for example ?kiosk=front-door.")
    elif not KioskFacade.current().kiosks.knows(KIOSK):
        empty_state("tablet", f"There is no kiosk {KIOSK}", "An administrator adds it first.")
        next_step(Page.KIOSKS, "Open Kiosks")
    elif not OPEN:
        closed_note(OPEN)
    elif model_ready(KioskFacade.current().models):
        closed_note(OPEN)
        with actions.container(horizontal=True, vertical_alignment="center", gap="small"):
            name_kiosk(KIOSK)
            way = choose_way()
        draw(KIOSK, way)
