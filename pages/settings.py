"""Settings: shifts, who has which, holidays, leave, employment and limits.

HR has the part that concerns people, for its groups; what holds for the whole company is an
admin's.
"""

from dataclasses import replace

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.holiday_file import read_holidays
from face_rec.facades.attendance.settings import SettingsFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment
from pages.ui.rules.roster_week import roster_week
from pages.ui.rules.rule_editor import authority, buttons, chosen_of, form_key, new_id, refused
from pages.ui.rules.rule_fields import seen_groups
from pages.ui.rules.rule_leave import allowances, leave_types
from pages.ui.rules.rule_mobile import mobile
from pages.ui.rules.rule_people import assignments, employment, leave
from pages.ui.rules.rule_shifts import shifts
from pages.ui.rules.rules_begun import begin_anew, begun, tell_of_others
from pages.ui.rules.site_form import site_form
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said, said_many

require(Page.SETTINGS.right)

_NO_HOLIDAYS = (
    "celebration",
    msgid("No holidays yet"),
    msgid("Add one below, or import a calendar."),
)


def holidays(app: SettingsFacade) -> None:
    """The list, the form, the import."""
    rules = begun(app)
    seen = [one for one in rules.holidays if _concerns(one)]
    known = chosen_of(
        sorted(seen, key=lambda one: (one.day, one.name)), _holiday_row, "holidays", _NO_HOLIDAYS
    )
    key = form_key(app, "holiday", known)
    with st.container(border=True):
        st.markdown(said("**Change the holiday**") if known else said("**Add a holiday**"))
        made = _holiday_form(app, known, key)
    buttons(app, key, [made], known)
    _import(app)


def _concerns(one: Holiday) -> bool:
    """Everybody's holidays, and those of groups that may be seen."""
    identity = current()
    return not one.groups or any(identity.sees(group) for group in one.groups)


def _holiday_row(one: Holiday) -> dict[str, str]:
    seen = sorted(filter(current().sees, one.groups))  # of the others not even the names
    groups = ", ".join(seen) or said("Everybody")
    return {
        said("Date"): f"{formats().weekday(one.day)} {formats().numbers_only(one.day)}",
        said(pgettext("of a thing", "Name")): one.name,
        said("For"): groups,
    }


def _holiday_form(app: SettingsFacade, known: Holiday | None, key: str) -> Holiday:
    left, middle, right = st.columns([1, 1.4, 1.4])
    today = app.service.timesheets.today()
    day = left.date_input(
        said("Date"), known.day if known else today, format=formats().date_pattern,
        key=f"{key}_day",
    )  # fmt: skip
    name = middle.text_input(
        said(pgettext("of a thing", "Name")), known.name if known else "", key=f"{key}_name"
    )
    with right:
        groups = _groups(app, known.groups if known else frozenset(), key)
    return Holiday(known.id if known else new_id(), day, (name or "").strip(), groups)


def _groups(app: SettingsFacade, known: frozenset[str], key: str) -> frozenset[str]:
    mine = [] if current().groups.every else seen_groups(app.people)
    seen = sorted(filter(current().sees, known))
    return frozenset(
        st.multiselect(
            said("Groups"), seen_groups(app.people, seen), default=seen or mine,
            placeholder=said("Everybody"), key=f"{key}_groups",
        )
    )  # fmt: skip


def _import(app: SettingsFacade) -> None:
    with st.expander(said("Import a calendar"), icon=":material/upload_file:"):
        st.caption(
            said(
                "An iCalendar file (.ics) of all-day events, or CSV with the heading "
                "`date,name,groups` (groups are optional, separated by semicolons). A file with a "
                "line that makes no sense imports nothing; importing twice changes nothing."
            )
        )
        file = st.file_uploader(
            said("File"), type=["csv", "ics"], max_upload_size=1, key="holiday_file"
        )
        groups = _groups(app, frozenset(), "holiday_file")
        if (
            not st.button(said("Import"), disabled=file is None, key="holiday_import")
            or file is None
        ):
            return
        found: list[Holiday] = []

        def work() -> None:
            found.extend(read_holidays(file.getvalue(), groups))
            app.service.rules.save(*found, authority=authority())

        if not refused(work):
            begin_anew()
            flash(said_many("{count} holiday imported.", "{count} holidays imported.", len(found)))
            st.rerun(scope="app")


def limits(app: SettingsFacade) -> None:
    """The form."""
    known = begun(app).limits
    key = form_key(app, "limits", known)
    with st.container(border=True):
        st.markdown(said("**A mark is to be reviewed if**"))
        one, two, three = st.columns(3)
        score = one.number_input(
            said("its score is below"), 0.0, 1.0, known.score, 0.01, key=f"{key}_score"
        )
        margin = two.number_input(
            said("its lead over the next person is below"), 0.0, 1.0, known.margin, 0.01,
            key=f"{key}_margin",
        )  # fmt: skip
        liveness = three.number_input(
            said("its liveness is below"), 0.0, 1.0, known.liveness, 0.05, key=f"{key}_liveness"
        )
        outage = st.number_input(
            said("A kiosk is down after so many minutes without a sign of life"), 1, 24 * 60,
            known.outage, step=5, key=f"{key}_outage", width=380,
        )  # fmt: skip
    made = replace(
        known, score=float(score), margin=float(margin), liveness=float(liveness),
        outage=int(outage),
    )  # fmt: skip
    buttons(app, key, [made], known, removable=False)


HR_PARTS = {
    msgid("Shifts"): shifts,
    msgid("Who works when"): assignments,
    msgid("Roster"): roster_week,
    msgid("Holidays"): holidays,
    msgid("Leave"): leave,
    msgid("Leave types"): leave_types,
    msgid("Allowances"): allowances,
    msgid("Employment"): employment,
    msgid("Punch by phone"): mobile,
}
PARTS = HR_PARTS | {
    msgid("Doubts and outages"): limits,
    msgid("This site"): site_form,
}


@fragment(Right.HR)
def draw() -> None:
    """The chosen part; the others are not read."""
    with guarded("settings", banner=True):
        app, company = SettingsFacade.current(), current().may(Right.RULES)
        parts = PARTS if company else HR_PARTS
        part = st.pills(
            said("Part"),
            list(parts),
            default=next(iter(parts)),
            required=True,
            format_func=said,
            label_visibility="collapsed",
            key="settings_part",
        )
        tell_of_others(app)
        for entry in begun(app).malformed if company else ():
            st.warning(
                said(
                    "An entry in the database cannot be read and does not count: {entry}",
                    entry=plain(entry),
                ),
                icon=":material/warning:",
            )
        parts[part](app)


if "settings_part" not in st.session_state:  # opened, or come back to: not a press within it
    begin_anew()
with page(Page.SETTINGS, said("What counts as present, late or absent, and from which day on.")):
    draw()
