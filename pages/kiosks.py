"""Kiosks: the devices that take attendance, how they do, and the links that enrol them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import streamlit as st

from face_rec.access.devices.device import Beat, Device
from face_rec.access.pages import Page
from face_rec.domain.errors import AccessError, RuleRefused
from face_rec.facades.access import AccessFacade
from face_rec.kiosks.kiosk import Direction, KioskRecord
from pages.ui.access.kiosk_link import ensure, link_dialog
from pages.ui.access.kiosk_screens import screen_words
from pages.ui.frame.flash import flash
from pages.ui.frame.identity import Right, require
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog, repeating
from pages.ui.frame.step_up import again, proven, refused
from pages.ui.shared.kiosk_record import Wanted, record_fields
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago

require(Page.KIOSKS.right)


def device_fields(app: AccessFacade, device: Device, record: KioskRecord, key: str) -> Wanted:
    """All that can be entered, beginning with what is known."""
    title = st.text_input(
        "Title", device.title, max_chars=80, placeholder="Front door", key=f"title_{key}"
    )
    left, right = st.columns(2)
    opens = left.time_input("Open from", device.opens, key=f"opens_{key}")
    closes = right.time_input("to", device.closes, key=f"closes_{key}")
    st.caption("The same time twice: always open.")
    # Other beginnings, other fields: a new device may get the name of a kiosk that is known.
    shown = (record.site, record.direction, record.minimum_stay, record.watched, record.groups)
    known = hash((*shown, record.show_marks))
    made = record_fields(app.people, record, f"device_{key}_{known}")
    pin = st.toggle(
        "People may use their PIN", device.pin, key=f"device_{key}_pin",
        help="For those whose face fails; tries are limited, and such marks wait for a look.",
    )  # fmt: skip
    named = replace(
        device, title=title or "", opens=opens or time(0), closes=closes or time(0), pin=pin
    )
    return Wanted(named, replace(made, pin=pin))


def record_of(app: AccessFacade, name: str) -> KioskRecord:
    """What the office knows of the kiosk."""
    found = (one for one in app.kiosk_rules() if one.id == name)
    return next(found, KioskRecord(name))


def save_record(app: AccessFacade, record: KioskRecord) -> None:
    """Over whatever the first heartbeat may have written meanwhile; a kiosk that has no record
    yet gets one, which is what makes it watched."""
    stored = record_of(app, record.id)
    changed = replace(record, watched_from=stored.watched_from)
    if changed != stored or stored not in app.kiosk_rules():
        app.save_kiosk_rule(changed)


def office_words(record: KioskRecord) -> list[str]:
    """Where it stands and which way it counts, if that is not both."""
    way = {Direction.IN: "in only", Direction.OUT: "out only"}.get(record.direction, "")
    return [word for word in (record.site, way) if word]


NEW = "add"
ALIVE = timedelta(seconds=30)
"""A device asks every four seconds; this long without a word, it is away."""
WITHOUT_ACCOUNTS = (
    "A tablet can be linked once there are accounts (ACCOUNTS=on); until then this computer "
    "alone is every kiosk."
)


@repeating(3, Right.KIOSKS)
def devices(app: AccessFacade) -> None:
    """One card a kiosk, with its device's last sign of life."""
    with guarded("kiosks", banner=True):
        linked = {device.id: device for device in app.access.kiosks.all()}
        beats = app.access.kiosks.beats()
        if not app.access.enabled:
            st.caption(WITHOUT_ACCOUNTS)
        for name in app.kiosks.names():
            _card(app, linked.get(name, Device(name, name)), beats.get(name))


def open_again(app: AccessFacade) -> None:
    """The dialog of a device for which a proof was given just now."""
    linked = {device.id: device for device in app.access.kiosks.all()}
    for name in app.kiosks.names():
        for what, shown in (("link", link_dialog), ("edit", _edit), ("revoke", _revoke)):
            if again(f"{what}_{name}"):
                shown(app, linked.get(name, Device(name, name)))


def _card(app: AccessFacade, device: Device, beat: Beat | None) -> None:
    with st.container(border=True, key=f"kiosk_{device.id}"):
        words, state, buttons = st.columns([3.5, 2.6, 3.1], vertical_alignment="center")
        named = [device.id] if device.title != device.id else []
        facts = [*named, _hours(device), *office_words(record_of(app, device.id))]
        facts += ["PIN allowed"] if device.pin else []
        words.markdown(f"**{plain(device.title)}**  \n{' · '.join(map(plain, facts))}")
        reports, age = app.screens.of(device.id), app.picture_age(device.id)
        said = screen_words(reports, age, app.clock.now())
        state.markdown("  \n".join(filter(None, (_state(device, beat, app.clock.now()), said))))
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if app.access.enabled and st.button(
                "Link …", key=f"link_{device.id}", icon=":material/qr_code_2:"
            ):
                link_dialog(app, device)
            if st.button("Edit", key=f"edit_{device.id}"):
                _edit(app, device)
            if device.digest and st.button("Revoke", key=f"revoke_{device.id}"):
                _revoke(app, device)


def _state(device: Device, beat: Beat | None, now: datetime) -> str:
    if device.digest is None:
        return ":gray-badge[Not linked]"
    if beat is None:
        return ":orange-badge[Linked, not seen yet]"
    seen = f"from {plain(beat.address)} · version {plain(beat.version)}"
    if now - beat.at <= ALIVE:
        return f":green-badge[Alive]  \n{seen}"
    return f":red-badge[Away]  \nseen {ago(beat.at, now)} · {seen}"


def _hours(device: Device) -> str:
    if device.opens == device.closes:
        return "always open"
    return f"{device.opens:%H:%M} to {device.closes:%H:%M}"


@dialog("Add kiosk", Right.KIOSKS, width="medium", icon=":material/tablet:")
def new_device(app: AccessFacade) -> None:
    """Name, title and hours."""
    with guarded("kiosks.new"):
        if not proven(NEW):
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


@dialog("Edit kiosk", Right.KIOSKS, width="medium", icon=":material/tablet:")
def _edit(app: AccessFacade, device: Device) -> None:
    with guarded("kiosks.edit"):
        if not proven(f"edit_{device.id}"):
            return
        wanted = device_fields(app, device, record_of(app, device.id), device.id)

        def change() -> None:
            ensure(app, device)
            app.access.kiosks.change(
                device.id, wanted.device.title, wanted.device.opens, wanted.device.closes,
                pin=wanted.device.pin, seen=device,
            )  # fmt: skip
            save_record(app, wanted.record)

        if st.button("Save", type="primary", key=f"save_{device.id}"):
            _try(change, app)


@dialog("Revoke this kiosk?", Right.KIOSKS, icon=":material/block:")
def _revoke(app: AccessFacade, device: Device) -> None:
    with guarded("kiosks.revoke"):
        if not proven(f"revoke_{device.id}"):
            return
        st.markdown(
            f"The device that is **{plain(device.title)}** stops within seconds. It can be linked "
            "again."
        )
        if st.button("Revoke", type="primary"):
            _try(lambda: app.access.kiosks.revoke(device.id), app)


def _try(change: Callable[[], object], app: AccessFacade) -> None:
    try:
        change()
    except AccessError as error:
        refused(error)
        return
    except RuleRefused as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    app.access.authenticator.forget()
    app.kiosks.forget()
    flash("Saved.")
    st.rerun()


with page(
    Page.KIOSKS, "Where attendance is taken. A linked device opens nothing else."
) as actions:
    pressed = actions.button("Add kiosk", icon=":material/add_to_queue:", type="primary")
    if pressed or again(NEW):
        new_device(AccessFacade.current())
    devices(AccessFacade.current())
    open_again(AccessFacade.current())
