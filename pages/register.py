"""Register: a person's details, consent and face, in under a minute."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.access.pages import Page
from face_rec.domain.enrolment_errors import FaceDoubted, FaceTaken, IdTaken
from face_rec.domain.errors import FaceRecError, StoreUnavailable
from face_rec.domain.people import Consent, Person
from face_rec.domain.site.first_steps import Step
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.people.details import LONGEST_EMAIL, LONGEST_ID, LONGEST_NAME, Details
from pages.ui.frame import first_steps
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.navigation import open_page
from pages.ui.frame.page import page
from pages.ui.frame.parts import callback
from pages.ui.kiosk.model_gate import model_ready
from pages.ui.people.enrol_photos import photos_form
from pages.ui.people.enrol_saved import saved, was_unknown
from pages.ui.people.enrolment_draft import Draft, current_draft, forget_draft
from pages.ui.shared.photos import photo
from pages.ui.shared.text import plain
from pages.ui.shared.times import zones
from pages.ui.shared.widgets import avatar
from pages.ui.shared.words import in_words, said

identity = require(Page.REGISTER.right)
STYLE = asset("enrol.css")


def begin_anew(draft: Draft) -> None:
    """The way to throw away what was begun, where something was."""
    if draft.all_photos() or any(draft.words.values()):
        st.button(
            said("Begin anew"), type="tertiary", icon=":material/restart_alt:", key="begin_anew",
            on_click=callback(Right.PEOPLE_WRITE, forget_draft),
            help=said("What was typed and taken here is thrown away."),
        )  # fmt: skip


def own_words(identity: Identity) -> dict[str, str]:
    """Name and ID as the account tells them: ``ada.lovelace@example.org`` is Ada Lovelace."""
    local = identity.id.partition("@")[0]
    return {"name": " ".join(re.split(r"[._-]+", local)).title(), "id": local}


def details_form(app: RegistrarFacade, draft: Draft, *, own: bool) -> Details:
    """What stands in the form now, unchecked; consent is None until the box is ticked. ``own``: of
    whoever sits there, who is asked for no more than is needed."""
    _find_again(draft)
    name = st.text_input(said("Name"), key=draft.name("name"), max_chars=LONGEST_NAME)
    left: DeltaGenerator
    right: DeltaGenerator
    if own:
        left, right = st.container(), st.expander(said("Group and e-mail"))
    else:
        left, right = st.columns(2)
    person_id = left.text_input(
        said("ID"), key=draft.name("id"), max_chars=LONGEST_ID,
        help=said("Staff or student number, or anything else that only this person has."),
    )  # fmt: skip
    group = right.text_input(
        said("Group (optional)"), key=draft.name("group"), max_chars=LONGEST_NAME,
        placeholder=said("Team, class, shift"),
    )  # fmt: skip
    email = (right if own else st).text_input(
        said("E-mail (optional)"), key=draft.name("email"), max_chars=LONGEST_EMAIL
    )
    draft.words.update(name=name, id=person_id, group=group, email=email)
    return Details(person_id, name, group, email, _consent(app, draft, own=own))


def _zone_field(app: RegistrarFacade) -> str:
    """In which time zone the site is: most likely in that of the browser."""
    here, browser = app.site.timezone.key, st.context.timezone
    known = zones(here)
    return st.selectbox(
        said("Time zone of the site"), known, known.index(browser if browser in known else here),
        key="first_zone",
        help=said("Clocks, lateness and the day that a mark counts for go by it."),
    )  # fmt: skip


def _find_again(draft: Draft) -> None:
    """Streamlit forgets fields with their page and with their session; the draft does not."""
    for field, text in draft.words.items():
        st.session_state.setdefault(draft.name(field), text)
    if draft.consent_at is not None:
        st.session_state.setdefault(draft.name("consent"), True)


def _consent(app: RegistrarFacade, draft: Draft, *, own: bool) -> Consent | None:
    """The consent with the text that was shown and the time of the tick."""
    with st.container(border=True, key="consent"):
        st.caption(plain(app.site.consent_text))
        key = draft.name("consent")
        st.checkbox(
            said("I agree") if own else said("The person agrees"),
            key=key,
            on_change=callback(Right.PEOPLE_WRITE, _ticked),
            args=(app, draft, key),
        )
    if draft.consent_at is None:
        return None
    return Consent(app.site.consent_text, app.site.consent_version, draft.consent_at)


def _ticked(app: RegistrarFacade, draft: Draft, key: str) -> None:
    draft.consent_at = app.clock.now() if st.session_state[key] else None


# --- saving, and what is asked when it may not be saved as it is


def save_form(app: RegistrarFacade, draft: Draft, details: Details, zone: str) -> None:
    """The button, and the answers to what came of it. ``zone``: of the site, kept once the first
    person is saved; empty: chosen already."""
    pressed = st.button(
        said("Save person"), type="primary", icon=":material/how_to_reg:", width="stretch",
        key=draft.name("save"),
    )  # fmt: skip
    if pressed:
        _save(app, draft, details, zone)
    if draft.problem:
        st.error(plain(in_words(draft.problem)), icon=":material/error:")
    if draft.doubted:
        _vouch(app, draft, details, zone)
    if draft.holder:
        _ask(app, draft, details, draft.holder, zone)


def _save(
    app: RegistrarFacade, draft: Draft, details: Details, zone: str, reason: str = ""
) -> None:
    """Register; on success the page shows who was saved."""
    with st.spinner(said("Saving …")), draft.lock:
        if draft.saved is None:
            _register(app, draft, details, reason)
    if draft.saved:
        first_steps.keep_zone(zone)
        st.rerun()


def _register(app: RegistrarFacade, draft: Draft, details: Details, reason: str) -> None:
    """No Streamlit call in here: any could end this run between the write and its note."""
    draft.problem, draft.holder, draft.face_taken, draft.doubted = "", None, False, ""
    draft.others = ()
    vouched = draft.vouched if identity.may(Right.SITE) else ""
    try:
        person = app.enrolment.register(details, draft.agreed_photos(app), reason, vouched)
        draft.finish(person)
        was_unknown(app, draft, person, identity.name)
    except FaceDoubted as error:
        draft.problem, draft.doubted = error.said, error.why
    except FaceTaken as error:
        draft.holder, draft.face_taken = app.people.get(error.subject), True
        draft.others = tuple(filter(None, map(app.people.get, error.others)))
        draft.problem = "" if draft.holder else error.said
    except IdTaken as error:
        draft.holder = app.people.by_id(details.id.strip())
        draft.problem = "" if draft.holder else error.said
    except StoreUnavailable:
        raise
    except FaceRecError as error:
        draft.problem = error.said


def _add_to(app: RegistrarFacade, draft: Draft, holder: Person) -> None:
    """The photos become more templates of somebody who is registered."""
    with draft.lock:
        try:
            person = app.enrolment.add_photos(holder.subject, draft.agreed_photos(app))
            draft.finish(person, added=True)
            was_unknown(app, draft, person, identity.name)
        except StoreUnavailable:
            raise
        except FaceRecError as error:
            draft.problem = error.said
    st.rerun()


def _ask(app: RegistrarFacade, draft: Draft, details: Details, holder: Person, zone: str) -> None:
    """Somebody has this face or this ID already: show who, and offer what can be done."""
    what = (
        said("This face is already registered")
        if draft.face_taken
        else said("This ID is already in use")
    )
    with st.container(border=True, key="taken"):
        st.markdown(f":material/group: **{what}**")
        for number, person in enumerate((holder, *draft.others)):
            _show(app, person)
            if st.button(
                said("Same person: add the photos to {name}", name=plain(person.name))
                if draft.others else said("Same person: add the photos to them"),
                key=draft.name(f"add_{number}" if number else "add"), width="stretch",
                icon=":material/add_a_photo:",
            ):  # fmt: skip
                _add_to(app, draft, person)
        if draft.face_taken:
            _confirm(app, draft, details, zone)
        else:
            st.caption(said("Or change the ID above and save again."))


def _show(app: RegistrarFacade, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        avatar(photo(app.pictures, person.photo), person.name)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(person.name)}**")
            st.caption(" · ".join(plain(part) for part in (person.id, person.group) if part))


def _confirm(app: RegistrarFacade, draft: Draft, details: Details, zone: str) -> None:
    reason = st.text_input(
        said("Another person? Say why they look alike"), key=draft.name("reason"),
        placeholder=said("For example: identical twins, checked by …"),
    )  # fmt: skip
    if st.button(
        said("Save as another person"), key=draft.name("confirm"), disabled=not reason.strip()
    ):
        _save(app, draft, details, zone, reason.strip())
        st.rerun()


def _vouch(app: RegistrarFacade, draft: Draft, details: Details, zone: str) -> None:
    """The way past the camera's doubt: an administrator who knows the person, in words."""
    if not identity.may(Right.SITE):
        st.caption(
            said("If you are sure that it errs, ask an administrator to register this person.")
        )
        return
    word = st.text_input(
        said("Does the camera err? Say how you know the person"), key=draft.name("vouched"),
        placeholder=said("For example: stands beside me, passport seen"), max_chars=LONGEST_NAME,
        help=said("It is kept with the person and in the audit log."),
    )  # fmt: skip
    if st.button(said("Save all the same"), key=draft.name("vouch"), disabled=not word.strip()):
        require(Right.SITE)
        draft.vouched = word.strip()
        _save(app, draft, details, zone)
        st.rerun()


def draw(app: RegistrarFacade, draft: Draft, *, own: bool) -> None:
    """``own``: whoever made the first account registers themselves."""
    st.html(STYLE)
    if draft.saved:
        saved(app, draft, draft.saved)
        return
    if own:
        draft.begin_with(own_words(identity))
    # On a phone the columns stand one below the other: camera, form, button.
    face, who = st.columns([1.3, 1], gap="large")
    with who:
        st.subheader(said("Who"), anchor=False)
        details = details_form(app, draft, own=own)
        zone = _zone_field(app) if own and not first_steps.zone_chosen() else ""
        ending = st.container()
    with face:
        st.subheader(said("Face"), anchor=False)
        if draft.strangers:
            st.info(
                said(
                    "The photos come from the page Unknown. This person has not agreed "
                    "to anything yet: ask them, and take better photos if they are here."
                ),
                icon=":material/person_search:",
            )
        photos_form(app, draft, identity)
    with ending:
        save_form(app, draft, details, zone)
        begin_anew(draft)


with page(
    Page.REGISTER, said("Under a minute: a few looks into the camera, a name, and consent.")
):
    app = RegistrarFacade.current()
    at = first_steps.step()
    if model_ready(app.models):
        draft = current_draft(f"{identity.kind}:{identity.id}")
        if draft.saved and at is Step.KIOSK:
            forget_draft()
            open_page(Page.TAKE_ATTENDANCE)
        draw(app, draft, own=at is Step.YOU)
