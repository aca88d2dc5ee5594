"""The list of kiosk devices, and the dialogs that make, link and revoke one."""

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import segno
import streamlit as st

from face_rec.access.device import Beat, Device
from face_rec.access.kiosks import LINK_SECONDS
from face_rec.errors import AccessError, RuleRefused
from face_rec.system import System
from pages.ui.flash import flash
from pages.ui.identity import Right
from pages.ui.kiosk_fields import device_fields, office_words, record_of, save_record
from pages.ui.page import guarded
from pages.ui.parts import dialog, repeating
from pages.ui.step_up import proven, refused
from pages.ui.text import plain
from pages.ui.times import ago
from pages.ui.widgets import empty_state

ALIVE = timedelta(seconds=30)
"""A device asks every four seconds; this long without a word, it is away."""


@repeating(3, Right.KIOSKS)
def devices(app: System) -> None:
    """One card a device, with its last sign of life."""
    with guarded("kiosks", banner=True):
        listed, beats = app.access.kiosks.all(), app.access.kiosks.beats()
        if not listed:
            empty_state("tablet", "No kiosk yet", "Add one, then open its link on the tablet.")
        for device in listed:
            _card(app, device, beats.get(device.id))


def _card(app: System, device: Device, beat: Beat | None) -> None:
    with st.container(border=True, key=f"kiosk_{device.id}"):
        words, state, buttons = st.columns([3, 3, 2.4], vertical_alignment="center")
        facts = [device.id, _hours(device), *office_words(record_of(app, device.id))]
        facts += ["PIN allowed"] if device.pin else []
        words.markdown(f"**{plain(device.title)}**  \n{' · '.join(map(plain, facts))}")
        state.markdown(_state(device, beat, app.clock.now()))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Link …", key=f"link_{device.id}", icon=":material/qr_code_2:"):
                _link(app, device)
            if st.button("Edit", key=f"edit_{device.id}"):
                _edit(app, device)
            if device.digest and st.button("Revoke", key=f"revoke_{device.id}"):
                _revoke(app, device)


def _state(device: Device, beat: Beat | None, now: datetime) -> str:
    if device.digest is None:
        return ":gray-badge[Not linked]"
    if beat is None:
        return ":orange-badge[Linked, not seen yet]"
    seen = f"version {plain(beat.version)} · {plain(beat.address)}"
    if now - beat.at <= ALIVE:
        return f":green-badge[Alive]  \n{seen}"
    return f":red-badge[Away]  \nseen {ago(beat.at, now)} · {seen}"


def _hours(device: Device) -> str:
    if device.opens == device.closes:
        return "always open"
    return f"{device.opens:%H:%M} to {device.closes:%H:%M}"


@dialog("Add kiosk", Right.KIOSKS, icon=":material/tablet:")
def new_device(app: System) -> None:
    """Name, title and hours."""
    with guarded("kiosks.new"):
        if not proven():
            return
        name = st.text_input(
            "Name", max_chars=32, placeholder="front-door",
            help="Lower-case letters, digits and hyphens. Its marks carry it.",
        )  # fmt: skip
        wanted = device_fields(app, Device(name or "", ""), record_of(app, name or ""), "new")

        def create() -> None:
            app.access.kiosks.create(
                wanted.device.id, wanted.device.title, wanted.device.opens,
                wanted.device.closes, pin=wanted.device.pin,
            )  # fmt: skip
            save_record(app, wanted.record)

        if st.button("Create kiosk", type="primary", key="new_kiosk_save"):
            _try(create, app)


@dialog("Edit kiosk", Right.KIOSKS, icon=":material/tablet:")
def _edit(app: System, device: Device) -> None:
    with guarded("kiosks.edit"):
        if not proven():
            return
        wanted = device_fields(app, device, record_of(app, device.id), device.id)

        def change() -> None:
            save_record(app, wanted.record)
            app.access.kiosks.change(
                device.id, wanted.device.title, wanted.device.opens, wanted.device.closes,
                pin=wanted.device.pin,
            )  # fmt: skip

        if st.button("Save", type="primary", key=f"save_{device.id}"):
            _try(change, app)


@dialog("Link a device", Right.KIOSKS, icon=":material/qr_code_2:")
def _link(app: System, device: Device) -> None:
    """The link is made once, not at every run of the dialog."""
    with guarded("kiosks.link"):
        if not proven():
            return
        st.markdown(f"Open this on the tablet that becomes **{plain(device.title)}**.")
        if not st.button("Make a link", type="primary", icon=":material/link:"):
            st.caption("A device that is this kiosk now stops when the new one starts.")
            return
        url = f"{_base()}/kiosk/link/{app.access.kiosks.link(device.id)}"
        st.image(_qr(url), width=240)
        st.code(url, language=None, wrap_lines=True)
        st.caption(f"Good once, for {LINK_SECONDS / 60:.0f} minutes. It is not shown again.")


@dialog("Revoke this kiosk?", Right.KIOSKS, icon=":material/block:")
def _revoke(app: System, device: Device) -> None:
    with guarded("kiosks.revoke"):
        if not proven():
            return
        st.markdown(
            f"The device that is **{plain(device.title)}** stops within seconds. It can be linked "
            "again."
        )
        if st.button("Revoke", type="primary"):
            _try(lambda: app.access.kiosks.revoke(device.id), app)


def _try(change: Callable[[], object], app: System) -> None:
    try:
        change()
    except AccessError as error:
        refused(error)
        return
    except RuleRefused as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    app.access.identify.forget()
    flash("Saved.")
    st.rerun()


def _base() -> str:
    """The address under which the admin reached the app: the tablet's way in, too."""
    scheme, _, rest = (st.context.url or "").partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _qr(url: str) -> str:
    """The link as a picture."""
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=6, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
