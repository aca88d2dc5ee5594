"""The pages there are, in the order and groups of the menu."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from pages.ui.frame.identity import Identity, Right, current

FOLDER = Path(__file__).resolve().parents[2]


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
REPORTS = Entry("reports.py", "Reports", ":material/bar_chart:", Right.RECORDS)
PEOPLE = Entry("people.py", "People", ":material/groups:", Right.PEOPLE_READ)
REGISTER = Entry("register.py", "Register", ":material/person_add:", Right.PEOPLE_WRITE)
SETTINGS = Entry("settings.py", "Settings", ":material/tune:", Right.HR)
MODELS = Entry("models.py", "Models", ":material/neurology:", Right.MODELS)
PRIVACY = Entry("privacy.py", "Privacy", ":material/shield_person:", Right.SYSTEM)
SYSTEM = Entry("system.py", "System", ":material/monitor_heart:", Right.SYSTEM)

ACCOUNTS = Entry("accounts.py", "Accounts", ":material/manage_accounts:", Right.ACCOUNTS)
KIOSKS = Entry("kiosks.py", "Kiosks", ":material/tablet:", Right.KIOSKS)
TOKENS = Entry("tokens.py", "API tokens", ":material/key:", Right.TOKENS)
AUDIT = Entry("audit.py", "Audit log", ":material/history:", Right.AUDIT)

MENU: dict[str, tuple[Entry, ...]] = {
    "Attendance": (OVERVIEW, TAKE_ATTENDANCE, RECORDS, REPORTS),
    "People": (PEOPLE, REGISTER),
    "Administration": (SETTINGS, MODELS, PRIVACY, SYSTEM),
    "Access": (ACCOUNTS, KIOSKS, TOKENS, AUDIT),
}


def choose(identity: Identity) -> Page:
    """Draw the menu of what ``identity`` may open; the page that was chosen, to be run.

    Empty groups are left out. The pages have no icon of their own, for the browser would fetch
    it for its tab from a server of Google; :func:`menu_icons` draws them from the bundled font.
    """
    allowed = {
        group: [entry for entry in entries if identity.may(entry.right)]
        for group, entries in MENU.items()
    }
    menu = {group: [_page(entry) for entry in entries] for group, entries in allowed.items()}
    home, first = _home(), next(entry for entries in allowed.values() for entry in entries)
    chosen = st.navigation(
        {**{g: pages for g, pages in menu.items() if pages}, "": [home]}, expanded=True
    )
    if chosen is home:
        open_page(first, **st.query_params.to_dict())
    return chosen


def menu_icons() -> str:
    """The style rules that put each entry's icon before its name in the menu."""
    rules = []
    for entry in (entry for entries in MENU.values() for entry in entries):
        path = f"/{Path(entry.file).stem}"
        name = entry.icon.removeprefix(":material/").removesuffix(":")
        link = f'[data-testid="stSidebarNavLink"][href$="{path}"]'
        rules.append(f'{link}::before {{ content: "{name}" / ""; }}')
    return "\n".join(rules)


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
    """A link to one thing on another page; ``label`` is Markdown.

    On the page itself use :func:`open_button`: Streamlit forgets the parameters of such links.
    """
    st.page_link(FOLDER / entry.file, label=label, query_params=parameters)


def open_button(entry: Entry, label: str, key: str, **parameters: str) -> None:
    """A button that reads like a link; ``label`` is Markdown."""
    if st.button(label, key=key, type="tertiary"):
        open_page(entry, **parameters)


def open_page(entry: Entry, **parameters: str) -> None:
    """Leave for another page; does not return."""
    st.switch_page(FOLDER / entry.file, query_params=parameters)


def _page(entry: Entry) -> Page:
    return st.Page(
        FOLDER / entry.file,
        title=entry.title,
        url_path=Path(entry.file).stem,
    )


def _home() -> Page:
    """The bare address, which leads to the first page that may be opened.

    Streamlit always has a default page, and answers only "/" for it: were it a page of the menu
    (the first one, where none is named), that page's own address would be "not found", for a
    kiosk its only one.
    """
    return st.Page(_nothing, title="Home", url_path="home", default=True, visibility="hidden")


def _nothing() -> None:
    """Never shown: :func:`choose` leaves for another page first."""
