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


def menu(identity: Identity) -> dict[str, list[Page]]:
    """The pages that ``identity`` may open, by group; empty groups are left out."""
    groups = {
        group: [_page(entry) for entry in entries if identity.may(entry.right)]
        for group, entries in MENU.items()
    }
    return {group: pages for group, pages in groups.items() if pages}


def link(entry: Entry, label: str = "") -> None:
    """A link to a page, for empty states and lists of next steps; nothing without the right."""
    if not current().may(entry.right):
        return
    st.page_link(FOLDER / entry.file, label=label or entry.title, icon=entry.icon)


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
        icon=entry.icon,
        url_path=Path(entry.file).stem,
        default=entry is OVERVIEW,
    )
