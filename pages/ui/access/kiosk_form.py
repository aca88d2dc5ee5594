"""What the office decides about a kiosk, as it is entered, and from which day on it holds."""

from dataclasses import replace
from datetime import time
from typing import Final

import streamlit as st

from face_rec.facades.access import AccessFacade
from face_rec.kiosks.kiosk import Direction, KioskRecord, Transport, same_rule
from face_rec.protocols.people import PeopleReader
from pages.ui.rules.holds_from import Since, preview_span, show_changes, since_of
from pages.ui.shared.people_index import people_index

WAYS: Final = {
    Direction.BOTH: "In and out",
    Direction.IN: "In only",
    Direction.OUT: "Out only",
}
_TRANSPORTS: Final = {
    None: "As the site's setting says",
    Transport.AUTO: "Automatic",
    Transport.WEBRTC: "WebRTC",
    Transport.HTTP: "HTTP",
}


def record_fields(people: PeopleReader, start: KioskRecord, key: str) -> KioskRecord:
    """``start`` with everything that can be entered."""
    title = st.text_input(
        "Title", start.title, max_chars=80, placeholder="Front door", key=f"{key}_title"
    )
    made = replace(start, title=(title or "").strip())
    return _rules_of_the_day(people, _at_the_door(made, key), key)


def _at_the_door(start: KioskRecord, key: str) -> KioskRecord:
    """What holds at once, for whoever stands before it."""
    left, right = st.columns(2)
    opens = left.time_input("Open from", start.opens, key=f"{key}_opens")
    closes = right.time_input("to", start.closes, key=f"{key}_closes")
    st.caption("The same time twice: always open.")
    site = left.text_input("Site or place (optional)", start.site, key=f"{key}_site")
    ways = list(_TRANSPORTS)
    transport = right.selectbox(
        "Live video", ways, index=ways.index(start.transport), key=f"{key}_transport",
        format_func=lambda one: _TRANSPORTS[one],
        help="HTTP passes every network that lets the page through; WebRTC is smoother.",
    )  # fmt: skip
    pin = st.toggle(
        "People may use their PIN", start.pin, key=f"{key}_pin",
        help="For those whose face fails; tries are limited, and such marks wait for a look.",
    )  # fmt: skip
    shown = st.toggle(
        "Show today's marks beside the picture", start.show_marks, key=f"{key}_shown",
        help="Names, times and portraits of colleagues, for everybody who passes by.",
    )  # fmt: skip
    return replace(
        start, site=(site or "").strip(), opens=opens or time(0), closes=closes or time(0),
        pin=pin, show_marks=shown, transport=transport,
    )  # fmt: skip


def _rules_of_the_day(people: PeopleReader, start: KioskRecord, key: str) -> KioskRecord:
    """What a mark here means, and whom an outage excuses."""
    way = st.segmented_control(
        "A mark here is", list(Direction), default=start.direction, required=True,
        format_func=lambda one: WAYS[one], key=f"{key}_way",
    )  # fmt: skip
    stay = st.number_input(
        "Minimum stay between in and out, min", 0, 24 * 60, start.minimum_stay, step=5,
        disabled=way is not Direction.BOTH, key=f"{key}_stay",
        help="Whoever is seen again within it is not checked out.",
    )  # fmt: skip
    watched = st.toggle(
        "Its outages excuse who can use no other kiosk", start.watched, key=f"{key}_watched"
    )
    offered = sorted({*people_index(people).groups, *start.groups})
    groups = st.multiselect(
        "Groups that use it", offered, default=sorted(start.groups), key=f"{key}_groups",
        placeholder="Everybody who has no kiosk of their own",
        help="An outage excuses only whom it could have concerned: those whose kiosks were all "
        "down at once.",
    )  # fmt: skip
    return replace(
        start, direction=way, minimum_stay=int(stay), watched=watched, groups=frozenset(groups)
    )


def since_when(app: AccessFacade, wanted: KioskRecord, known: KioskRecord, key: str) -> Since:
    """Asked only where days are judged by what changes, or already are from a later day on."""
    today = app.kiosks.today()
    planned = known.valid_from if known.valid_from and known.valid_from > today else None
    if planned is None and same_rule(wanted, known):
        return Since(today)
    since = since_of(today, key, planned)
    if since.rewrites or st.button(
        "Show what would change", icon=":material/compare_arrows:", key=f"{key}_preview",
        help="Whose status last month and this month would be another one.",
    ):  # fmt: skip
        first, last = preview_span(today)
        with st.spinner("Judging the days anew …"):
            found = app.kiosks.preview(wanted, first, last, since.day)
        show_changes(found, first, last)
    return since
