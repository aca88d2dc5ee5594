"""What is done with the unknown people who are ticked."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.strangers import Standing, Stranger
from face_rec.facades.strangers import StrangersFacade
from face_rec.strangers.desk import LONGEST_BLOCK
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import open_page
from pages.ui.frame.outcome import flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, awaited, fresh, proven
from pages.ui.people.enrolment_draft import begin_with_photos
from pages.ui.shared import times
from pages.ui.shared.people_index import people_index
from pages.ui.shared.photos import photo
from pages.ui.shared.text import counted, html, plain

RIGHT: Final = Right.PEOPLE_WRITE
"""Who may register people may look at those who are not."""
FORGET: Final = "forget."
ASSIGN: Final = "assign."
BLOCK: Final = "block."
BACK: Final = "back."
"""What each dialog is known by, before the ids of whom it is about."""
_UNDO: Final = "_unknown_undo"
_ROUND: Final = "_unknown_round"
_BLOCK_DAYS: Final = 90
_SHOWN: Final = 24


def ticked(one: Stranger) -> str:
    """The key of its box: another one after each act, so that nothing stays ticked."""
    return f"unknown_{st.session_state.get(_ROUND, 0)}_{one.id}"


def buttons(app: StrangersFacade, shown: Sequence[Stranger], standing: Standing) -> None:
    """What may be done with those of ``shown`` who are ticked."""
    ids = [one.id for one in shown if st.session_state.get(ticked(one))]
    with st.container(horizontal=True, vertical_alignment="center", key="unknown_acts"):
        st.markdown(f"**{counted(len(ids), 'person', 'people')} chosen**")
        if standing is Standing.OPEN:
            _open_ones(app, ids)
        elif st.button(
            "Take back", icon=":material/undo:", disabled=not ids, key="unknown_take_back",
            help="Who was assigned loses the photos that this added.",
        ):  # fmt: skip
            take_back(app, ids)
        pressed = st.button(
            "Delete …", icon=":material/delete_forever:", disabled=not ids, key="unknown_delete"
        )
    if pressed:
        forget(app, ids)
    else:
        _go_on(app)


def _go_on(app: StrangersFacade) -> None:
    """Back from a proof: open what it was given for, about those whom it was given for."""
    begun = awaited()
    for beginning, opens in ((FORGET, forget), (ASSIGN, assign), (BLOCK, block), (BACK, reopen)):
        if begun.startswith(beginning) and again(begun):
            opens(app, begun.removeprefix(beginning).split("."))


def _open_ones(app: StrangersFacade, ids: list[str]) -> None:
    none = not ids
    if st.button("Assign …", icon=":material/person_search:", disabled=none, key="unknown_assign"):
        assign(app, ids)
    if st.button("Enrol …", icon=":material/person_add:", disabled=none, key="unknown_enrol"):
        enrol(app, ids)
    if st.button(
        "Dismiss", icon=":material/visibility_off:", disabled=none, key="unknown_dismiss"
    ):
        _done(app.desk.dismiss, ids, "dismissed: nothing more is kept of them")
    if st.button("Block …", icon=":material/block:", disabled=none, key="unknown_block"):
        block(app, ids)


def undo_bar(app: StrangersFacade) -> None:
    """What was done last, and the way back."""
    last: tuple[list[str], str] | None = st.session_state.get(_UNDO)
    if last is None:
        return
    ids, words = last
    with st.container(horizontal=True, vertical_alignment="center", key="unknown_undo"):
        st.markdown(f":material/check: {words}")
        if st.button("Undo", icon=":material/undo:", type="tertiary", key="unknown_undo_press"):
            take_back(app, ids)


def take_back(app: StrangersFacade, ids: Sequence[str]) -> None:
    """At once; where it takes a fresh proof, after that."""
    require(RIGHT)
    if app.desk.proof_to_take_back(ids) and not fresh():
        reopen(app, ids)
    else:
        _taken_back(app, ids)


@dialog("Take it back?", RIGHT, icon=":material/undo:")
def reopen(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.reopen"):
        if not proven(BACK + ".".join(ids)):
            return
        st.markdown(
            f"What was decided about **{counted(len(ids), 'person', 'people')}** is open again: "
            "a block ends, and photos that an assignment added go."
        )
        if st.button("Take back", type="primary", key="unknown_back_sure"):
            _taken_back(app, ids)


def _taken_back(app: StrangersFacade, ids: Sequence[str]) -> None:
    who = require(RIGHT)
    if tried(lambda: app.desk.take_back(ids, who.name)):
        _next()
        flash(f"Taken back for {counted(len(ids), 'person', 'people')}.")
        st.rerun()


@dialog("Who is this?", RIGHT, icon=":material/person_search:", width="medium")
def assign(app: StrangersFacade, ids: Sequence[str]) -> None:
    """Somebody who is registered; their photos decide whether it can be."""
    with guarded("unknown.assign"):
        if not proven(ASSIGN + ".".join(ids)):
            return
        index = people_index(app.people)
        st.markdown(
            "The best pictures become photos of that person, after the checks of an enrolment: "
            "they must show that face and be good enough."
        )
        subject = st.selectbox(
            "Person", list(index.by_subject), index=None, placeholder="Name or ID",
            format_func=lambda one: f"{index.by_subject[one].name} ({index.by_subject[one].id})",
            key="unknown_person",
        )  # fmt: skip
        sure = st.button("Assign", type="primary", disabled=not subject, key="unknown_assign_sure")
        if not sure or not subject:
            return
        who = require(RIGHT)
        with st.spinner("Comparing …"):
            done = tried(lambda: app.desk.assign(ids, subject, who.name))
        if done:
            name = plain(index.by_subject[subject].name)
            _remember(ids, f"Assigned to {name}, who has new photos.")
            st.rerun()


def enrol(app: StrangersFacade, ids: Sequence[str]) -> None:
    """On to Register, with the pictures as photos; consent, name and all checks are its own."""
    who = require(RIGHT)
    with st.spinner("Looking at the pictures …"):
        found = app.desk.photos(ids)
    if not found.taken:
        why = " ".join(found.refused) or "There are no pictures of them any more."
        st.error(plain(f"No picture can become a photo. {why}"), icon=":material/error:")
        return
    begin_with_photos(f"{who.kind}:{who.id}", found.taken, ids)
    open_page(Page.REGISTER)


@dialog("Block these people?", RIGHT, icon=":material/block:")
def block(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.block"):
        if not proven(BLOCK + ".".join(ids)):
            return
        st.markdown(
            f"When a camera sees **{counted(len(ids), 'person', 'people')}** again, everybody is "
            "told whom a rule under Notifications tells of *Blocked person*. It opens and closes "
            "nothing, and marks nobody."
        )
        days = st.number_input(
            "For days", 1, LONGEST_BLOCK, _BLOCK_DAYS, key="unknown_block_days",
            help="It ends by itself then. Pictures of the last visits are kept as long.",
        )  # fmt: skip
        if st.button("Block", type="primary", key="unknown_block_sure"):
            who = require(RIGHT)
            if tried(lambda: app.desk.block(ids, who.name, int(days))):
                _remember(ids, f"{counted(len(ids), 'person', 'people')} blocked.")
                st.rerun()


@dialog("Delete these people?", RIGHT, icon=":material/delete_forever:")
def forget(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.forget"):
        if not proven(FORGET + ".".join(ids)):
            return
        st.markdown(
            f"Pictures, faces and times of **{counted(len(ids), 'person', 'people')}** are "
            "removed at once and cannot be brought back. Who comes again is kept as somebody new."
        )
        if st.button("Delete", type="primary", disabled=not ids, key="unknown_delete_sure"):
            with st.spinner("Deleting …"):
                done = tried(lambda: (app.desk.forget(ids), True))
            if done:
                _next()
                st.session_state.pop(_UNDO, None)
                flash("Deleted, in the files of the database too.")
                st.rerun()


@dialog("Visits", RIGHT, icon=":material/history:", width="large")
def visits(app: StrangersFacade, one: Stranger) -> None:
    """All that is kept of somebody: pictures, times, cameras."""
    with guarded("unknown.visits"):
        found = app.desk.visits(one)
        tiles = []
        for visit in found[:_SHOWN]:
            source = photo(app.pictures, visit.picture, 160) or ""
            words = times.date_and_time(visit.began, app.site.timezone)
            where = app.kiosk_title(visit.kiosk)
            tiles.append(
                f'<figure class="fr-tile"><img src="{html(source)}" alt="{html(words)}">'
                f"<figcaption>{html(words)}<br>{html(where)}</figcaption></figure>"
            )
        st.html(f'<div class="fr-visits">{"".join(tiles)}</div>')
        more = one.times - len(tiles)
        if more > 0:
            st.caption(f"{counted(more, 'earlier visit')} without a picture here.")


# --- how an act ends


def _done(act: Callable[[Sequence[str], str], object], ids: list[str], words: str) -> None:
    who = require(RIGHT)
    if tried(lambda: act(ids, who.name)):
        _remember(ids, f"{counted(len(ids), 'person', 'people')} {words}.")
        st.rerun()


def _remember(ids: Sequence[str], words: str) -> None:
    st.session_state[_UNDO] = (list(ids), words)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _next() -> None:
    """Nothing is ticked any more, and there is nothing to take back."""
    _remember((), "")
    st.session_state.pop(_UNDO, None)
