"""Settings of who has which shift, from when to when."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from face_rec.attendance.rules.roster import Assignment, Roster
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE
from face_rec.domain.people import Person
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import current
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key, new_id
from pages.ui.rules.rule_fields import dates, person_choice, seen_groups, sees_person
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index
from pages.ui.shared.scope import NO_GROUP

_GROUP, _PERSON = "A group", "A person"
_NOTHING = (
    "event_repeat",
    "No shift is assigned yet",
    "Everybody has the shift that holds for all. Assign another to a group or a person below.",
)


def assignments(app: AttendanceFacade) -> None:
    """Groups with their shift of today, then all assignments, then the form."""
    rules = begun(app)
    names = {DEFAULT_ID: PRESENCE.name} | {shift.id: shift.name for shift in rules.shifts}
    people = people_index(app.people).by_subject
    _groups(app, people)
    known = chosen_of(
        sorted(
            filter(lambda one: _concerns(app, one), rules.assignments),
            key=lambda one: (not one.group, one.group, str(one.first)),
        ),
        lambda one: _row(one, names, people),
        "assignments",
        _NOTHING,
    )
    key = form_key(app, "assignment", known)
    with st.container(border=True):
        st.markdown("**Change the assignment**" if known else "**Assign a shift**")
        made = _form(app, known, names, key)
    buttons(app, key, [made], known)


def _concerns(app: AttendanceFacade, one: Assignment) -> bool:
    return sees_person(app.people, one.subject) if one.subject else current().sees(one.group)


def _groups(app: AttendanceFacade, people: Mapping[str, Person]) -> None:
    """Every group with its number of people and the shift that holds today."""
    identity = current()
    sizes = Counter(one.group for one in people.values() if identity.sees(one.group))
    if not sizes:
        return
    rules, today = begun(app), app.office.book.today()
    roster = Roster(app.site.timezone, rules.shifts, rules.assignments, rules.employments)
    rows = [
        (group or NO_GROUP, size, roster.shift(Person("", "", "", group), today).name)
        for group, size in sorted(sizes.items())
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["Group", "People", "Shift today"]),
        hide_index=True,
        height=min(248, 38 + 35 * len(rows)),
        alt="Groups with their shift of today",
    )


def _row(
    one: Assignment, names: Mapping[str, str], people: Mapping[str, Person]
) -> dict[str, str]:
    person = people.get(one.subject)
    return {
        "For": one.group or (person.name if person else "(deleted person)"),
        "Shift": names.get(one.shift, "(removed shift)"),
        "From": str(one.first or "always"),
        "To": str(one.last or "open"),
    }


def _form(
    app: AttendanceFacade, known: Assignment | None, names: Mapping[str, str], key: str
) -> Assignment:
    left, right = st.columns(2)
    whom = left.segmented_control(
        "For", [_GROUP, _PERSON], default=_PERSON if known and known.subject else _GROUP,
        required=True, key=f"{key}_whom",
    )  # fmt: skip
    shifts = list(names)
    shift = right.selectbox(
        "Shift", shifts, index=shifts.index(known.shift) if known and known.shift in names else 0,
        format_func=lambda one: names[one], key=f"{key}_shift",
    )  # fmt: skip
    group = subject = ""
    with left:
        if whom == _PERSON:
            subject = person_choice(app.people, known.subject if known else "", f"{key}_person")
        else:
            group = _group(app, known.group if known else "", key)
    with right:
        today = app.office.book.today()
        first, last = dates(known.first if known else today, known.last if known else None, key)
    return Assignment(known.id if known else new_id(), shift, subject, group, first, last)


def _group(app: AttendanceFacade, known: str, key: str) -> str:
    groups = seen_groups(app.people, [known] if known else ())
    index = groups.index(known) if known in groups else None
    return st.selectbox("Group", groups, index=index, key=f"{key}_group") or ""
