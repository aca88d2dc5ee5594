"""Settings about leave in general: its types, and how much of each somebody has in a year."""

import streamlit as st

from face_rec.attendance.rules.leave_type import MOST_DAYS, Allowance, LeaveType
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.frame.identity import Right, current
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key, new_id
from pages.ui.rules.rule_fields import person_choice, seen_groups, sees_person
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import said

_NO_TYPES = (
    "beach_access",
    msgid("No type of leave yet"),
    msgid("Add those that people may ask for on their own page: annual leave, sick, from home …"),
)
_NO_ALLOWANCE = (
    "event_repeat",
    msgid("No allowance yet"),
    msgid("Say how many days a year people have."),
)
_EVERYBODY, _GROUP, _PERSON = msgid("Everybody"), msgid("A group"), msgid("A person")


def leave_types(app: AttendanceFacade) -> None:
    """The list and, for who may change what holds for the whole company, the form."""
    types = sorted(begun(app).leave_types, key=lambda one: one.name.casefold())
    known = chosen_of(types, _type_row, "leave_types", _NO_TYPES)
    if not current().may(Right.RULES):
        st.caption(said("An administrator changes these."))
        return
    key = form_key(app, "leave_type", known)
    with st.container(border=True):
        st.markdown(said("**Change the type**") if known else said("**Add a type of leave**"))
        made = _type_form(known, key)
    buttons(app, key, [made], known)


def _type_row(one: LeaveType) -> dict[str, object]:
    return {
        said(pgettext("of a thing", "Name")): one.name,
        said("People ask"): one.asked,
        said("Needs approval"): one.approval,
        said("Counted"): one.counted,
        said("Paid"): one.paid,
        said("Works elsewhere"): one.elsewhere,
        said("Half days"): one.halves,
        said("Days ahead"): one.ahead,
        said("Days back"): one.back,
    }


def _type_form(known: LeaveType | None, key: str) -> LeaveType:
    now = known or LeaveType("", "")
    name = st.text_input(
        said(pgettext("of a thing", "Name")), now.name, max_chars=60, key=f"{key}_name"
    )
    one, two = st.columns(2)
    with one:
        asked = st.toggle(said("People may ask for it themselves"), now.asked, key=f"{key}_asked")
        approval = st.toggle(
            said("Somebody has to approve it"),
            now.approval,
            key=f"{key}_approval",
            help=said("Else it is entered as soon as it is asked for."),
        )
        counted = st.toggle(said("Counts against an allowance"), now.counted, key=f"{key}_counted")
        ahead = st.number_input(said("May begin so many days ahead"), 0, 732, now.ahead,
                                key=f"{key}_ahead")  # fmt: skip
    with two:
        paid = st.toggle(said("Paid"), now.paid, key=f"{key}_paid")
        elsewhere = st.toggle(said("Works elsewhere"), now.elsewhere, key=f"{key}_elsewhere",
                              help=said("Counts as present, with or without a mark."))  # fmt: skip
        halves = st.toggle(said("Half days, too"), now.halves, key=f"{key}_halves")
        back = st.number_input(
            said("… and so many days back"), 0, 366, now.back, key=f"{key}_back"
        )
    return LeaveType(
        known.id if known else new_id(), (name or "").strip(), asked, approval, counted, paid,
        elsewhere, halves, int(ahead), int(back),
    )  # fmt: skip


def allowances(app: AttendanceFacade) -> None:
    """The list and the form."""
    rules, people = begun(app), people_index(app.people).by_subject
    names = {one.id: one.name for one in rules.leave_types}
    counted = {one.id: one.name for one in rules.leave_types if one.counted}

    def row(one: Allowance) -> dict[str, object]:
        person = people.get(one.subject)
        whose = one.group or said(_EVERYBODY)
        if one.subject:
            whose = person.name if person else said("(deleted person)")
        return {
            said("Type"): names.get(one.type) or said("(removed type)"),
            said("For"): whose,
            said("Days a year"): one.days,
            said("Carried over at most"): one.carry,
            said("From the year"): str(one.since),
        }

    seen = [one for one in rules.allowances if _concerns(app, one)]
    seen.sort(key=lambda one: (names.get(one.type, ""), bool(one.subject), one.group, one.since))
    known = chosen_of(seen, row, "allowances", _NO_ALLOWANCE)
    if not counted:
        st.caption(said("First add a type that counts against an allowance, under Leave types."))
        return
    key = form_key(app, "allowance", known)
    with st.container(border=True):
        st.markdown(said("**Change the allowance**") if known else said("**Add an allowance**"))
        made = _allowance_form(app, known, counted, key)
        if made is None:
            st.caption(said("Choose whom it is for."))
    if made is not None:
        buttons(app, key, [made], known)


def _concerns(app: AttendanceFacade, one: Allowance) -> bool:
    if one.subject:
        return sees_person(app.people, one.subject)
    return not one.group or current().sees(one.group)


def _allowance_form(
    app: AttendanceFacade, known: Allowance | None, types: dict[str, str], key: str
) -> Allowance | None:
    year = app.service.timesheets.today().year
    now = known or Allowance("", next(iter(types)), 30.0, year)
    one, two = st.columns(2)
    ids = list(types)
    kind = one.selectbox(
        said("Type"), ids, ids.index(now.type) if now.type in types else 0,
        format_func=types.__getitem__, key=f"{key}_type",
    )  # fmt: skip
    since = two.number_input(said("From the year"), 2000, 2100, now.since, key=f"{key}_since")
    days = one.number_input(
        said("Days a year"),
        0.0,
        MOST_DAYS,
        now.days,
        0.5,
        key=f"{key}_days",
        help=said(
            "Whoever joins or leaves within a year (under Employment) has their share of it."
        ),
    )
    carry = two.number_input(
        said("Carried over into the next year at most"), 0.0, MOST_DAYS, now.carry, 0.5,
        key=f"{key}_carry",
    )  # fmt: skip
    whom, subject, group = _whose(app, now, key)
    if whom != _EVERYBODY and not (subject or group):
        return None
    return Allowance(
        known.id if known else new_id(), kind, float(days), int(since), subject, group,
        float(carry),
    )  # fmt: skip


def _whose(app: AttendanceFacade, now: Allowance, key: str) -> tuple[str, str, str]:
    """For whom, subject and group; what is not chosen yet is empty."""
    offered = [_EVERYBODY] * current().groups.every + [_GROUP, _PERSON]
    was = _PERSON if now.subject else _GROUP if now.group else offered[0]
    left, right = st.columns(2)
    whom = left.segmented_control(
        said("For"), offered, default=was, required=True, format_func=said, key=f"{key}_whom"
    )
    with right:
        if whom == _PERSON:
            return whom, person_choice(app.people, now.subject, f"{key}_person"), ""
        if whom == _GROUP:
            groups = seen_groups(app.people, [now.group] if now.group else ())
            index = groups.index(now.group) if now.group in groups else None
            group = st.selectbox(
                said("Group"), groups, index=index, key=f"{key}_group",
                placeholder=said("Choose an option"),
            )  # fmt: skip
            return whom, "", group or ""
    return whom, "", ""
