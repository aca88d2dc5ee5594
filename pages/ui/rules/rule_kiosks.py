"""Settings of kiosks: what a mark there means, whether an outage counts, and PINs."""

from dataclasses import replace

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from face_rec.kiosks.kiosk import NAME, RULE, Direction, KioskRecord
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.kiosk_record import WAYS, record_fields

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
        "Direction": WAYS[one.direction],
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
