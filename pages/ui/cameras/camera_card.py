"""How a camera is, in words: its card on the page Cameras."""

from datetime import datetime
from typing import Final

import streamlit as st

from face_rec.cameras.camera import CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.languages.language import msgid
from pages.ui.cameras.camera_words import health_facts
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said

_COLOURS: Final = {
    CameraState.RUNNING: "green", CameraState.STARTING: "orange", CameraState.CLOSED: "gray",
    CameraState.OFF: "gray",
}  # fmt: skip
_WAYS: Final = {Direction.IN: msgid("in only"), Direction.OUT: msgid("out only")}


def office_words(entry: CameraEntry) -> str:
    """Markdown: its title, and below it what the office decided."""
    kiosk, camera = entry.kiosk, entry.camera
    way = _WAYS.get(kiosk.direction) if camera.purpose.marks else None
    named = entry.id if kiosk.display_name != entry.id else ""
    facts = [
        named,
        kiosk.site,
        said(camera.purpose.words),
        said(way) if way else "",
        _hours(kiosk),
    ]
    told = " · ".join(plain(one) for one in facts if one)
    return f"**{plain(kiosk.display_name)}**  \n{told}"


def _hours(kiosk: KioskRecord) -> str:
    if kiosk.always_open:
        return said("always")
    opens, closes = formats().time(kiosk.opens), formats().time(kiosk.closes)
    return said("{opens} to {closes}", opens=opens, closes=closes)


def state_words(health: CameraHealth, now: datetime) -> str:
    """Markdown: how it is, and below it the numbers."""
    colour = _COLOURS.get(health.state, "red")
    badge = f":{colour}-badge[{said(health.state.words)}]"
    facts = " · ".join(plain(one) for one in health_facts(health, now))
    return "  \n".join(filter(None, (badge, facts)))


def card(entry: CameraEntry, health: CameraHealth, now: datetime) -> tuple[bool, bool]:
    """Draws it; whether Edit was pressed, and whether Switch off or on."""
    with st.container(border=True, key=f"camera_{entry.id}"):
        words, state, buttons = st.columns([3.2, 3.4, 2.4], vertical_alignment="center")
        words.markdown(office_words(entry))
        words.caption(plain(_source(entry)))
        state.markdown(state_words(health, now))
        if health.problem and health.state.wrong:
            state.caption(plain(in_words(health.trouble)))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            change = st.button(said("Edit"), key=f"edit_{entry.id}")
            label = said("Switch off") if entry.camera.enabled else said("Switch on")
            switch = st.button(label, key=f"switch_{entry.id}")
    return change, switch


def _source(entry: CameraEntry) -> str:
    camera = entry.camera
    looked = [] if camera.region.whole else [said("a part of the picture is looked at")]
    if camera.smallest:
        share = formats().percent(camera.smallest)
        looked.append(said("faces from {smallest} of it", smallest=share))
    return " · ".join((camera.shown, *looked))
