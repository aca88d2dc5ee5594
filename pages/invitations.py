"""Invitations: people register on their own phone, and somebody decides about what comes in."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.invitations.invited import invited
from pages.ui.invitations.inviting import inviting
from pages.ui.invitations.posters import posters
from pages.ui.invitations.waiting import waiting
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said

identity = require(Page.INVITATIONS.right)

VIEWS = {"waiting": msgid("To approve"), "invited": msgid("Invited"), "posters": msgid("Posters")}


def draw(app: InvitationsFacade) -> None:
    """The chosen part; who comes from People to invite somebody begins with that."""
    found = app.decisions.waiting()
    on = app.service.rule() is not SelfEnrolling.OFF
    if not on and not found:
        empty_state(
            "how_to_reg", said("People do not register themselves here"),
            said("An administrator can switch it on under Settings, This site."),
        )  # fmt: skip
        return
    if on:
        inviting(app, identity)
    words = {one: said(word) for one, word in VIEWS.items()}
    if found:
        words["waiting"] = said("To approve ({number})", number=len(found))
    view = st.pills(
        said("View"), list(VIEWS), default="waiting", required=True, format_func=words.__getitem__,
        label_visibility="collapsed", key="invitations_view",
    )  # fmt: skip
    if view == "waiting":
        waiting(app, found)
    elif view == "invited":
        invited(app, identity)
    else:
        posters(app, identity)


with page(Page.INVITATIONS, said("People register on their own phone; here it is decided about.")):
    draw(InvitationsFacade.current())
