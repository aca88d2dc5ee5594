"""One person: who they are, what is written of them, and how they leave."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PeopleError, PictureError
from face_rec.domain.people import Person, life_words
from face_rec.facades.people.registrar import RegistrarFacade
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.navigation import next_step, open_button, open_page
from pages.ui.frame.outcome import flash
from pages.ui.frame.step_up import again
from pages.ui.people.badges import badge_of
from pages.ui.people.erasing import confirm_erasure, erasing
from pages.ui.people.guardians import guardians_of
from pages.ui.people.own_link import own_link_of, pin_of
from pages.ui.people.profile_photos import add_photos, template_table
from pages.ui.people.seen_before import seen_before
from pages.ui.shared import times
from pages.ui.shared.photos import PORTRAIT, photo
from pages.ui.shared.template_state import outdated
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state, facts, portrait
from pages.ui.shared.words import in_words, said, said_many


def details_form(app: RegistrarFacade, person: Person) -> None:
    """Name, ID, group and e-mail; saved only if nobody else saved meanwhile.

    The form's keys carry the version that was read: after a save by anybody it starts afresh.
    """
    version = f"{person.subject}_{person.version}"
    with st.form(f"details_{version}", border=False):
        left, right = st.columns(2)
        name = left.text_input(said("Name"), person.name, key=f"name_{version}")
        person_id = right.text_input(said("ID"), person.id, key=f"id_{version}")
        group = left.text_input(said("Group"), person.group, key=f"group_{version}")
        email = right.text_input(said("E-mail"), person.email, key=f"email_{version}")
        saved = st.form_submit_button(said("Save"), icon=":material/save:", type="primary")
    if saved:
        changed = replace(
            person, name=name or "", id=person_id or "", group=group or "", email=email or ""
        )
        _save(app, changed)


def _save(app: RegistrarFacade, changed: Person) -> None:
    try:
        app.enrolment.edit(changed)
    except PeopleError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(said("Saved."))
    st.rerun()


def status_and_deletion(app: RegistrarFacade, person: Person) -> None:
    """The two buttons with their consequences in words."""
    if person.active:
        st.caption(
            said(
                "A deactivated person keeps all their data but is not recognised until "
                "activated. An erased one is gone for good, here and everywhere."
            )
        )
    else:
        st.caption(said("This person is not recognised until they are activated again."))
    reason = _reason(app, person)
    with st.container(horizontal=True):
        label, icon = (
            (said("Deactivate"), ":material/pause:")
            if person.active
            else (said("Activate"), ":material/play_arrow:")
        )
        if st.button(label, icon=icon, key=f"active_{person.subject}"):
            _set_active(app, person, not person.active, reason)
        key = erasing(person)
        pressed = st.button(said("Erase …"), icon=":material/delete_forever:", key=key)
        if pressed or again(key):
            confirm_erasure(app.erase, person)


def _set_active(app: RegistrarFacade, person: Person, active: bool, reason: str) -> None:
    try:
        app.enrolment.set_active(person.subject, active, reason)
    except FaceTaken as error:
        st.session_state[_taken(person)] = (error.subject, *error.others)
        st.rerun()
    except PeopleError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
    else:
        st.session_state.pop(_taken(person), None)
        flash(said("Activated.") if active else said("Deactivated."))
        st.rerun()


def _reason(app: RegistrarFacade, person: Person) -> str:
    """Asked when others were registered with this face while it was inactive."""
    others = st.session_state.get(_taken(person), ())
    if not others:
        return ""
    st.warning(
        said_many(
            "This face is registered for {count} other person. To activate this one as "
            "well, give the reason and press the button again.",
            "This face is registered for {count} other people. To activate this one as "
            "well, give the reason and press the button again.",
            len(others),
        ),
        icon=":material/group:",
    )
    known = app.people.many(others)
    for number, one in enumerate(known[o] for o in others if o in known):
        key = f"{_taken(person)}_other{number or ''}"
        open_button(
            Page.PEOPLE, said("Show {name}", name=plain(one.name)), key, person=one.subject
        )
    return st.text_input(said("Reason"), key=f"{_taken(person)}_reason") or ""


def _taken(person: Person) -> str:
    return f"taken_{person.subject}"


def profile(app: RegistrarFacade, identity: Identity, subject: str) -> None:
    """Draw the person with ``subject``, or say that there is none (any more)."""
    if st.button(said("All people"), icon=":material/arrow_back:", type="tertiary"):
        open_page(Page.PEOPLE)
    person = app.people.get(subject)
    if person is None:
        empty_state(
            "person_off", said("This person is not here"), said("They may have been deleted.")
        )
        next_step(Page.PEOPLE, said("All people"))
        return
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        _summary(app, identity, person)
    with right:
        _sections(app, identity, person)


def _summary(app: RegistrarFacade, identity: Identity, person: Person) -> None:
    portrait(photo(app.pictures, person.photo, PORTRAIT), person.name)
    st.subheader(plain(person.name), anchor=False)
    if person.resembles:
        st.badge(said("To decide"), icon=":material/group:", color="orange")
    elif person.active:
        st.badge(said("Active"), icon=":material/check:", color="green")
    else:
        st.badge(said("Deactivated"), icon=":material/pause:", color="gray")
    if person.weak:
        st.badge(said("Better photo needed"), icon=":material/warning:", color="orange")
    if person.doubted:
        st.badge(said("Liveness in doubt"), icon=":material/warning:", color="orange")
    if outdated(app.models, person):
        st.badge(said("New photos needed"), icon=":material/warning:", color="orange")
    facts(_facts(app, person))
    if identity.may(Right.RECORDS):
        label = said("Attendance")
        open_button(
            Page.RECORDS, f":material/calendar_month: {label}", "profile_days",
            person=person.subject,
        )  # fmt: skip


def _decision(app: RegistrarFacade, person: Person) -> None:
    """Is the imported person the one whom they look like? Nobody is recognised until then."""
    others = app.enrolment.duplicates.resembled(person)
    if not others:
        st.info(
            said(
                "The person whom this one looked like is not here any more. Activate "
                "this one below."
            ),
            icon=":material/group:",
        )
        return
    st.subheader(said("Are these one person?"), anchor=False)
    st.caption(
        said(
            "The import found this face to be one that is registered already. Until you "
            "decide, this person is kept, but not recognised."
        )
    )
    _side_by_side(app, person, others)
    if len(others) > 1:
        st.caption(
            said(
                "If it is one person, the photos go to {name}, whom the import found "
                "them to be. The others may be the same once more: open them, too.",
                name=plain(others[0].name),
            )
        )
    _one_or_two(app, person)


def _side_by_side(app: RegistrarFacade, person: Person, others: Sequence[Person]) -> None:
    """``person``, and those whom they look like."""
    shown = (person, *others)
    for number, (column, one) in enumerate(zip(st.columns(len(shown)), shown, strict=True)):
        with column:
            portrait(photo(app.pictures, one.photo, PORTRAIT), one.name)
            st.caption(plain(f"{one.name} · {one.id}"))
            if number:
                key = f"decide_other{number if number > 1 else ''}"
                open_button(
                    Page.PEOPLE, said("Show {name}", name=plain(one.name)), key, person=one.subject
                )


def _one_or_two(app: RegistrarFacade, person: Person) -> None:
    """The two ways to decide."""
    reason = st.text_input(
        said("Reason, if they are two"), key=f"decide_reason_{person.subject}",
        placeholder=said("For example: twins"),
    )  # fmt: skip
    with st.container(horizontal=True):
        two = st.button(
            said("Two people"), key=f"decide_two_{person.subject}", disabled=not reason
        )
        one_person = st.button(
            said("One person: join and erase this one"), key=f"join_{person.subject}"
        )
    if two:
        _set_active(app, person, True, reason or "")
    if one_person:
        _join(app, person)


def _join(app: RegistrarFacade, person: Person) -> None:
    """Their photos go over first, so that an erasure that is called off loses nothing."""
    require(Right.PEOPLE_WRITE)
    try:
        app.enrolment.join(person.subject)
    except (PeopleError, PictureError) as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    confirm_erasure(app.erase, person)


def _facts(app: RegistrarFacade, person: Person) -> list[tuple[str, str]]:
    zone = app.site.timezone
    rows = [
        (said("ID"), person.id),
        (said("Group"), person.group or "–"),
        (said("E-mail"), person.email or "–"),
    ]
    if person.consent:
        given = times.day(person.consent.given_at, zone)
        rows.append(
            (
                said("Consent"),
                said("{given} (version {version})", given=given, version=person.consent.version),
            )
        )
        if person.consent.withdrawn_at:
            rows.append((said("Withdrawn"), times.day(person.consent.withdrawn_at, zone)))
    if person.created_at:
        rows.append((said("Registered"), times.day(person.created_at, zone)))
    if person.life:
        rows.append((said("Enrolled"), in_words(life_words(person.life))))
    if person.vouched:
        rows.append((said("Vouched for"), person.vouched))
    return rows


def _sections(app: RegistrarFacade, identity: Identity, person: Person) -> None:
    may_write = identity.may(Right.PEOPLE_WRITE)
    if may_write and person.resembles:
        with st.container(border=True):
            _decision(app, person)
    with st.container(border=True):
        st.subheader(said("Photos"), anchor=False)
        template_table(app, person, may_write)
        if may_write:
            add_photos(app, person)
    if may_write:
        seen_before(app, person)
        with st.container(border=True):
            st.subheader(said("Details"), anchor=False)
            details_form(app, person)
        with st.container(border=True):
            st.subheader("PIN", anchor=False)
            pin_of(app, person)
        with st.container(border=True):
            st.subheader(said("Badge"), anchor=False)
            badge_of(app, person)
        own_link_of(app, identity, person)
        guardians_of(app, identity, person)
        with st.container(border=True):
            st.subheader(said("Status"), anchor=False)
            status_and_deletion(app, person)
