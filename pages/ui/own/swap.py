"""Swapping a shift with a colleague: what they ask of one, asking them, and what became of it."""

from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from face_rec.attendance.rules.duty import Duty
from face_rec.domain.errors import CorrectionRefused, RuleRefused
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from face_rec.requests.asking import LONGEST_REASON
from face_rec.requests.request import BY_COLLEAGUE, Standing
from face_rec.requests.swap_service import Swap
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.own.said import STANDING, request_row
from pages.ui.own.week import hours_of
from pages.ui.shared.text import html, isolated, plain, told_apart

_ROUND: Final = "_own_swap_round"
_SHOWN: Final = 10


def swap(app: OwnFacade, person: Person, words: Translator) -> None:
    """Nothing where the site lets nobody swap, or there is nobody to swap with."""
    if not app.swaps.on() or not (people := app.swaps.colleagues(person.subject)):
        return
    with st.container(border=True, key="own_swap_card"):
        st.subheader(words.gettext("Swap a shift"), anchor=False)
        for one in app.swaps.offered(person.subject):
            _offered(app, one, words)
        _form(app, person, people, words)
        for one in app.swaps.of(person.subject)[:_SHOWN]:
            _asked(app, one, words)


def _offered(app: OwnFacade, one: Swap, words: Translator) -> None:
    """Answered here; what it comes to then is decided elsewhere, or holds at once."""
    name, day = one.person.name, words.day(one.request.day)
    if one.request.back is None:
        asks = words.gettext("{name} asks you to take the shift of {day}.", name=name, day=day)
    else:
        asks = words.gettext(
            "{name} asks you to take the shift of {day}, and takes yours of {back}.",
            name=name, day=day, back=words.day(one.request.back),
        )  # fmt: skip
    why = f" “{isolated(plain(one.reason))}”" if one.reason else ""
    with st.container(key=f"own_offer_{one.request.id}"):
        st.info(f"{plain(asks)}{why}", icon=":material/group:")
        with st.container(horizontal=True):
            if st.button(
                words.gettext("Agree"), type="primary", key=f"own_swap_yes_{one.request.id}"
            ):
                _answer(app, one, agreed=True, words=words)
            if st.button(words.gettext("Decline"), key=f"own_swap_no_{one.request.id}"):
                _answer(app, one, agreed=False, words=words)


def _answer(app: OwnFacade, one: Swap, *, agreed: bool, words: Translator) -> None:
    if _refused(lambda: app.swaps.answer(require(Right.OWN).subject, one, agreed=agreed), words):
        return
    flash(words.gettext("Your answer is sent."))
    st.rerun()


def _form(app: OwnFacade, person: Person, people: list[Person], words: Translator) -> None:
    key = f"own_swap_{st.session_state.setdefault(_ROUND, 0)}"
    ids, mine = {one.subject: one.id for one in people}, _days(app, person.subject)
    known = told_apart({one.subject: one.name for one in people}, ids.__getitem__)
    with st.expander(words.gettext("Ask a colleague"), key=f"{key}_open"):
        day = st.selectbox(
            words.gettext("My shift"), list(mine), key=f"{key}_day",
            format_func=lambda one: _shift(mine[one], words),
        )  # fmt: skip
        other = st.selectbox(
            words.gettext("Colleague"), list(known), None, key=f"{key}_other",
            format_func=known.__getitem__, placeholder=words.gettext("Choose somebody"),
        )  # fmt: skip
        theirs = _days(app, other) if other else {}
        back = st.selectbox(
            words.gettext("In exchange for"), list(theirs), None, key=f"{key}_back_{other}",
            format_func=lambda one: _shift(theirs[one], words),
            placeholder=words.gettext("Nothing: they take it"), disabled=not other,
        )  # fmt: skip
        note = st.text_area(
            words.gettext("Note (optional)"), key=f"{key}_note", max_chars=LONGEST_REASON,
            height=80,
        )  # fmt: skip
        if st.button(
            words.gettext("Send"), type="primary", disabled=not (day and other), key=f"{key}_send"
        ) and day and other:  # fmt: skip
            _send(app, other, (day, back), note or "", words)


def _days(app: OwnFacade, subject: str) -> dict[date, Duty]:
    return {one.day: one for one in app.swaps.duties(subject)}


def _shift(duty: Duty, words: Translator) -> str:
    hours = hours_of(duty, words)
    return " · ".join(part for part in (words.day(duty.day), duty.name, hours) if part)


def _send(
    app: OwnFacade, other: str, days: tuple[date, date | None], note: str, words: Translator
) -> None:
    day, back = days
    if _refused(lambda: app.swaps.ask(require(Right.OWN).subject, other, day, back, note), words):
        return
    st.session_state[_ROUND] += 1
    flash(words.gettext("Sent to your colleague."))
    st.rerun()


def _asked(app: OwnFacade, one: Swap, words: Translator) -> None:
    request = one.request
    said = words.gettext(STANDING[request.standing])
    if request.standing is Standing.ASKED and request.agreed_at is None:
        said = words.gettext("waits for your colleague")
    days = " ↔ ".join(words.day(day) for day in (request.day, request.back) if day)
    other, note = (
        one.other.name if one.other else "–",
        app.swaps.records.text(request.id, request.note),
    )
    by = other if request.by == BY_COLLEAGUE else request.by
    shown = request_row(isolated(html(other)), (days, said, by), note)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shown, width="stretch")
        if request.standing is Standing.ASKED and st.button(
            words.gettext("Take back"), key=f"own_swap_back_{request.id}"
        ):
            app.swaps.take_back(require(Right.OWN).subject, request.id)
            st.rerun()


def _refused(work: Callable[[], object], words: Translator) -> bool:
    """Do it; why it cannot be done is said in words."""
    try:
        work()
    except CorrectionRefused as error:
        st.error(plain(words.said(error.said)), icon=":material/error:")
        return True
    except RuleRefused as error:
        for problem in error.problems:
            st.error(plain(words.said(problem)), icon=":material/error:")
        return True
    return False
