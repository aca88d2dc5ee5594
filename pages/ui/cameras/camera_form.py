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
from face_rec.languages.language import msgid
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import said

WAYS: Final = {
    Direction.BOTH: msgid("In and out"),
    Direction.IN: msgid("In only"),
    Direction.OUT: msgid("Out only"),
}
_CHECKS: Final = {
    Check.OFF: msgid("Not checked"),
    Check.OBSERVE: msgid("Marked; doubtful ones go to the review"),
    Check.ENFORCE: msgid("Only live faces are marked"),
}
_PURPOSES: Final = {
    Purpose.MARK: msgid("Who is recognised is marked, as at a kiosk."),
    Purpose.WATCH: msgid("Nobody is marked; the live wall shows whom it sees."),
    Purpose.ALARM: msgid(
        "Nobody is marked; somebody before it is told to whom a rule on "
        "the page Notifications names."
    ),
}


class Kind(StrEnum):
    """Of what an address may be; the value is its name for people."""

    NETWORK = msgid("Network camera")
    USB = msgid("USB camera")
    FILE = msgid("Video file")


def source_fields(app: CamerasFacade, start: CameraDraft, shown: str, key: str) -> CameraDraft:
    """``start`` with an address. ``shown``: what may be shown of the stored one, "" of a new."""
    kind = st.segmented_control(
        said("Pictures come from"),
        list(Kind),
        default=kind_of(shown),
        required=True,
        format_func=said,
        key=f"{key}_kind",
    )
    if kind is Kind.NETWORK:
        return replace(_network(start, shown, key), machine="")
    known = shown if kind is kind_of(shown) else ""
    if kind is Kind.USB:
        number = st.number_input(
            said("Number of the camera"), 0, 999, int(known or 0), key=f"{key}_usb",
            help=said("0 is the first one that the machine has."),
        )  # fmt: skip
        address = str(number)
    else:
        address = st.text_input(
            said("Name of the file"), known, max_chars=120, placeholder="gate.mp4",
            key=f"{key}_file",
            help=said("It lies in the folder camera-files in DATA_DIR, and is played again and "
                      "again."),
        )  # fmt: skip
    machine = (start.machine if known else "") or app.machine
    st.caption(said("Served by the machine {machine} only.", machine=machine))
    return replace(start, address=address.strip(), machine=machine)


def kind_of(shown: str) -> Kind:
    """Of an address as it is shown."""
    if not shown or "://" in shown:
        return Kind.NETWORK
    return Kind.USB if shown.isdecimal() else Kind.FILE


def _network(start: CameraDraft, shown: str, key: str) -> CameraDraft:
    stored = "://" in shown
    address = st.text_input(
        said("Address"), max_chars=2000, key=f"{key}_address",
        placeholder=shown if stored else "rtsp://192.168.1.20:554/stream1",
        help=said(_STORED_ADDRESS if stored else _ADDRESS),
    )  # fmt: skip
    left, right = st.columns(2)
    hint = said("stored; enter to replace") if stored else ""
    user = left.text_input(
        said("User"), max_chars=200, placeholder=hint, key=f"{key}_user", autocomplete="off"
    )
    password = right.text_input(
        said("Password"), max_chars=200, type="password", placeholder=hint, key=f"{key}_password",
        autocomplete="new-password",
    )  # fmt: skip
    st.caption(said(_KEPT if stored else _SEALED))
    return replace(start, address=address.strip(), user=user.strip(), password=password)


def purpose_fields(app: CamerasFacade, start: CameraDraft, key: str) -> CameraDraft:
    """``start`` with its title, its place, and what it does."""
    title = st.text_input(
        said("Title"),
        start.title,
        max_chars=80,
        placeholder=said("North gate"),
        key=f"{key}_title",
    )
    site = st.text_input(said("Site or place (optional)"), start.site, key=f"{key}_site")
    purpose = st.segmented_control(
        said("What it does"), list(Purpose), default=start.purpose, required=True,
        format_func=lambda one: said(one.words), key=f"{key}_purpose",
    )  # fmt: skip
    st.caption(said(_PURPOSES[purpose]))
    made = replace(start, title=title.strip(), site=site.strip(), purpose=purpose)
    return _of_marks(app, _hours(made, key), key)


def _hours(start: CameraDraft, key: str) -> CameraDraft:
    left, right = st.columns(2)
    opens = left.time_input(said("Looks from"), start.opens, key=f"{key}_opens")
    closes = right.time_input(said("to"), start.closes, key=f"{key}_closes")
    st.caption(said("The same time twice: always."))
    return replace(start, opens=opens or time(0), closes=closes or time(0))


def _of_marks(app: CamerasFacade, start: CameraDraft, key: str) -> CameraDraft:
    """What only one that marks is asked."""
    if not start.purpose.marks:
        return start
    way = st.segmented_control(
        said("A mark here is"), list(Direction), default=start.direction, required=True,
        format_func=lambda one: said(WAYS[one]), key=f"{key}_way",
    )  # fmt: skip
    checks = list(_CHECKS)
    known = start.liveness if start.liveness in checks else Check.ENFORCE
    liveness = st.selectbox(
        said("Pictures of faces (liveness)"), checks, index=checks.index(known),
        format_func=lambda one: said(_CHECKS[one]), key=f"{key}_liveness",
        help=said("Needs the liveness models (page Models); without them nothing is "
                 "checked, and a camera that marks live faces only marks nobody."),
    )  # fmt: skip
    offered = sorted({*people_index(app.people).groups, *start.groups})
    groups = st.multiselect(
        said("Groups that pass it"), offered, default=sorted(start.groups), key=f"{key}_groups",
        placeholder=said("Everybody who has no kiosk of their own"),
        help=said("Its outage excuses from being absent whom it could have concerned, and "
                 "nobody else."),
    )  # fmt: skip
    return replace(
        start, direction=way, liveness=liveness or start.liveness, groups=frozenset(groups)
    )


_ADDRESS: Final = msgid("RTSP, RTSPS, HTTP or HTTPS, as the camera's manual says.")
_STORED_ADDRESS: Final = msgid(
    "RTSP, RTSPS, HTTP or HTTPS, as the camera's manual says. Empty: as it is stored."
)
_SEALED: Final = msgid("Address and password are sealed, and shown to nobody again.")
_KEPT: Final = msgid(
    "User and password stay as they are while these fields are empty and the camera "
    "is on the same host. They are shown to nobody."
)
