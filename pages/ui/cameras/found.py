"""Cameras that answer on the network, offered while one is added."""

import streamlit as st

from face_rec.cameras.address import checked
from face_rec.cameras.discovery import FoundCamera
from face_rec.facades.cameras import CamerasFacade
from face_rec.languages.language import msgid
from pages.ui.cameras.first_picture import Tried
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import tried as act
from pages.ui.frame.parts import callback
from pages.ui.shared.text import plain
from pages.ui.shared.words import said


def found_cameras(app: CamerasFacade, tried: Tried, key: str) -> None:
    """A button that asks the network, and what answered; taking one fills in its address."""
    with st.expander(said("Find cameras on this network"), icon=":material/travel_explore:"):
        st.caption(
            said(
                "Asks for ONVIF cameras, for three seconds. *Streams* asks one of them "
                "for the addresses of its pictures, with the user and password that are "
                "entered above."
            )
        )
        if st.button(said("Find cameras"), key=f"{key}_find"):
            with st.spinner(said("Asking the network …")):
                tried.found = app.discover()
        if tried.found == []:
            st.info(said(_NONE))
        for number, one in enumerate(tried.found or ()):
            _offered(app, tried, one, f"{key}_{number}", key)


def _offered(app: CamerasFacade, tried: Tried, one: FoundCamera, name: str, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(one.words), width="stretch")
        asked = st.button(said("Streams"), key=f"{name}_streams")
        host = f"[{one.host}]" if ":" in one.host else one.host
        _take(said("Use it"), one, f"rtsp://{host}:554/", f"{name}_use", key)
    if asked:
        with st.spinner(said("Asking the camera …")):
            _ask(app, tried, one, key)
    if tried.offered[0] != one.host:
        return
    for number, stream in enumerate(tried.offered[1]):
        with st.container(horizontal=True, vertical_alignment="center"):
            shown = checked(stream.address).shown
            st.markdown(f"{plain(stream.words)}  \n{plain(shown)}", width="stretch")
            _take(said("Use this"), one, stream.address, f"{name}_stream_{number}", key)


def _ask(app: CamerasFacade, tried: Tried, one: FoundCamera, key: str) -> None:
    require(Right.CAMERAS)
    user, password = (str(st.session_state.get(f"{key}_{n}") or "") for n in ("user", "password"))
    tried.offered = (one.host, tuple(act(lambda: app.streams(one, user.strip(), password)) or ()))


def _take(label: str, one: FoundCamera, address: str, name: str, key: str) -> None:
    st.button(label, key=name, on_click=callback(Right.CAMERAS, _use), args=(one, address, key))


def _use(one: FoundCamera, address: str, key: str) -> None:
    st.session_state[f"{key}_address"] = address
    if one.name and not st.session_state.get(f"{key}_title"):
        st.session_state[f"{key}_title"] = one.name[:80]


_NONE = msgid(
    "No camera answered. It may be switched off, on another network, or have ONVIF "
    "switched off; its address can be typed in all the same."
)
