"""What came in by invitations: the new photos beside the one that the office has."""

from collections.abc import Sequence

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import PhotoLife
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.invitations.deciding import LONGEST_WHY, WaitingEnrolment
from face_rec.languages.language import language_of
from face_rec.people.details import LONGEST_ID, LONGEST_NAME, Details
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.portraits import data_uri
from face_rec.people.photos.quality import grade
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import link_to
from pages.ui.frame.outcome import carried_out, flash, tried
from pages.ui.shared import times
from pages.ui.shared.photos import PORTRAIT, photo
from pages.ui.shared.template_state import VIEWS
from pages.ui.shared.text import html, plain
from pages.ui.shared.widgets import avatar, empty_state, portrait
from pages.ui.shared.words import formats, said

PAGE = 10


def waiting(app: InvitationsFacade, found: Sequence[WaitingEnrolment]) -> None:
    """The oldest first."""
    if not found:
        text = said("Who registers on their phone appears here, until somebody has decided.")
        empty_state("how_to_reg", said("Nobody waits"), text)
        return
    st.html(asset("enrol.css"))
    for one in found[:PAGE]:
        with st.container(border=True, key=f"enrolment_{one.enrolment.id}"):
            _one(app, one)
    if len(found) > PAGE:
        st.caption(
            said(
                "The next of {value} more follow when these are done.",
                value=formats().number(len(found) - PAGE),
            )
        )


def _one(app: InvitationsFacade, one: WaitingEnrolment) -> None:
    left, right = st.columns([1, 3.2], gap="medium")
    with left:
        _known(app, one)
    with right:
        at = times.date_and_time(one.enrolment.at, app.site.timezone)
        version = plain(one.enrolment.text_version)
        tongue = language_of(one.enrolment.language).own_name
        st.caption(
            said(
                "Sent {at}; agreed to version {version} of the consent, in {tongue}",
                at=at,
                version=version,
                tongue=tongue,
            )
        )
        photos = app.decisions.photos(one.enrolment.id)
        _photos(photos)
        _doubts(one)
        reason = _alike(app, one)
        details = None if one.person else _who(one)
        shown = _holder(app, details) if details else ""
        _decision(app, one, details, shown, reason)


def _known(app: InvitationsFacade, one: WaitingEnrolment) -> None:
    """Whom the office has listed, and how it knows them."""
    if one.person is None:
        typed = one.typed.name if one.typed else ""
        portrait(None, typed)
        st.caption(said("By a poster: they have typed who they are."))
        return
    portrait(photo(app.pictures, one.person.photo, PORTRAIT), one.person.name)
    st.markdown(f"**{plain(one.person.name)}**")
    st.caption(" · ".join(plain(part) for part in (one.person.id, one.person.group) if part))
    if one.person.photo is None:
        st.caption(said("The office has no photo."))


def _photos(photos: Sequence[EnrolPhoto]) -> None:
    if not photos:
        st.warning(said("The photos are gone. Refuse this, and invite the person again."))
        return
    tiles = "".join(_tile(one) for one in photos)
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{tiles}</div>')


def _tile(one: EnrolPhoto) -> str:
    how = said("weak") if one.weak else said(grade(one.quality.score))
    words = html(f"{said(VIEWS[one.view])} · {how}")
    return (
        f'<figure class="fr-tile" style="width:104px;margin:0"><img alt="{words}" '
        f'src="{data_uri(one.thumbnail)}"><figcaption>{words}</figcaption></figure>'
    )


def _doubts(one: WaitingEnrolment) -> None:
    if one.enrolment.life == PhotoLife.UNSURE:
        st.warning(
            said("It is **not sure** that it was not a picture of somebody. Look closely, "
                "or let them register here."), icon=":material/warning:",
        )  # fmt: skip


def _alike(app: InvitationsFacade, one: WaitingEnrolment) -> str:
    """Who has this face already; the reason to register it all the same."""
    if not one.alike:
        return ""
    st.error(said("**This face is already registered**"), icon=":material/group:")
    for person in one.alike:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            avatar(photo(app.pictures, person.photo), person.name)
            link_to(Page.PEOPLE, f"{plain(person.name)} ({plain(person.id)})",
                    person=person.subject)  # fmt: skip
    return st.text_input(
        said("Another person? Say why they look alike"), key=f"enrol_reason_{one.enrolment.id}",
        placeholder=said("For example: identical twins, checked by …"),
    ) or ""  # fmt: skip


def _who(one: WaitingEnrolment) -> Details:
    """Of a poster: who they are, as they typed it and as the office changes it."""
    name, typed = one.enrolment.id, one.typed
    left, middle, right = st.columns(3)
    person_id = left.text_input(
        said("ID"), typed.id if typed else "", max_chars=LONGEST_ID, key=f"enrol_id_{name}"
    )
    called = middle.text_input(
        said("Name"), typed.name if typed else "", max_chars=LONGEST_NAME, key=f"enrol_name_{name}"
    )
    group = right.text_input(
        said("Group"), one.enrolment.group, max_chars=LONGEST_NAME, key=f"enrol_group_{name}"
    )
    return Details(person_id or "", called or "", group or "")


def _holder(app: InvitationsFacade, details: Details) -> str:
    """The subject of whoever has the ID, shown; "": nobody."""
    holder = app.decisions.holder(details.id)
    if holder is None:
        return ""
    st.info(said("This ID is of somebody who is listed: the photos will be theirs."),
            icon=":material/person:")  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        avatar(photo(app.pictures, holder.photo), holder.name)
        st.markdown(f"**{plain(holder.name)}** · {plain(holder.group or holder.id)}")
    return holder.subject


def _decision(
    app: InvitationsFacade,
    one: WaitingEnrolment,
    details: Details | None,
    shown: str,
    reason: str,
) -> None:
    name = one.enrolment.id
    why = st.text_input(
        said("If you refuse: why?"), key=f"enrol_why_{name}", max_chars=LONGEST_WHY,
        placeholder=said("For example: another person than the listed one"),
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button(
            said("Approve"), type="primary", icon=":material/check:",
            key=f"enrol_yes_{name}{shown}",  # no press before somebody else's ID was shown
            disabled=bool(one.alike) and not reason.strip(),
        ):  # fmt: skip
            _approve(app, name, details, shown, reason.strip())
        if st.button(said("Refuse"), icon=":material/block:", key=f"enrol_no_{name}"):
            _refuse(app, name, why or "")


def _approve(
    app: InvitationsFacade, name: str, details: Details | None, shown: str, reason: str
) -> None:
    who = require(Right.PEOPLE_WRITE)
    done = tried(
        lambda: app.decisions.approve(name, who.name, details=details, holder=shown, reason=reason)
    )
    if done is not None:
        flash(
            said(
                "{name} is registered: the kiosk knows this face from now on.",
                name=plain(done.name),
            )
        )
        st.rerun()


def _refuse(app: InvitationsFacade, name: str, why: str) -> None:
    who = require(Right.PEOPLE_WRITE)
    if carried_out(lambda: app.decisions.refuse(name, who.name, why)):
        flash(said("Refused: the photos are gone."))
        st.rerun()
