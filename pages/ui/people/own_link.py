"""A person's way to their own attendance: a personal link, where they are signed in, and their
PIN."""

from typing import Final

import streamlit as st

from face_rec.access.devices.pin_rule import LONGEST, RULE
from face_rec.domain.errors import AccessError
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import OwnWay
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.web.gate.shown_links import bases_of, qr
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import day, in_words, said, said_many

_MADE: Final = "_own_link"


def own_link_of(app: RegistrarFacade, who: Identity, person: Person) -> None:
    """For who may edit the person; nothing where the site lets nobody in."""
    own = app.own_sign_in
    if not own.ways():
        return
    with st.container(border=True):
        st.subheader(said("Their own attendance"), anchor=False)
        st.caption(
            said(
                "This person may look at their own times at /my. A personal link works "
                "once, within three days; whoever has it comes in as this person, so "
                "hand it over in person or send it to an address of theirs."
            )
        )
        _open(app, person)
        if OwnWay.LINK in own.ways():
            with st.container(horizontal=True):
                _ways_to_link(app, who, person)
        _shown(app, person)


def _open(app: RegistrarFacade, person: Person) -> None:
    opened = app.own_sign_in.logins(person.subject)
    waiting, zone = app.own_sign_in.waiting(person.subject), app.site.timezone
    calendar = app.calendar_since(person.subject)
    for one in opened:
        st.markdown(
            said(
                "Signed in since {date_and_time}: {browser}, {address}",
                date_and_time=times.date_and_time(one.since, zone),
                browser=plain(one.browser),
                address=plain(one.address),
            )
        )
    if waiting is not None:
        until = times.date_and_time(waiting.until, zone)
        st.markdown(said("A link by {by} waits until {until}.", by=plain(waiting.by), until=until))
    if calendar is not None:
        made = day(calendar.astimezone(zone).date())
        st.markdown(
            said(
                "A calendar program reads their shifts and leave, at an address made on {date}.",
                date=made,
            )
        )
    if (opened or waiting or calendar) and st.button(
        said("End all of it"), icon=":material/block:", key=f"own_end_{person.subject}"
    ):
        require(Right.PEOPLE_WRITE)
        count = app.own_sign_in.end(person) + app.end_calendar(person.subject)
        st.session_state.pop(_MADE, None)
        flash(
            said_many("{count} sign-in or link ended.", "{count} sign-ins and links ended.", count)
        )
        st.rerun()


def _ways_to_link(app: RegistrarFacade, who: Identity, person: Person) -> None:
    if st.button(
        said("Make a personal link"), icon=":material/link:", key=f"own_link_{person.subject}"
    ):
        _make(app, who, person)
    if app.own_mail.on() and st.button(
        said("Send one by mail"), icon=":material/send:", key=f"own_mail_{person.subject}",
        disabled=not person.email,
        help=None if person.email else said("No mail address is known."),
    ):  # fmt: skip
        _send(app, who, person)


def _send(app: RegistrarFacade, who: Identity, person: Person) -> None:
    require(Right.PEOPLE_WRITE)
    to = tried(lambda: app.own_mail.send(person, who.id))
    if to is not None:
        st.session_state.pop(_MADE, None)
        flash(said("On its way to {to}.", to=plain(to)))
        st.rerun()


def _make(app: RegistrarFacade, who: Identity, person: Person) -> None:
    require(Right.PEOPLE_WRITE)
    secret = tried(lambda: app.own_sign_in.make_link(person, who.id))
    if secret is not None:
        st.session_state[_MADE] = (person.subject, secret)
        st.rerun()


def _shown(app: RegistrarFacade, person: Person) -> None:
    """Once made, until the page of somebody else is opened: it can be shown no second time."""
    made = st.session_state.get(_MADE)
    if (
        made is None
        or made[0] != person.subject
        or app.own_sign_in.waiting(person.subject) is None
    ):
        st.session_state.pop(_MADE, None)
        return
    base, *_ = bases_of(app.site.addresses, st.context.url or "")
    url = f"{base}/my/link/{made[1]}"
    st.image(qr(url), width=220)
    st.code(url, language=None, wrap_lines=True)
    st.caption(
        said("For {name}. Copy or print it now: it is not shown again.", name=plain(person.name))
    )


# A person's PIN: whether there is one, another one, none.

_ROUND: Final = "_profile_pin_round"


def pin_of(app: RegistrarFacade, person: Person) -> None:
    """Whether there is one, and the form for another; the PIN itself is never shown."""
    known = app.pins.has(person.subject)
    st.caption(
        said(
            "A PIN is set. With ID and PIN this person is marked where their face fails, at "
            "kiosks that allow it. Such marks wait for a look under Records."
        )
        if known
        else said(
            "No PIN is set. With ID and PIN this person is marked where their face fails, at "
            "kiosks that allow it. Such marks wait for a look under Records."
        )
    )
    key = f"pin_{person.subject}_{st.session_state.setdefault(_ROUND, 0)}"
    with st.form(f"{key}_form", clear_on_submit=True, border=False):
        pin = st.text_input(
            said("New PIN"), type="password", max_chars=LONGEST, autocomplete="off", key=key,
            help=said("{rule}. Let the person type it.", rule=in_words(RULE)),
        )  # fmt: skip
        saved = st.form_submit_button(
            said("Change PIN") if known else said("Set PIN"), icon=":material/pin:"
        )
    if saved:
        _set(app, person, (pin or "").strip())
    if known and st.button(said("Remove PIN"), key=f"pin_{person.subject}_remove"):
        require(Right.PEOPLE_WRITE)
        app.pins.clear(person)
        flash(said("The PIN is removed."))
        st.rerun()


def _set(app: RegistrarFacade, person: Person, pin: str) -> None:
    require(Right.PEOPLE_WRITE)
    try:
        app.pins.set(person, pin)
    except AccessError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1  # an empty form: no session holds a PIN longer than needed
    flash(said("The PIN is saved."))
    st.rerun()
