"""Settings about single people: who has which shift, who is expected at all, who is away."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.attendance.rules.roster import Assignment, Employment, Roster
from face_rec.attendance.rules.roster_week import OFF
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import current
from pages.ui.frame.scope import NO_GROUP
from pages.ui.rules.roster_cells import shift_names
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key, new_id
from pages.ui.rules.rule_fields import dates, person_choice, seen_groups, sees_person
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import formats, said

_GROUP, _PERSON = msgid("A group"), msgid("A person")
_NO_ASSIGNMENT = (
    "event_repeat",
    msgid("No shift is assigned yet"),
    msgid(
        "Everybody has the shift that holds for all. Assign another to a group or a person below."
    ),
)


def assignments(app: AttendanceFacade) -> None:
    """Groups with their shift of today, then all assignments, then the form."""
    rules = begun(app)
    names = {name: title for name, title in shift_names(rules).items() if name != OFF}
    people = people_index(app.people).by_subject
    _groups(app, people)
    known = chosen_of(
        sorted(
            filter(lambda one: _concerns(app, one), rules.assignments),
            key=lambda one: (not one.group, one.group, str(one.first)),
        ),
        lambda one: _row(one, names, people),
        "assignments",
        _NO_ASSIGNMENT,
    )
    key = form_key(app, "assignment", known)
    with st.container(border=True):
        st.markdown(said("**Change the assignment**") if known else said("**Assign a shift**"))
        made = _assignment_form(app, known, names, key)
    buttons(app, key, [made], known)


def _concerns(app: AttendanceFacade, one: Assignment) -> bool:
    return sees_person(app.people, one.subject) if one.subject else current().sees(one.group)


def _groups(app: AttendanceFacade, people: Mapping[str, Person]) -> None:
    """Every group with its number of people and the shift that holds today."""
    identity = current()
    sizes = Counter(one.group for one in people.values() if identity.sees(one.group))
    if not sizes:
        return
    rules, today = begun(app), app.service.timesheets.today()
    roster = Roster(app.site.timezone, rules.shifts, rules.assignments, rules.employments)
    rows = [
        (group or said(NO_GROUP), size, roster.shift(Person("", "", "", group), today).name)
        for group, size in sorted(sizes.items())
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=[said("Group"), said("People"), said("Shift today")]),
        hide_index=True,
        height=min(248, 38 + 35 * len(rows)),
        alt=said("Groups with their shift of today"),
    )


def _row(
    one: Assignment, names: Mapping[str, str], people: Mapping[str, Person]
) -> dict[str, str]:
    person = people.get(one.subject)
    return {
        said("For"): one.group or (person.name if person else said("(deleted person)")),
        said("Shift"): names.get(one.shift) or said("(removed shift)"),
        said("From"): _date(one.first) or said("always"),
        said("To"): _date(one.last) or said("open"),
    }


def _date(day: date | None) -> str:
    return formats().numbers_only(day) if day else ""


def _assignment_form(
    app: AttendanceFacade, known: Assignment | None, names: Mapping[str, str], key: str
) -> Assignment:
    left, right = st.columns(2)
    whom = left.segmented_control(
        said("For"), [_GROUP, _PERSON], default=_PERSON if known and known.subject else _GROUP,
        required=True, format_func=said, key=f"{key}_whom",
    )  # fmt: skip
    shifts = list(names)
    shift = right.selectbox(
        said("Shift"),
        shifts,
        index=shifts.index(known.shift) if known and known.shift in names else 0,
        format_func=lambda one: names[one],
        key=f"{key}_shift",
    )
    group = subject = ""
    with left:
        if whom == _PERSON:
            subject = person_choice(app.people, known.subject if known else "", f"{key}_person")
        else:
            group = _group(app, known.group if known else "", key)
    with right:
        today = app.service.timesheets.today()
        first, last = dates(known.first if known else today, known.last if known else None, key)
    return Assignment(known.id if known else new_id(), shift, subject, group, first, last)


def _group(app: AttendanceFacade, known: str, key: str) -> str:
    groups = seen_groups(app.people, [known] if known else ())
    index = groups.index(known) if known in groups else None
    chosen = st.selectbox(
        said("Group"), groups, index=index, key=f"{key}_group",
        placeholder=said("Choose an option"),
    )  # fmt: skip
    return chosen or ""


_NO_EMPLOYMENT = (
    "badge",
    msgid("No dates of employment entered"),
    msgid("People are expected from the day they were registered. Enter other dates below."),
)


def employment(app: AttendanceFacade) -> None:
    """The list and the form; one entry a person."""
    rules, people = begun(app), people_index(app.people).by_subject

    def row(one: Employment) -> dict[str, str]:
        person = people.get(one.id)
        return {
            said("Name"): person.name if person else said("(deleted person)"),
            said("First day"): _date(one.first) or said("day of registration"),
            said("Last day"): _date(one.last) or said("open"),
        }

    seen = [one for one in rules.employments if sees_person(app.people, one.id)]
    known = chosen_of(seen, row, "employments", _NO_EMPLOYMENT)
    key = form_key(app, "employment", known)
    with st.container(border=True):
        st.markdown(said("**Change the dates**") if known else said("**Enter dates**"))
        subject = person_choice(app.people, known.id if known else "", f"{key}_person")
        stored = next((one for one in rules.employments if one.id == subject), None)
        start = stored or known
        first, last = dates(
            start.first if start else None, start.last if start else None, f"{key}_{subject}"
        )
    buttons(app, key, [Employment(subject, first, last)], known)


_NO_LEAVE = ("beach_access", msgid("No leave entered yet"), msgid("Enter the first one below."))


def leave(app: AttendanceFacade) -> None:
    """The list, latest first, and the form."""
    rules, people = begun(app), people_index(app.people).by_subject

    def row(one: Leave) -> dict[str, str]:
        person = people.get(one.subject)
        return {
            said("Name"): person.name if person else said("(deleted person)"),
            said("From"): _date(one.first),
            said("To"): _date(one.last),
            said("Kind"): said("{kind}, half days", kind=one.kind) if one.half else one.kind,
            said("Reason"): one.reason,
            said("Entered by"): one.author,
        }

    newest = sorted(
        (one for one in rules.leaves if sees_person(app.people, one.subject)),
        key=lambda one: (one.first, one.id),
        reverse=True,
    )
    known = chosen_of(newest, row, "leaves", _NO_LEAVE)
    key = form_key(app, "leave", known)
    with st.container(border=True):
        st.markdown(said("**Change the leave**") if known else said("**Enter leave**"))
        made = _leave_form(app, known, key)
    buttons(app, key, [made], known)


def _leave_form(app: AttendanceFacade, known: Leave | None, key: str) -> Leave:
    left, right = st.columns(2)
    today = app.service.timesheets.today()
    with left:
        subject = person_choice(app.people, known.subject if known else "", f"{key}_person")
    kind, of_type = _kind(app, known, key, right)
    first = left.date_input(
        said("From"), known.first if known else today, format=formats().date_pattern,
        key=f"{key}_first",
    )  # fmt: skip
    last = right.date_input(
        said("To, included"), known.last if known else first, format=formats().date_pattern,
        key=f"{key}_last",
    )  # fmt: skip
    reason = left.text_input(said("Reason (optional)"), known.reason if known else "",
                             key=f"{key}_reason")  # fmt: skip
    half = right.toggle(
        said("Half of each day"), known.half if known else False, key=f"{key}_half"
    )
    return Leave(
        known.id if known else new_id(), subject, first, _day(last, first), (kind or "").strip(),
        half, current().name, (reason or "").strip(), of_type.id if of_type else "",
        of_type.elsewhere if of_type else False,
    )  # fmt: skip


def _kind(
    app: AttendanceFacade, known: Leave | None, key: str, place: DeltaGenerator
) -> tuple[str, LeaveType | None]:
    """Of the site's types, or in words of one's own."""
    types = {one.name: one for one in begun(app).leave_types}
    now = known.kind if known else next(iter(sorted(types)), said("Annual leave"))
    offered = sorted(types.keys() | {now})
    kind = place.selectbox(
        said("Kind"), offered, offered.index(now), accept_new_options=True, key=f"{key}_kind"
    )
    return kind or "", types.get(kind or "")


def _day(value: object, otherwise: date) -> date:
    return value if isinstance(value, date) else otherwise
