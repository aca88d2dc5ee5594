"""People: find somebody, look at them, change them."""

from collections.abc import Sequence

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import go_button, next_step, open_button
from pages.ui.frame.page import page
from pages.ui.people.erasing import certificate_of
from pages.ui.people.people_import import import_button, import_progress
from pages.ui.people.profile import profile
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.photos import photo
from pages.ui.shared.template_state import outdated
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import avatar, empty_state

identity = require(Page.PEOPLE.right)

PAGE = 24


def people_list(app: RegistrarFacade) -> None:
    """Search field, groups and the cards of those found."""
    index = people_index(app.people)
    if not index.cards:
        _nobody()
        return
    found = _search(index)
    if found:
        _cards(app, found)
    else:
        empty_state("search_off", "Nobody found", "Try fewer letters, or another group.")


def _nobody() -> None:
    text = "Register the first person with the camera, or import a ZIP file of photos."
    empty_state("group_add", "Nobody is registered yet", text)
    next_step(Page.REGISTER, "Register a person")


def _search(index: Index) -> list[Person]:
    left, right = st.columns([2.4, 1], gap="small")
    text = left.text_input(
        "Search",
        placeholder="Name, ID, group or e-mail",
        icon=":material/search:",
        label_visibility="collapsed",
        key="people_search",
        live=True,
    )
    group = right.selectbox(
        "Group",
        index.groups,
        index=None,
        placeholder="All groups",
        label_visibility="collapsed",
        key="people_group",
        disabled=not index.groups,
    )
    found = index.find(text or "", group)
    st.caption(
        counted(len(found), "person", "people")
        + (f" of {len(index.cards):,}" if len(found) != len(index.cards) else "")
    )
    return found


def _cards(app: RegistrarFacade, found: Sequence[Person]) -> None:
    pages = -(-len(found) // PAGE)
    place = st.container(key="people_cards")
    number = _page_number(pages)
    grid = place.grid(3, min_column_width=280, gap="small")
    for person in found[(number - 1) * PAGE : number * PAGE]:
        with grid.container(border=True, height="stretch"):
            _card(app, person)


def _page_number(pages: int) -> int:
    if pages == 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"people_page_{pages}"))


def _card(app: RegistrarFacade, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        avatar(photo(app.pictures, person.photo), person.name)
        with st.container(gap=None, width="stretch"):
            key = f"open_{person.subject}"
            open_button(Page.PEOPLE, plain(person.name), key, person=person.subject)
            st.caption(" · ".join(plain(part) for part in (person.id, person.group) if part))
            _badges(app, person)


def _badges(app: RegistrarFacade, person: Person) -> None:
    if not person.active:
        st.badge("Deactivated", color="gray")
    elif not person.templates:
        st.badge("No photos", color="orange")
    elif outdated(app.models, person):
        st.badge("New photos needed", color="orange", help="Enrolled with another model.")


subject = st.query_params.get("person")

with page(Page.PEOPLE, "Everybody who can be recognised.") as actions:
    certificate_of(RegistrarFacade.current().privacy)
    if subject:
        profile(RegistrarFacade.current(), identity, subject)
    else:
        if identity.may(Right.PEOPLE_WRITE):
            with actions:
                import_button(RegistrarFacade.current())
                go_button(Page.REGISTER, "Register", key="people_register")
            import_progress()
        people_list(RegistrarFacade.current())
