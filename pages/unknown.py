"""Unknown: people whom cameras saw well and nobody knows; who comes again, and what becomes of
them."""

from collections.abc import Sequence

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.strangers import Stranger
from face_rec.facades.people.strangers import StrangersFacade
from pages.ui.frame.identity import current, require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import page
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said, said_many
from pages.ui.unknown.acts import buttons, ticked, undo_bar
from pages.ui.unknown.listed import PAGE, Wanted, asked, card, newest, older_people
from pages.ui.unknown.visited import visits

require(Page.UNKNOWN.right)


def off() -> None:
    """Nobody is kept."""
    empty_state(
        "visibility_off", said("Nobody unknown is kept"),
        said("An administrator can switch it on under Privacy, for some days and with a "
            "notice at the door. Until then a face that nobody knows is forgotten when "
            "it leaves."),
    )  # fmt: skip
    if current().may(Page.PRIVACY.right):
        next_step(Page.PRIVACY, said("Privacy"))


def inbox(app: StrangersFacade) -> None:
    """Filters, what may be done, and a page of people."""
    people = app.service.all()
    undo_bar(app)
    wanted = asked(app, people)
    found = wanted.of(people)
    if not found:
        _nobody(wanted)
        return
    pages = -(-len(found) // PAGE)
    number = _page_number(pages, wanted)
    shown = found[(number - 1) * PAGE : number * PAGE]
    buttons(app, shown, wanted.standing)
    _cards(app, shown)
    if older := older_people(app, found):
        st.caption(
            said_many(
                "{count} person was seen by an older model: nobody is compared with "
                "them any more, and they are forgotten when their days are over.",
                "{count} people were seen by an older model: nobody is compared with "
                "them any more, and they are forgotten when their days are over.",
                older,
            )
        )


def _nobody(wanted: Wanted) -> None:
    text = (
        said("Choose All above to see who was there once or twice.")
        if wanted.several
        else said(
            "Who is seen well and is not registered appears here some seconds after leaving."
        )
    )
    empty_state("inbox", said("Nobody here"), text)


def _page_number(pages: int, wanted: Wanted) -> int:
    if pages == 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        key = f"unknown_page_{pages}_{wanted.standing}"
        return min(pages, st.pagination(pages, width="stretch", key=key))


def _cards(app: StrangersFacade, shown: Sequence[Stranger]) -> None:
    pictures = newest(app, shown)
    grid = st.container(key="unknown_cards").grid(4, min_column_width=220, gap="small")
    for one in shown:
        with grid.container(border=True, height="stretch"):
            card(app, one, pictures.get(one.id))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.checkbox(said("Choose"), key=ticked(one))
                if st.button(said("Visits"), type="tertiary", key=f"unknown_visits_{one.id}"):
                    visits(app, one)


with page(Page.UNKNOWN, said("People whom cameras saw well and nobody knows.")):
    facade = StrangersFacade.current()
    if facade.days():
        st.caption(
            said_many(
                "Kept for {count} day after each visit, then deleted by themselves. "
                "Nobody of them has agreed to anything: decide what is needed, and "
                "delete the rest.",
                "Kept for {count} days after each visit, then deleted by themselves. "
                "Nobody of them has agreed to anything: decide what is needed, and "
                "delete the rest.",
                facade.days(),
            )
        )
        inbox(facade)
    else:
        off()
