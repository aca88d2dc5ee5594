"""Settings of employment: from when to when somebody is expected at all."""

import streamlit as st

from face_rec.attendance.rules.roster import Employment
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key
from pages.ui.rules.rule_fields import dates, person_choice, sees_person
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index

_NOTHING = (
    "badge",
    "No dates of employment entered",
    "People are expected from the day they were registered. Enter other dates below.",
)


def employment(app: AttendanceFacade) -> None:
    """The list and the form; one entry a person."""
    rules, people = begun(app), people_index(app.people).by_subject

    def row(one: Employment) -> dict[str, str]:
        person = people.get(one.id)
        return {
            "Name": person.name if person else "(deleted person)",
            "First day": str(one.first or "day of registration"),
            "Last day": str(one.last or "open"),
        }

    seen = [one for one in rules.employments if sees_person(app.people, one.id)]
    known = chosen_of(seen, row, "employments", _NOTHING)
    key = form_key(app, "employment", known)
    with st.container(border=True):
        st.markdown("**Change the dates**" if known else "**Enter dates**")
        subject = person_choice(app.people, known.id if known else "", f"{key}_person")
        stored = next((one for one in rules.employments if one.id == subject), None)
        start = stored or known
        first, last = dates(
            start.first if start else None, start.last if start else None, f"{key}_{subject}"
        )
    buttons(app, key, [Employment(subject, first, last)], known)
