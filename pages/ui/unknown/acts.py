"""What is done with the unknown people who are ticked."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.strangers import Standing, Stranger
from face_rec.facades.people.strangers import StrangersFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many
from face_rec.strangers.stranger_service import LONGEST_BLOCK
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import open_page
from pages.ui.frame.outcome import flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, awaited, fresh, proven
from pages.ui.people.enrolment_draft import begin_with_photos
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said, said_many

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


def ticked(one: Stranger) -> str:
    """The key of its box: another one after each act, so that nothing stays ticked."""
    return f"unknown_{st.session_state.get(_ROUND, 0)}_{one.id}"


def buttons(app: StrangersFacade, shown: Sequence[Stranger], standing: Standing) -> None:
    """What may be done with those of ``shown`` who are ticked."""
    ids = [one.id for one in shown if st.session_state.get(ticked(one))]
    with st.container(horizontal=True, vertical_alignment="center", key="unknown_acts"):
        st.markdown(said_many("**{count} person chosen**", "**{count} people chosen**", len(ids)))
        if standing is Standing.OPEN:
            _open_ones(app, ids)
        elif st.button(
            said("Take back"), icon=":material/undo:", disabled=not ids, key="unknown_take_back",
            help=said("Who was assigned loses the photos that this added."),
        ):  # fmt: skip
            take_back(app, ids)
        pressed = st.button(
            said("Delete …"),
            icon=":material/delete_forever:",
            disabled=not ids,
            key="unknown_delete",
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
    if st.button(
        said("Assign …"), icon=":material/person_search:", disabled=none, key="unknown_assign"
    ):
        assign(app, ids)
    if st.button(
        said("Enrol …"), icon=":material/person_add:", disabled=none, key="unknown_enrol"
    ):
        enrol(app, ids)
    if st.button(
        said("Dismiss"), icon=":material/visibility_off:", disabled=none, key="unknown_dismiss"
    ):
        _dismiss(app, ids)
    if st.button(said("Block …"), icon=":material/block:", disabled=none, key="unknown_block"):
        block(app, ids)


def undo_bar(app: StrangersFacade) -> None:
    """What was done last, and the way back."""
    last: tuple[list[str], str] | None = st.session_state.get(_UNDO)
    if last is None:
        return
    ids, words = last
    with st.container(horizontal=True, vertical_alignment="center", key="unknown_undo"):
        st.markdown(f":material/check: {in_words(words)}")
        if st.button(
            said("Undo"), icon=":material/undo:", type="tertiary", key="unknown_undo_press"
        ):
            take_back(app, ids)


def take_back(app: StrangersFacade, ids: Sequence[str]) -> None:
    """At once; where it takes a fresh proof, after that."""
    require(RIGHT)
    if app.service.proof_to_take_back(ids) and not fresh():
        reopen(app, ids)
    else:
        _taken_back(app, ids)


@dialog(msgid("Take it back?"), RIGHT, icon=":material/undo:")
def reopen(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.reopen"):
        if not proven(BACK + ".".join(ids)):
            return
        st.markdown(
            said_many(
                "What was decided about **{count} person** is open again: a block ends, "
                "and photos that an assignment added go.",
                "What was decided about **{count} people** is open again: a block ends, "
                "and photos that an assignment added go.",
                len(ids),
            )
        )
        if st.button(said("Take back"), type="primary", key="unknown_back_sure"):
            _taken_back(app, ids)


def _taken_back(app: StrangersFacade, ids: Sequence[str]) -> None:
    who = require(RIGHT)
    if tried(lambda: app.service.take_back(ids, who.name)):
        _next()
        flash(
            said_many("Taken back for {count} person.", "Taken back for {count} people.", len(ids))
        )
        st.rerun()


@dialog(msgid("Who is this?"), RIGHT, icon=":material/person_search:", width="medium")
def assign(app: StrangersFacade, ids: Sequence[str]) -> None:
    """Somebody who is registered; their photos decide whether it can be."""
    with guarded("unknown.assign"):
        if not proven(ASSIGN + ".".join(ids)):
            return
        index = people_index(app.people)
        st.markdown(
            said(
                "The best pictures become photos of that person, after the checks of an "
                "enrolment: they must show that face and be good enough."
            )
        )
        subject = st.selectbox(
            said("Person"), list(index.by_subject), index=None, placeholder=said("Name or ID"),
            format_func=lambda one: f"{index.by_subject[one].name} ({index.by_subject[one].id})",
            key="unknown_person",
        )  # fmt: skip
        sure = st.button(
            said("Assign"), type="primary", disabled=not subject, key="unknown_assign_sure"
        )
        if not sure or not subject:
            return
        who = require(RIGHT)
        with st.spinner(said("Comparing …")):
            done = tried(lambda: app.service.assign(ids, subject, who.name))
        if done:
            name = plain(index.by_subject[subject].name)
            _remember(ids, sentence("Assigned to {name}, who has new photos.", name=name))
            st.rerun()


def enrol(app: StrangersFacade, ids: Sequence[str]) -> None:
    """On to Register, with the pictures as photos; consent, name and all checks are its own."""
    who = require(RIGHT)
    with st.spinner(said("Looking at the pictures …")):
        found = app.service.photos(ids)
    if not found.taken:
        why = " ".join(map(in_words, found.refused))
        why = why or said("There are no pictures of them any more.")
        refused = said("No picture can become a photo. {why}", why=why)
        st.error(plain(refused), icon=":material/error:")
        return
    begin_with_photos(f"{who.kind}:{who.id}", found.taken, ids)
    open_page(Page.REGISTER)


@dialog(msgid("Block these people?"), RIGHT, icon=":material/block:")
def block(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.block"):
        if not proven(BLOCK + ".".join(ids)):
            return
        st.markdown(
            said_many(
                "When a camera sees **{count} person** again, everybody is told whom a "
                "rule under Notifications tells of *Blocked person*. It opens and closes "
                "nothing, and marks nobody.",
                "When a camera sees **{count} people** again, everybody is told whom a "
                "rule under Notifications tells of *Blocked person*. It opens and closes "
                "nothing, and marks nobody.",
                len(ids),
            )
        )
        days = st.number_input(
            said("For days"), 1, LONGEST_BLOCK, _BLOCK_DAYS, key="unknown_block_days",
            help=said("It ends by itself then. Pictures of the last visits are kept as "
                     "long."),
        )  # fmt: skip
        if st.button(said("Block"), type="primary", key="unknown_block_sure"):
            who = require(RIGHT)
            if tried(lambda: app.service.block(ids, who.name, int(days))):
                done = sentence_many(
                    "{count} person blocked.", "{count} people blocked.", len(ids)
                )
                _remember(ids, done)
                st.rerun()


@dialog(msgid("Delete these people?"), RIGHT, icon=":material/delete_forever:")
def forget(app: StrangersFacade, ids: Sequence[str]) -> None:
    with guarded("unknown.forget"):
        if not proven(FORGET + ".".join(ids)):
            return
        st.markdown(
            said_many(
                "Pictures, faces and times of **{count} person** are removed at once and "
                "cannot be brought back. Who comes again is kept as somebody new.",
                "Pictures, faces and times of **{count} people** are removed at once and "
                "cannot be brought back. Who comes again is kept as somebody new.",
                len(ids),
            )
        )
        if st.button(said("Delete"), type="primary", disabled=not ids, key="unknown_delete_sure"):
            with st.spinner(said("Deleting …")):
                done = tried(lambda: (app.service.forget(ids), True))
            if done:
                _next()
                st.session_state.pop(_UNDO, None)
                flash(said("Deleted, in the files of the database too."))
                st.rerun()


# --- how an act ends


def _dismiss(app: StrangersFacade, ids: list[str]) -> None:
    who = require(RIGHT)
    if tried(lambda: app.service.dismiss(ids, who.name)):
        _remember(
            ids,
            sentence_many(
                "{count} person dismissed: nothing more is kept of them.",
                "{count} people dismissed: nothing more is kept of them.",
                len(ids),
            ),
        )
        st.rerun()


def _remember(ids: Sequence[str], words: str) -> None:
    st.session_state[_UNDO] = (list(ids), words)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _next() -> None:
    """Nothing is ticked any more, and there is nothing to take back."""
    _remember((), "")
    st.session_state.pop(_UNDO, None)
