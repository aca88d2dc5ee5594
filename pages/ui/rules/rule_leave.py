"""Settings of leave: who is away, when, and of what kind."""

from datetime import date

import streamlit as st

from face_rec.attendance.rules.calendar import Leave
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import current
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key, new_id
from pages.ui.rules.rule_fields import person_choice, sees_person
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index

_NOTHING = ("beach_access", "No leave entered yet", "Enter the first one below.")


def leave(app: AttendanceFacade) -> None:
    """The list, latest first, and the form."""
    rules, people = begun(app), people_index(app.people).by_subject

    def row(one: Leave) -> dict[str, str]:
        person = people.get(one.subject)
        return {
            "Name": person.name if person else "(deleted person)",
            "From": str(one.first),
            "To": str(one.last),
            "Kind": one.kind + (", half days" if one.half else ""),
            "Reason": one.reason,
            "Entered by": one.author,
        }

    newest = sorted(
        (one for one in rules.leaves if sees_person(app.people, one.subject)),
        key=lambda one: (one.first, one.id),
        reverse=True,
    )
    known = chosen_of(newest, row, "leaves", _NOTHING)
    key = form_key(app, "leave", known)
    with st.container(border=True):
        st.markdown("**Change the leave**" if known else "**Enter leave**")
        made = _form(app, known, key)
    buttons(app, key, [made], known)


def _form(app: AttendanceFacade, known: Leave | None, key: str) -> Leave:
    left, right = st.columns(2)
    today = app.office.book.today()
    with left:
        subject = person_choice(app.people, known.subject if known else "", f"{key}_person")
    kind = right.text_input("Kind", known.kind if known else "Annual leave", key=f"{key}_kind")
    first = left.date_input("From", known.first if known else today, key=f"{key}_first")
    last = right.date_input("To, included", known.last if known else first, key=f"{key}_last")
    reason = left.text_input("Reason (optional)", known.reason if known else "",
                             key=f"{key}_reason")  # fmt: skip
    half = right.toggle("Half of each day", known.half if known else False, key=f"{key}_half")
    return Leave(
        known.id if known else new_id(), subject, first, _day(last, first), (kind or "").strip(),
        half, current().name, (reason or "").strip(),
    )  # fmt: skip


def _day(value: object, otherwise: date) -> date:
    return value if isinstance(value, date) else otherwise
