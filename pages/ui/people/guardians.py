"""Who is told by mail when a person comes in and goes out, as far as they agree."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from face_rec.domain.errors import NoticeRefused
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.notices.guardians.guardian import Guardian, State
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said

_ROUND: Final = "_guardian_round"
_IN, _OUT = msgid("Coming in"), msgid("Going out")


def guardians_of(app: RegistrarFacade, who: Identity, person: Person) -> None:
    """For who may edit the person. Where the site tells no guardian, those entered before can
    still be removed."""
    found, on = app.guardians.of(person.subject).guardians, app.guardians.on()
    if not found and not on:
        return
    with st.container(border=True):
        st.subheader(said("Guardians"), anchor=False)
        st.caption(
            said(
                "Told by mail when this person comes in and goes out. Each is asked first, and "
                "may stop it at any time by a link."
            )
            if on
            else said(
                "Told by mail when this person comes in and goes out. Each is asked first, and "
                "may stop it at any time by a link. Guardians are told nothing now: see "
                "Notifications."
            )
        )
        for one in found:
            _shown(app, person, one)
        if on:
            _form(app, who, person)


def _shown(app: RegistrarFacade, person: Person, one: Guardian) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(one.shown)}** · {_ways(one)} · "
            f"{plain(LANGUAGES[one.language].own_name)}  \n"
            f"{_state(app, one)}",
            width="stretch",
        )
        if st.button(said("Remove"), key=f"guardian_remove_{one.id}"):
            require(Right.PEOPLE_WRITE)
            _remove(app, person, one)


def _ways(one: Guardian) -> str:
    if one.inwards and one.outwards:
        return said("in and out")
    return said("in") if one.inwards else said("out") if one.outwards else ""


def _state(app: RegistrarFacade, one: Guardian) -> str:
    zone = app.site.timezone
    if one.state is State.AGREED and one.agreed_at:
        return said(
            ":green[agreed] on {day}, text {version}",
            day=times.day(one.agreed_at, zone), version=one.text_version,
        )  # fmt: skip
    if one.state is State.STOPPED and one.stopped_at:
        day = times.day(one.stopped_at, zone)
        return said(":gray[stopped] on {day}: is told nothing", day=day)
    day = times.day(one.asked_at, zone)
    return said(":orange[asked] on {day}: is told nothing yet", day=day)


def _remove(app: RegistrarFacade, person: Person, one: Guardian) -> None:
    try:
        app.guardians.remove(person.subject, one.id)
    except NoticeRefused as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(said("The address is removed."))
    st.rerun()


def _form(app: RegistrarFacade, who: Identity, person: Person) -> None:
    key = f"guardian_{person.subject}_{st.session_state.setdefault(_ROUND, 0)}"
    with st.form(f"{key}_form", border=False):
        left, middle, right = st.columns([2, 1.4, 1.2])
        address = left.text_input(said("Mail address"), key=key, max_chars=200, autocomplete="off")
        ways = middle.multiselect(
            said("Told of"), [_IN, _OUT], default=[_IN, _OUT], key=f"{key}_ways", format_func=said,
            placeholder=said("Choose options"),
        )  # fmt: skip
        codes = list(LANGUAGES)
        language = right.selectbox(
            said("Language"), codes, codes.index(app.guardians.language), key=f"{key}_language",
            format_func=lambda code: LANGUAGES[code].own_name,
        )  # fmt: skip
        added = st.form_submit_button(said("Ask this guardian"), icon=":material/send:")
    st.caption(said("An address is asked at most once a day. The first message names nobody."))
    if added:
        require(Right.PEOPLE_WRITE)
        _add(
            lambda: app.guardians.add(
                person, address or "", language, who.id, inwards=_IN in ways, outwards=_OUT in ways
            )
        )


def _add(ask: Callable[[], object]) -> None:
    """``ask`` them by mail; a refusal is shown where it happened."""
    try:
        ask()
    except NoticeRefused as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1
    flash(said("They are asked by mail. Until they agree nothing is told."))
    st.rerun()
