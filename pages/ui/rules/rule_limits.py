"""Settings that belong to no shift: when a mark is doubtful, and when a kiosk is down."""

from dataclasses import replace

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from pages.ui.rules.rule_editor import buttons, form_key
from pages.ui.rules.rules_begun import begun


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
