"""Cameras: those that the site runs itself, how they are, and what each does."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from face_rec.access.pages import Page
from face_rec.cameras.camera import CameraDraft, CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.facades.cameras import CamerasFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.cameras.camera_card import card
from pages.ui.cameras.camera_form import purpose_fields, source_fields
from pages.ui.cameras.first_picture import Tried, begun, ended, first_picture
from pages.ui.cameras.found import found_cameras
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.navigation import link
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog, repeating
from pages.ui.frame.step_up import again, awaited, proven
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said

require(Page.CAMERAS.right)


NEW = "add"
UNSERVED = msgid(
    "**No worker serves {names}.** The app has one while CAMERA_WORKER is auto; on "
    "another machine, start `python -m face_rec cameras` with the same settings."
)
REMOVED = msgid(
    "Its marks stay. All days, also those before, are then judged without it: its "
    "marks count both ways, its outages excuse nobody. Its address and password are "
    "gone."
)


@repeating(3, Right.CAMERAS)
def cameras(app: CamerasFacade) -> None:
    """One card a camera, with how it is now."""
    with guarded("cameras", banner=True):
        entries = app.cameras.all()
        if not entries:
            empty_state(
                "videocam", said("No camera yet"),
                said("A camera at a gate or in a corridor marks who passes, without a "
                    "screen before it. It is added with its address; you see its picture "
                    "before it is saved."),
            )  # fmt: skip
            return
        healths, now = app.health(entries), app.clock.now()
        _unserved(entries, healths)
        for entry in entries:
            change, switch = card(entry, healths[entry.id], now)
            if change:
                _edit(app, entry)
            elif switch:
                _switch(app, entry)


def _unserved(entries: list[CameraEntry], healths: dict[str, CameraHealth]) -> None:
    without = [
        one for one in entries if one.placed and healths[one.id].state is CameraState.UNSERVED
    ]
    if without:
        names = ", ".join(plain(one.kiosk.display_name) for one in without)
        st.warning(said(UNSERVED, names=names), icon=":material/warning:")


def open_again(app: CamerasFacade) -> None:
    """The dialog of a camera for which a proof was given just now."""
    for entry in app.cameras.all() if awaited() else ():
        for what, shown in (("edit", _edit), ("switch", _switch)):
            if again(f"{what}_{entry.id}"):
                shown(app, entry)


@dialog(msgid("Add camera"), Right.CAMERAS, width="large", icon=":material/linked_camera:")
def new_camera(app: CamerasFacade) -> None:
    """Where its pictures come from, one of them, and what is done with whom it sees."""
    with guarded("cameras.new"):
        if not proven(NEW):
            return
        tried, key = begun(), "camera_new"
        wanted = _form(app, CameraDraft(""), tried, "", key)
        by = current().name
        _save(wanted, tried, key, lambda: app.cameras.add(wanted, by), stored=False)


@dialog(msgid("Edit camera"), Right.CAMERAS, width="large", icon=":material/linked_camera:")
def _edit(app: CamerasFacade, entry: CameraEntry) -> None:
    with guarded("cameras.edit"):
        if not proven(f"edit_{entry.id}"):
            return
        tried, key = begun(), f"camera_{entry.id}"
        wanted = _form(app, entry.draft(), tried, entry.camera.shown, key)
        _save(wanted, tried, key, lambda: app.cameras.change(wanted, entry), stored=True)
        with st.expander(said("Remove this camera"), icon=":material/delete:"):
            st.markdown(said(REMOVED))
            if st.button(said("Remove"), key=f"remove_{entry.id}"):
                _end(lambda: app.cameras.remove(entry.id))


def _form(
    app: CamerasFacade, start: CameraDraft, tried: Tried, shown: str, key: str
) -> CameraDraft:
    sees, does = st.columns([1.25, 1], gap="medium")
    with sees:
        made = source_fields(app, start, shown, key)
        if not shown:
            found_cameras(app, tried, key)
    with does:
        if not shown:
            name = st.text_input(
                said(pgettext("of a thing", "Name")), max_chars=32, placeholder="gate-north",
                key=f"{key}_id",
                help=said("Lower-case letters, digits and hyphens. Its marks carry it."),
            )  # fmt: skip
            made = replace(made, id=name.strip())
        made = purpose_fields(app, made, key)
    with sees:
        return first_picture(app, made, tried, key)


@dialog(msgid("Switch this camera?"), Right.CAMERAS, icon=":material/power_settings_new:")
def _switch(app: CamerasFacade, entry: CameraEntry) -> None:
    with guarded("cameras.switch"):
        if not proven(f"switch_{entry.id}"):
            return
        on, name = entry.camera.enabled, plain(entry.kiosk.display_name)
        st.markdown(
            said(
                "**{name}** stops within seconds. It sees and marks nobody until it is "
                "switched on again; everything that is set stays.",
                name=name,
            )
            if on
            else said("**{name}** is served again within seconds, as it was before.", name=name)
        )
        if st.button(
            said("Switch off") if on else said("Switch on"), type="primary", key="switch_now"
        ):
            _end(lambda: app.cameras.enable(entry.id, enabled=not on))


def _save(
    wanted: CameraDraft, tried: Tried, key: str, change: Callable[[], object], *, stored: bool
) -> None:
    """Without a picture it can be saved, too: the camera may not hang there yet."""
    if (wanted.address or not stored) and not tried.fits(wanted):
        label = said("Save without a picture") if stored else said("Add camera without a picture")
    else:
        label = said("Save") if stored else said("Add camera")
    if st.button(label, type="primary", key=f"{key}_save"):
        _end(change)


def _end(change: Callable[[], object]) -> None:
    if carried_out(change):
        ended()
        flash(said("Saved."))
        st.rerun()


with page(
    Page.CAMERAS,
    said("Cameras that this site runs itself. They mark whoever passes, as kiosks do."),
) as actions:
    pressed = actions.button(
        said("Add camera"), icon=":material/add_a_photo:", type="primary", key="add_camera"
    )
    if pressed or again(NEW):
        new_camera(CamerasFacade.current())
    cameras(CamerasFacade.current())
    open_again(CamerasFacade.current())
    link(Page.WALL, said("Live wall: what they see now"))
