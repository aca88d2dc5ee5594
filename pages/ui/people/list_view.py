"""People as a table: several are chosen and changed at once, or taken away as a file."""

from collections.abc import Callable, Sequence, Set
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.lists import list_plan, people_file
from face_rec.people.lists.list_plan import ListPlan
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.navigation import open_page
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again
from pages.ui.people.badges import MANY, print_dialog
from pages.ui.people.list_work import begin
from pages.ui.shared.chosen_people import hand_over
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many

MOST: Final = 1000
"""Rows that a browser is sent; a search finds the others."""
_ROUND: Final = "_people_rows_round"
Find = Callable[[], Sequence[Person]]


def people_table(
    app: RegistrarFacade, identity: Identity, found: Sequence[Person], find: Find
) -> None:
    """``found`` as rows; what is done is done to those that are ticked, or to all of them.
    ``find``: looks for them again, for the file."""
    shown = found[:MOST]
    may_write = identity.may(Right.PEOPLE_WRITE)
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    picked = st.dataframe(
        _frame(shown),
        hide_index=True,
        height=min(560, 38 + 35 * len(shown)),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"people_rows_{st.session_state.setdefault(_ROUND, 0)}",
        column_config={
            said("Photos"): st.column_config.NumberColumn(width=80),
            said("State"): st.column_config.TextColumn(width=140),
        },
        alt=said("People"),
    )
    if len(found) > MOST:
        st.caption(
            said(
                "The first {most} are shown; search, or choose a group, for the others.",
                most=formats().number(MOST),
            )
        )
    chosen = [shown[row] for row in picked.selection.rows if row < len(shown)]
    with bar:
        _acts(app, may_write, chosen, found)
        subjects = frozenset(person.subject for person in chosen)
        _file(len(chosen or found), partial(_some, find, subjects) if chosen else find)


def _frame(people: Sequence[Person]) -> pd.DataFrame:
    rows = [(p.name, p.id, p.group, p.email, len(p.templates), _state(p)) for p in people]
    return pd.DataFrame(
        rows,
        columns=[
            said("Name"),
            said("ID"),
            said("Group"),
            said("E-mail"),
            said("Photos"),
            said("State"),
        ],
    )


def _state(person: Person) -> str:
    if person.resembles:
        return said("To decide")
    if not person.active:
        return said("Deactivated")
    return said("Active") if person.templates else said("No photos")


def _acts(
    app: RegistrarFacade, may_write: bool, chosen: Sequence[Person], found: Sequence[Person]
) -> None:
    if may_write:
        every = st.checkbox(
            said("All {number} found", number=formats().number(len(found))),
            key="people_every", disabled=bool(chosen),
            help=said("Also those that are not shown. Take the ticks away to use this."),
        )  # fmt: skip
        _changes(app, chosen or (found if every else ()))


def _some(find: Find, subjects: Set[str]) -> list[Person]:
    return [person for person in find() if person.subject in subjects]


def _file(count: int, find: Find) -> None:
    st.download_button(
        "CSV", noted(Right.PEOPLE_READ, "people", lambda: people_file.write(find())),
        file_name="people.csv", mime="text/csv", icon=":material/download:",
        key="people_download",
        help=said_many("{count} person, no photos.", "{count} people, no photos.", count),
    )  # fmt: skip


def _changes(app: RegistrarFacade, people: Sequence[Person]) -> None:
    none = not people
    if st.button(
        said("Set group"), icon=":material/groups:", disabled=none, key="people_group_set"
    ):
        _set_group(app, people)
    for active, label, icon in (
        (False, msgid("Deactivate"), ":material/pause:"),
        (True, msgid("Activate"), ":material/play_arrow:"),
    ):  # fmt: skip
        pressed = st.button(said(label), icon=icon, disabled=none, key=f"people_{label.lower()}")
        if pressed:
            _set_active(app, people, active)
    if st.button(
        said("Invite"),
        icon=":material/send:",
        disabled=none,
        key="people_invite",
        help=said("To register on their own phone."),
    ):
        hand_over(person.subject for person in people)
        open_page(Page.INVITATIONS)
    if st.button(said("Badges"), icon=":material/badge:", disabled=none, key="people_badges"):
        print_dialog(app, people, MANY)
    if again(MANY):
        st.info(said("Confirmed. Choose the people again, then press Badges."))
    if people:
        st.caption(said("{number} chosen", number=formats().number(len(people))), width="content")


@dialog(msgid("Set the group"), Right.PEOPLE_WRITE, icon=":material/groups:")
def _set_group(app: RegistrarFacade, people: Sequence[Person]) -> None:
    with guarded("people.group"):
        st.markdown(
            said_many(
                "**{count} person** will be in this group from now on. Days before are "
                "judged by the group of then.",
                "**{count} people** will be in this group from now on. Days before are "
                "judged by the group of then.",
                len(people),
            )
        )
        group = st.selectbox(
            said("Group"), people_index(app.people).groups, index=None, accept_new_options=True,
            placeholder=said("Choose one, or type a new one"), key="people_new_group",
        )  # fmt: skip
        plan = list_plan.of_people(people, group=group or "")
        _problems(plan)
        if st.button(said("Set group"), type="primary", key="people_group_go", disabled=not group):
            _begin(app, sentence("Setting the group {group}", group=group), plan)


@dialog(msgid("Change several people"), Right.PEOPLE_WRITE, icon=":material/person_edit:")
def _set_active(app: RegistrarFacade, people: Sequence[Person], active: bool) -> None:
    with guarded("people.active"):
        st.markdown(
            said_many(
                "**{count} person** will be recognised again. A face that was registered for "
                "somebody else meanwhile is refused, and named.",
                "**{count} people** will be recognised again. A face that was registered for "
                "somebody else meanwhile is refused, and named.",
                len(people),
            )
            if active
            else said_many(
                "**{count} person** will not be recognised until they are activated again. "
                "All their data stay.",
                "**{count} people** will not be recognised until they are activated again. "
                "All their data stay.",
                len(people),
            )
        )
        plan = list_plan.of_people(people, active=active)
        _problems(plan)
        if st.button(
            said("Activate") if active else said("Deactivate"),
            type="primary",
            key="people_active_go",
        ):
            _begin(app, msgid("Activating") if active else msgid("Deactivating"), plan)


def _problems(plan: ListPlan) -> None:
    for step in [step for step in plan.steps if step.reason][:5]:
        st.warning(plain(f"{step.id}: {in_words(step.reason)}"), icon=":material/warning:")


def _begin(app: RegistrarFacade, title: str, plan: ListPlan) -> None:
    st.session_state[_ROUND] += 1  # nobody is ticked afterwards
    begin(app, title, plan)
