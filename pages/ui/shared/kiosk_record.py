"""What a mark at a kiosk means, as it is entered: with its device, or among the settings."""

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from face_rec.access.devices.device import Device
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.protocols.people import PeopleReader
from pages.ui.shared.people_index import people_index

WAYS: Final = {
    Direction.BOTH: "In and out",
    Direction.IN: "In only",
    Direction.OUT: "Out only",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a dialog says: of the device, and of what a mark at the kiosk means."""

    device: Device
    record: KioskRecord


def record_fields(people: PeopleReader, start: KioskRecord, key: str) -> KioskRecord:
    """``start`` with site, users, direction, minimum stay and watch as entered."""
    left, right = st.columns(2)
    site = left.text_input("Site or place (optional)", start.site, key=f"{key}_site")
    way = right.segmented_control(
        "A mark here is", list(Direction), default=start.direction, required=True,
        format_func=lambda one: WAYS[one], key=f"{key}_way",
    )  # fmt: skip
    stay = left.number_input(
        "Minimum stay between in and out, min", 0, 24 * 60, start.minimum_stay, step=5,
        disabled=way is not Direction.BOTH, key=f"{key}_stay",
        help="Whoever is seen again within it is not checked out.",
    )  # fmt: skip
    watched = st.toggle(
        "Its outages excuse who can use no other kiosk", start.watched, key=f"{key}_watched"
    )
    shown = st.toggle(
        "Show today's marks beside the picture", start.show_marks, key=f"{key}_shown",
        help="Names, times and portraits of colleagues, for everybody who passes by.",
    )  # fmt: skip
    offered = sorted({*people_index(people).groups, *start.groups})
    groups = st.multiselect(
        "Groups that use it", offered, default=sorted(start.groups), key=f"{key}_groups",
        placeholder="Everybody who has no kiosk of their own",
        help="An outage excuses only whom it could have concerned: those whose kiosks were all "
        "down at once.",
    )  # fmt: skip
    return replace(
        start, site=(site or "").strip(), direction=way, minimum_stay=int(stay), watched=watched,
        groups=frozenset(groups), show_marks=shown,
    )  # fmt: skip
