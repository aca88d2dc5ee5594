"""Who decides about requests while somebody is away."""

from datetime import date

import streamlit as st

from face_rec.domain.errors import AccountRefused
from face_rec.facades.attendance.requests import RequestsFacade
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash
from pages.ui.shared.text import plain
from pages.ui.shared.words import day, formats, in_words, said


def stand_in(app: RequestsFacade, identity: Identity) -> None:
    """Whom ``identity`` stands in for, and the form to name somebody; nothing where there is
    nobody else."""
    absent = app.deciders.of(identity).standing_for
    if absent:
        names = ", ".join(sorted(absent))
        st.info(
            plain(said("You decide for {names} too, today.", names=names)), icon=":material/group:"
        )
    choices = app.deciders.choices(identity.id)
    if not choices:
        return
    known = app.deciders.stand_in(identity.id)
    title = (
        said(
            "{substitute} decides for you from {first} to {last}",
            substitute=known.substitute,
            first=day(known.first),
            last=day(known.last),
        )
        if known
        else said("While you are away")
    )
    with st.expander(plain(title), icon=":material/group:", key="stand_in"):
        _form(app, choices, known.substitute if known else "")


def _form(app: RequestsFacade, choices: list[str], known: str) -> None:
    today = app.clock.now().astimezone(app.site.timezone).date()
    one, two, three = st.columns([1.6, 1, 1])
    substitute = one.selectbox(
        said("Decides for you"), choices, index=choices.index(known) if known in choices else None,
        placeholder=said("An account"), key="stand_in_who",
    )  # fmt: skip
    first = two.date_input(
        said("From"), today, format=formats().date_pattern, key="stand_in_first"
    )
    last = three.date_input(
        said("To, included"), today, format=formats().date_pattern, key="stand_in_last"
    )
    st.caption(said("About requests of your groups alone. Each decision names both of you."))
    with st.container(horizontal=True):
        if st.button(said("Save"), icon=":material/save:", type="primary", key="stand_in_save"):
            _name(app, substitute or "", first, last)
        if known and st.button(said("End it"), icon=":material/block:", key="stand_in_end"):
            app.deciders.end(require(Right.CORRECT).id)
            flash(said("It is ended."))
            st.rerun()


def _name(app: RequestsFacade, substitute: str, first: object, last: object) -> None:
    who = require(Right.CORRECT)
    if not (isinstance(first, date) and isinstance(last, date)):
        st.error(said("Give both days."), icon=":material/error:")
        return
    try:
        app.deciders.name(who.id, substitute, first, last)
    except AccountRefused as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(said("Saved."))
    st.rerun()
