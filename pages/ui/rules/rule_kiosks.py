"""Settings of kiosks, and limits for all: when a mark is doubtful, when a kiosk is down."""

from dataclasses import replace

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from face_rec.kiosks.kiosk import NAME, RULE, Direction, KioskRecord
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.kiosk_record import WAYS, record_fields


def limits(app: AttendanceFacade) -> None:
    """The form."""
    known = begun(app).limits
    key = form_key(app, "limits", known)
    with st.container(border=True):
        st.markdown("**A mark is to be reviewed if**")
        one, two, three = st.columns(3)
        score = one.number_input(
            "its score is below", 0.0, 1.0, known.score, 0.01, key=f"{key}_score"
        )
        margin = two.number_input(
            "its lead over the next person is below", 0.0, 1.0, known.margin, 0.01,
            key=f"{key}_margin",
        )  # fmt: skip
        liveness = three.number_input(
            "its liveness is below", 0.0, 1.0, known.liveness, 0.05, key=f"{key}_liveness"
        )
        outage = st.number_input(
            "A kiosk is down after so many minutes without a sign of life", 1, 24 * 60,
            known.outage, step=5, key=f"{key}_outage", width=380,
        )  # fmt: skip
    made = replace(
        known, score=float(score), margin=float(margin), liveness=float(liveness),
        outage=int(outage),
    )  # fmt: skip
    buttons(app, key, [made], known, removable=False)


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
