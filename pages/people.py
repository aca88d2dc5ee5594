"""People: find somebody, look at them, change them; register many from one ZIP file."""

from collections.abc import Sequence

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person, life_words
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from pages.ui.explore.kept_filters import Dates, Field, asked_for, fill, filter_bar, texts
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import go_button, next_step, open_button
from pages.ui.frame.page import page
from pages.ui.people.badges import badges_progress
from pages.ui.people.erasing import certificate_of
from pages.ui.people.import_zip import import_button, import_progress
from pages.ui.people.list_file import list_button
from pages.ui.people.list_view import people_table
from pages.ui.people.list_work import list_progress
from pages.ui.people.profile import profile
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.photos import photo
from pages.ui.shared.template_state import outdated
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import avatar, empty_state
from pages.ui.shared.words import formats, in_words, said, said_many

identity = require(Page.PEOPLE.right)

PAGE = 24
_PAGE = "people"
_VIEWS = [msgid("Cards"), msgid("Table")]


def people_list(app: RegistrarFacade) -> None:
    """Search field, groups and the cards of those found."""
    index = people_index(app.people)
    if not index.cards:
        _nobody()
        return
    _undecided(index)
    _self_enrolled(app)
    asked = asked_for(_PAGE, app.views, identity, "people_group")
    if asked is not None:
        fill(_fields(index), asked)
    text, group = _search(index)
    found = index.find(text, group)
    filter_bar(_PAGE, app.views, identity, _fields(index))
    if _as_table(index, found) and found:
        people_table(app, identity, found, lambda: people_index(app.people).find(text, group))
    elif found:
        _cards(app, found)
    else:
        empty_state(
            "search_off", said("Nobody found"), said("Try fewer letters, or another group.")
        )


def _fields(index: Index) -> tuple[Field | Dates, ...]:
    """What is chosen, as filters keep it."""
    return (
        Field("group", "people_group", texts(index.groups)),
        Field("view", "people_view", texts(_VIEWS)),
    )


def _as_table(index: Index, found: Sequence[Person]) -> bool:
    """How many there are, and how they are to be shown."""
    every = len(index.cards)
    counted = said_many("{count} person", "{count} people", every)
    if len(found) != every:
        counted = said_many(
            "{count} person of {all}", "{count} people of {all}", len(found),
            all=formats().number(every),
        )  # fmt: skip
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption(counted, width="content")
        view = st.segmented_control(
            said("View"), _VIEWS, default=_VIEWS[0], required=True, key="people_view",
            label_visibility="collapsed", format_func=said,
        )  # fmt: skip
    return view == _VIEWS[1]


_UNDECIDED_SHOWN = 5


def _undecided(index: Index) -> None:
    """Those whom an import kept because they look like somebody registered."""
    waiting = index.undecided
    if not waiting or not identity.may(Right.PEOPLE_WRITE):
        return
    st.warning(
        said_many(
            "{count} imported person looked like somebody registered already. Decide "
            "whether they are the same; until then they are not recognised.",
            "{count} imported people looked like somebody registered already. Decide "
            "whether they are the same; until then they are not recognised.",
            len(waiting),
        ),
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        for person in waiting[:_UNDECIDED_SHOWN]:
            key = f"decide_{person.subject}"
            open_button(Page.PEOPLE, plain(person.name), key, person=person.subject)


def _self_enrolled(app: RegistrarFacade) -> None:
    """Those who have registered on their own phone."""
    count = app.self_enrolled() if identity.may(Right.PEOPLE_WRITE) else 0
    if count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                said_many(
                    "{count} person has registered on their phone and wait for approval.",
                    "{count} people have registered on their phone and wait for approval.",
                    count,
                ), icon=":material/how_to_reg:",
            )  # fmt: skip
            open_button(Page.INVITATIONS, said("Look at the photos"), "people_self_enrolled")


def _nobody() -> None:
    text = said("Register the first person with the camera, or import a ZIP file of photos.")
    empty_state("group_add", said("Nobody is registered yet"), text)
    next_step(Page.REGISTER, said("Register a person"))


def _search(index: Index) -> tuple[str, str | None]:
    left, right = st.columns([2.4, 1], gap="small")
    text = left.text_input(
        said("Search"),
        placeholder=said("Name, ID, group or e-mail"),
        icon=":material/search:",
        label_visibility="collapsed",
        key="people_search",
        live=True,
    )
    group = right.selectbox(
        said("Group"),
        index.groups,
        index=None,
        placeholder=said("All groups"),
        label_visibility="collapsed",
        key="people_group",
        disabled=not index.groups,
    )
    return text or "", group


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
    if person.resembles:
        st.badge(
            said("To decide"), color="orange", help=said("Looks like somebody registered already.")
        )
    elif not person.active:
        st.badge(said("Deactivated"), color="gray")
    elif not person.templates:
        st.badge(said("No photos"), color="orange")
    elif person.weak:
        st.badge(
            said("Better photo needed"),
            color="orange",
            help=said("The face in the photos is small."),
        )
    elif person.doubted:
        st.badge(said("Liveness in doubt"), color="orange", help=in_words(life_words(person.life)))
    elif outdated(app.models, person):
        st.badge(
            said("New photos needed"), color="orange", help=said("Enrolled with another model.")
        )


subject = st.query_params.get("person")

with page(Page.PEOPLE, said("Everybody who can be recognised.")) as actions:
    certificate_of()
    badges_progress()
    if subject:
        profile(RegistrarFacade.current(), identity, subject)
    else:
        if identity.may(Right.PEOPLE_WRITE):
            with actions:
                import_button(RegistrarFacade.current())
                list_button(RegistrarFacade.current())
                go_button(Page.REGISTER, said("Register"), key="people_register")
            import_progress()
            list_progress(RegistrarFacade.current())
        people_list(RegistrarFacade.current())
