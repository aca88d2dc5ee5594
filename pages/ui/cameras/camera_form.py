"""The form of a camera: where its pictures come from, and what is done with whom it sees."""

from dataclasses import replace
from datetime import time
from enum import StrEnum
from typing import Final

import streamlit as st

from face_rec.cameras.camera import CameraDraft, Purpose
from face_rec.domain.liveness import Check
from face_rec.facades.cameras import CamerasFacade
from face_rec.kiosks.kiosk import Direction
from pages.ui.shared.people_index import people_index

WAYS: Final = {Direction.BOTH: "In and out", Direction.IN: "In only", Direction.OUT: "Out only"}
_CHECKS: Final = {
    Check.OFF: "Not checked",
    Check.OBSERVE: "Marked; doubtful ones go to the review",
    Check.ENFORCE: "Only live faces are marked",
}
_PURPOSES: Final = {
    Purpose.MARK: "Who is recognised is marked, as at a kiosk.",
    Purpose.WATCH: "Nobody is marked; the live wall shows whom it sees.",
    Purpose.ALARM: "Nobody is marked; somebody before it is told to whom a rule on the page "
    "Notifications names.",
}


class Kind(StrEnum):
    """Of what an address may be; the value is its name for people."""

    NETWORK = "Network camera"
    USB = "USB camera"
    FILE = "Video file"


def source_fields(app: CamerasFacade, start: CameraDraft, shown: str, key: str) -> CameraDraft:
    """``start`` with an address. ``shown``: what may be shown of the stored one, "" of a new."""
    kind = st.segmented_control(
        "Pictures come from", list(Kind), default=kind_of(shown), required=True, key=f"{key}_kind"
    )
    if kind is Kind.NETWORK:
        return replace(_network(start, shown, key), machine="")
    known = shown if kind is kind_of(shown) else ""
    if kind is Kind.USB:
        number = st.number_input(
            "Number of the camera", 0, 999, int(known or 0), key=f"{key}_usb",
            help="0 is the first one that the machine has.",
        )  # fmt: skip
        address = str(number)
    else:
        address = st.text_input(
            "Name of the file", known, max_chars=120, placeholder="gate.mp4", key=f"{key}_file",
            help="It lies in the folder camera-files in DATA_DIR, and is played again and again.",
        )  # fmt: skip
    machine = (start.machine if known else "") or app.machine
    st.caption(f"Served by the machine {machine} only.")
    return replace(start, address=address.strip(), machine=machine)


def kind_of(shown: str) -> Kind:
    """Of an address as it is shown."""
    if not shown or "://" in shown:
        return Kind.NETWORK
    return Kind.USB if shown.isdecimal() else Kind.FILE


def _network(start: CameraDraft, shown: str, key: str) -> CameraDraft:
    stored = "://" in shown
    address = st.text_input(
        "Address", max_chars=2000, key=f"{key}_address",
        placeholder=shown if stored else "rtsp://192.168.1.20:554/stream1",
        help="RTSP, RTSPS, HTTP or HTTPS, as the camera's manual says."
        + (" Empty: as it is stored." if stored else ""),
    )  # fmt: skip
    left, right = st.columns(2)
    hint = "stored; enter to replace" if stored else ""
    user = left.text_input(
        "User", max_chars=200, placeholder=hint, key=f"{key}_user", autocomplete="off"
    )
    password = right.text_input(
        "Password", max_chars=200, type="password", placeholder=hint, key=f"{key}_password",
        autocomplete="new-password",
    )  # fmt: skip
    st.caption(_KEPT if stored else _SEALED)
    return replace(start, address=address.strip(), user=user.strip(), password=password)


def purpose_fields(app: CamerasFacade, start: CameraDraft, key: str) -> CameraDraft:
    """``start`` with its title, its place, and what it does."""
    title = st.text_input(
        "Title", start.title, max_chars=80, placeholder="North gate", key=f"{key}_title"
    )
    site = st.text_input("Site or place (optional)", start.site, key=f"{key}_site")
    purpose = st.segmented_control(
        "What it does", list(Purpose), default=start.purpose, required=True,
        format_func=lambda one: one.words, key=f"{key}_purpose",
    )  # fmt: skip
    st.caption(_PURPOSES[purpose])
    made = replace(start, title=title.strip(), site=site.strip(), purpose=purpose)
    return _of_marks(app, _hours(made, key), key)


def _hours(start: CameraDraft, key: str) -> CameraDraft:
    left, right = st.columns(2)
    opens = left.time_input("Looks from", start.opens, key=f"{key}_opens")
    closes = right.time_input("to", start.closes, key=f"{key}_closes")
    st.caption("The same time twice: always.")
    return replace(start, opens=opens or time(0), closes=closes or time(0))


def _of_marks(app: CamerasFacade, start: CameraDraft, key: str) -> CameraDraft:
    """What only one that marks is asked."""
    if not start.purpose.marks:
        return start
    way = st.segmented_control(
        "A mark here is", list(Direction), default=start.direction, required=True,
        format_func=lambda one: WAYS[one], key=f"{key}_way",
    )  # fmt: skip
    checks = list(_CHECKS)
    known = start.liveness if start.liveness in checks else Check.ENFORCE
    liveness = st.selectbox(
        "Pictures of faces (liveness)", checks, index=checks.index(known),
        format_func=lambda one: _CHECKS[one], key=f"{key}_liveness",
        help="Needs the liveness models (page Models); without them nothing is checked, and a "
        "camera that marks live faces only marks nobody.",
    )  # fmt: skip
    offered = sorted({*people_index(app.people).groups, *start.groups})
    groups = st.multiselect(
        "Groups that pass it", offered, default=sorted(start.groups), key=f"{key}_groups",
        placeholder="Everybody who has no kiosk of their own",
        help="Its outage excuses from being absent whom it could have concerned, and nobody else.",
    )  # fmt: skip
    return replace(
        start, direction=way, liveness=liveness or start.liveness, groups=frozenset(groups)
    )


_SEALED: Final = "Address and password are sealed, and shown to nobody again."
_KEPT: Final = (
    "User and password stay as they are while these fields are empty and the camera is on the "
    "same host. They are shown to nobody."
)
