"""Settings of holidays: one by one, or a whole calendar from a file."""

import streamlit as st

from face_rec.attendance.calendar import Holiday
from face_rec.attendance.holiday_file import read_holidays
from face_rec.system import System
from pages.ui.flash import flash
from pages.ui.identity import Right, require
from pages.ui.people_index import people_index
from pages.ui.rule_editor import buttons, chosen_of, form_key, new_id, refused
from pages.ui.text import counted

_NOTHING = ("celebration", "No holidays yet", "Add one below, or import a calendar.")


def holidays(app: System) -> None:
    """The list, the form, the import."""
    rules = app.office.book.rules()
    known = chosen_of(
        sorted(rules.holidays, key=lambda one: (one.day, one.name)), _row, "holidays", _NOTHING
    )
    key = form_key(app, "holiday", known)
    with st.container(border=True):
        st.markdown("**Change the holiday**" if known else "**Add a holiday**")
        made = _form(app, known, key)
    buttons(app, key, [made], known)
    _import(app)


def _row(one: Holiday) -> dict[str, str]:
    groups = ", ".join(sorted(one.groups)) or "Everybody"
    return {"Date": f"{one.day:%a %Y-%m-%d}", "Name": one.name, "For": groups}


def _form(app: System, known: Holiday | None, key: str) -> Holiday:
    left, middle, right = st.columns([1, 1.4, 1.4])
    today = app.office.book.today()
    day = left.date_input("Date", known.day if known else today, key=f"{key}_day")
    name = middle.text_input("Name", known.name if known else "", key=f"{key}_name")
    with right:
        groups = _groups(app, known.groups if known else frozenset(), key)
    return Holiday(known.id if known else new_id(), day, (name or "").strip(), groups)


def _groups(app: System, known: frozenset[str], key: str) -> frozenset[str]:
    offered = sorted({*people_index(app.people).groups, *known})
    return frozenset(
        st.multiselect(
            "Groups", offered, default=sorted(known), placeholder="Everybody", key=f"{key}_groups"
        )
    )


def _import(app: System) -> None:
    with st.expander("Import a calendar", icon=":material/upload_file:"):
        st.caption(
            "An iCalendar file (.ics) of all-day events, or CSV with the heading "
            "`date,name,groups` (groups are optional, separated by semicolons). A file with a "
            "line that makes no sense imports nothing; importing twice changes nothing."
        )
        file = st.file_uploader("File", type=["csv", "ics"], max_upload_size=1, key="holiday_file")
        groups = _groups(app, frozenset(), "holiday_file")
        if not st.button("Import", disabled=file is None, key="holiday_import") or file is None:
            return
        found: list[Holiday] = []

        def work() -> None:
            require(Right.RULES)
            found.extend(read_holidays(file.getvalue(), groups))
            app.office.rules.save(*found)

        if not refused(work):
            flash(f"{counted(len(found), 'holiday')} imported.")
            st.rerun(scope="app")
