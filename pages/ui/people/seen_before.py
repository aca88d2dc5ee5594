"""A person who was seen before as unknown: their visits, and marks proposed for the review."""

from typing import Final

import streamlit as st

from face_rec.domain.errors import FaceRecError, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.domain.strangers import Before
from face_rec.facades.people.registrar import RegistrarFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.photos import photo
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import formats, in_words, said, said_many

SHOWN: Final = 24


def seen_before(app: RegistrarFacade, person: Person) -> None:
    """Nothing where there is no such visit."""
    found = app.seen_before(person.subject)
    if not found:
        return
    with st.container(border=True, key="seen_before"):
        st.subheader(said("Seen before as unknown"), anchor=False)
        st.caption(
            said_many(
                "{count} visit before this face was known. A visit makes no mark. You "
                "may put visits on the review list, where somebody who corrects marks "
                "confirms or voids each.",
                "{count} visits before this face was known. A visit makes no mark. You "
                "may put visits on the review list, where somebody who corrects marks "
                "confirms or voids each.",
                len(found),
            )
        )
        chosen = [one for one in found[:SHOWN] if _visit(app, one)]
        if len(found) > SHOWN:
            st.caption(
                said(
                    "The newest {shown} of {number} are shown.",
                    shown=SHOWN,
                    number=formats().number(len(found)),
                )
            )
        if st.button(
            said_many("Propose {count} mark", "Propose {count} marks", len(chosen)),
            icon=":material/fact_check:", disabled=not chosen, key="seen_propose",
        ):  # fmt: skip
            _propose(app, person, chosen)


def _visit(app: RegistrarFacade, one: Before) -> bool:
    """Whether it is ticked."""
    visit = one.visit
    source = photo(app.pictures, visit.picture)
    at = times.date_and_time(visit.began, app.site.timezone)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ticked = st.checkbox(f"{at}, {plain(visit.kiosk)}", key=f"seen_{visit.id}")
        if source:
            st.html(f'<img class="fr-avatar" src="{html(source)}" alt="{html(at)}">')
        st.caption(
            said("said to be this person")
            if one.score == 1.0
            else said("alike {score}", score=formats().number(one.score, 2))
        )
    return bool(ticked)


def _propose(app: RegistrarFacade, person: Person, chosen: list[Before]) -> None:
    who = require(Right.PEOPLE_WRITE)
    try:
        new = app.propose_marks(person.subject, [one.visit.id for one in chosen], who.name)
    except StoreUnavailable:
        raise
    except FaceRecError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    others = len(chosen) - new
    told = said_many(
        "{count} mark on the review list under Records.",
        "{count} marks on the review list under Records.",
        new,
    )
    if others:
        there = said_many(
            "{count} visit stood there already.", "{count} visits stood there already.", others
        )
        told = f"{told} {there}"
    flash(told)
    st.rerun()
