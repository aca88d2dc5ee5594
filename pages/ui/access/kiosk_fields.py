"""What the dialogs of a kiosk ask: about the device, and what a mark there means."""

from dataclasses import dataclass, replace
from datetime import time

import streamlit as st

from face_rec.access.devices.device import Device
from face_rec.facades.access import AccessFacade
from face_rec.kiosks.kiosk import Direction, KioskRecord
from pages.ui.shared.kiosk_record import record_fields


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a dialog says: of the device, and of what a mark at the kiosk means."""

    device: Device
    record: KioskRecord


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
