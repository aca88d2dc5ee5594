"""The pages there are, in the order and groups of the menu."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from pages.ui.identity import Identity, Right, current

FOLDER = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its file, its name in the menu, and the right that opens it."""

    file: str
    title: str
    icon: str
    right: Right


OVERVIEW = Entry("overview.py", "Overview", ":material/dashboard:", Right.OVERVIEW)
TAKE_ATTENDANCE = Entry(
    "take_attendance.py", "Take attendance", ":material/videocam:", Right.KIOSK
)
RECORDS = Entry("records.py", "Records", ":material/table_rows:", Right.RECORDS)
PEOPLE = Entry("people.py", "People", ":material/groups:", Right.PEOPLE_READ)
REGISTER = Entry("register.py", "Register", ":material/person_add:", Right.PEOPLE_WRITE)
MODELS = Entry("models.py", "Models", ":material/neurology:", Right.MODELS)
SYSTEM = Entry("system.py", "System", ":material/monitor_heart:", Right.SYSTEM)

MENU: dict[str, tuple[Entry, ...]] = {
    "Attendance": (OVERVIEW, TAKE_ATTENDANCE, RECORDS),
    "People": (PEOPLE, REGISTER),
    "Administration": (MODELS, SYSTEM),
}


def choose(identity: Identity) -> Page:
    """Draw the menu of what ``identity`` may open; the page that was chosen, to be run.

    The menu is drawn here, not by Streamlit, for an icon in Streamlit's own menu also becomes
    the tab's, which the browser then fetches from a server of Google.
    """
    groups = {
        group: [entry for entry in entries if identity.may(entry.right)]
        for group, entries in MENU.items()
    }
    pages = {entry.file: _page(entry) for entries in groups.values() for entry in entries}
    chosen = st.navigation(list(pages.values()), position="hidden")
    with st.sidebar.container(key="menu", gap=None):
        for group, entries in groups.items():
            if entries:
                st.caption(group)
            for entry in entries:
                st.page_link(pages[entry.file], label=entry.title, icon=entry.icon)
    return chosen


def link(entry: Entry, label: str = "") -> None:
    """A link to a page, for empty states and lists of next steps; nothing without the right."""
    if not current().may(entry.right):
        return
    st.page_link(FOLDER / entry.file, label=label or entry.title, icon=entry.icon)


def next_step(entry: Entry, label: str) -> None:
    """The button below an empty state; nothing without the right."""
    if not current().may(entry.right):
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        go_button(entry, label, key=f"next_{entry.file}")


def go_button(entry: Entry, label: str, key: str) -> None:
    """A main button that leaves for another page."""
    if st.button(label, icon=entry.icon, type="primary", key=key):
        open_page(entry)


def link_to(entry: Entry, label: str, **parameters: str) -> None:
    """A link to one thing on a page; ``label`` is Markdown."""
    st.page_link(FOLDER / entry.file, label=label, query_params=parameters)


def open_page(entry: Entry, **parameters: str) -> None:
    """Leave for another page; does not return."""
    st.switch_page(FOLDER / entry.file, query_params=parameters)


def _page(entry: Entry) -> Page:
    return st.Page(
        FOLDER / entry.file,
        title=entry.title,
        url_path=Path(entry.file).stem,
        default=entry is OVERVIEW,
    )
