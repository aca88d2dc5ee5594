"""Settings of kiosks: what a mark there means, whether an outage counts, and PINs."""

from dataclasses import replace
from typing import Final

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from face_rec.kiosks.kiosk import NAME, RULE, Direction, KioskRecord
from face_rec.protocols.people import PeopleReader
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index

_WAYS: Final = {
    Direction.BOTH: "In and out",
    Direction.IN: "In only",
    Direction.OUT: "Out only",
}
_NOTHING = (
    "tablet",
    "No kiosk is registered yet",
    "Enter the kiosks that you use: only their outages are told apart from absences.",
)


def kiosks(app: AttendanceFacade) -> None:
    """The list and the form."""
    rules = begun(app)
    known = chosen_of(rules.kiosks, _row, "kiosks", _NOTHING)
    key = form_key(app, "kiosk", known)
    with st.container(border=True):
        st.markdown("**Change the kiosk**" if known else "**Enter a kiosk**")
        made = _form(app, known, key)
    if known is None and not NAME.fullmatch(made.id):
        st.caption(f"A kiosk is called as in its address (?kiosk=NAME): {RULE}.")
        return
    buttons(app, key, [made], known)


def _row(one: KioskRecord) -> dict[str, object]:
    return {
        "Kiosk": one.id,
        "Site": one.site,
        "Used by": ", ".join(sorted(one.groups)) or "Everybody",
        "Direction": _WAYS[one.direction],
        "Minimum stay, min": str(one.minimum_stay) if one.direction is Direction.BOTH else "–",
        "Outages count": one.watched,
    }


def _form(app: AttendanceFacade, known: KioskRecord | None, key: str) -> KioskRecord:
    if known:
        st.text_input("Name", known.id, disabled=True, key=f"{key}_id")
        start = known
    else:
        start = KioskRecord((st.text_input("Name", key=f"{key}_id") or "").strip())
    made = record_fields(app.people, start, key)
    return replace(
        made,
        pin=st.toggle(
            "People may use their PIN", start.pin, key=f"{key}_pin",
            help="For those whose face fails. A linked device has this under Kiosks instead.",
        ),
    )  # fmt: skip


def record_fields(people: PeopleReader, start: KioskRecord, key: str) -> KioskRecord:
    """``start`` with site, users, direction, minimum stay and watch as entered."""
    left, right = st.columns(2)
    site = left.text_input("Site or place (optional)", start.site, key=f"{key}_site")
    way = right.segmented_control(
        "A mark here is", list(Direction), default=start.direction, required=True,
        format_func=lambda one: _WAYS[one], key=f"{key}_way",
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
