"""The menu of the pages, and the ways from one to another."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

from face_rec.access.pages import Page
from face_rec.access.principal import PrincipalKind
from pages.ui.frame.identity import Identity, current
from pages.ui.shared.words import said

FOLDER = Path(__file__).resolve().parents[2]


def choose(identity: Identity, first: Callable[[Identity], Page | None]) -> StreamlitPage:
    """Draw the menu of what ``identity`` may open; the page that was chosen, to be run. ``first``:
    which one the bare address opens, if not the first that may be.

    Empty groups are left out. The pages have no icon of their own, for the browser would fetch
    it for its tab from a server of Google; :func:`menu_icons` draws them from the bundled font.
    """
    allowed, home = [entry for entry in Page if identity.may(entry.right)], _home()
    menu: dict[str, list[StreamlitPage]] = {}
    for entry in allowed:
        menu.setdefault(said(entry.group), []).append(_page(entry))
    alone = identity.kind is PrincipalKind.PERSON
    chosen = st.navigation(
        {**menu, "": [home]}, expanded=True, position="hidden" if alone else "sidebar"
    )
    if chosen is home:
        open_page(first(identity) or allowed[0], **st.query_params.to_dict())
    return chosen


def menu_icons() -> str:
    """The style rules that put each entry's icon before its name in the menu."""
    rules = []
    for entry in Page:
        path = f"/{entry.path}"
        name = entry.icon.removeprefix(":material/").removesuffix(":")
        link = f'[data-testid="stSidebarNavLink"][href$="{path}"]'
        rules.append(f'{link}::before {{ content: "{name}" / ""; }}')
    return "\n".join(rules)


def link(entry: Page, label: str = "") -> None:
    """A link to a page, for empty states and lists of next steps; nothing without the right."""
    if not current().may(entry.right):
        return
    st.page_link(FOLDER / entry.file, label=label or said(entry.title), icon=entry.icon)


def next_step(entry: Page, label: str) -> None:
    """The button below an empty state; nothing without the right."""
    if not current().may(entry.right):
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        go_button(entry, label, key=f"next_{entry.file}")


def go_button(entry: Page, label: str, key: str) -> None:
    """A main button that leaves for another page."""
    if st.button(label, icon=entry.icon, type="primary", key=key):
        open_page(entry)


def link_to(entry: Page, label: str, **parameters: str) -> None:
    """A link to one thing on another page; ``label`` is Markdown.

    On the page itself use :func:`open_button`: Streamlit forgets the parameters of such links.
    """
    st.page_link(FOLDER / entry.file, label=label, query_params=parameters)


def open_button(entry: Page, label: str, key: str, **parameters: str) -> None:
    """A button that reads like a link; ``label`` is Markdown."""
    if st.button(label, key=key, type="tertiary"):
        open_page(entry, **parameters)


def open_page(entry: Page, **parameters: str) -> None:
    """Leave for another page; does not return."""
    st.switch_page(FOLDER / entry.file, query_params=parameters)


def _page(entry: Page) -> StreamlitPage:
    return st.Page(
        FOLDER / entry.file,
        title=said(entry.title),
        url_path=entry.path,
    )


def _home() -> StreamlitPage:
    """The bare address, which leads to the first page that may be opened.

    Streamlit always has a default page, and answers only "/" for it: were it a page of the menu
    (the first one, where none is named), that page's own address would be "not found", for a
    kiosk its only one.
    """
    return st.Page(
        _nothing, title=said("Home"), url_path="home", default=True, visibility="hidden"
    )


def _nothing() -> None:
    """Never shown: :func:`choose` leaves for another page first."""
