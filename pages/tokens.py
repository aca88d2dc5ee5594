"""API tokens: programs that read attendance or write people."""

from datetime import datetime

import streamlit as st

from face_rec.access.devices.credentials import Token
from face_rec.access.devices.tokens import LONGEST_DAYS
from face_rec.access.pages import Page
from face_rec.access.rights import Scope
from face_rec.facades.access import AccessFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import carried_out, tried
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.shared.text import plain
from pages.ui.shared.times import ago, date_and_time
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said

identity = require(Page.TOKENS.right)

NEW = "add"


def draw(app: AccessFacade) -> None:
    listed, uses = app.tokens.all(), app.tokens.uses()
    if not listed:
        empty_state(
            "key", said("No token yet"), said("Add one for each program that uses /api/v1.")
        )
    for token in listed:
        with st.container(border=True):
            words, when, action = st.columns([3, 2.4, 1], vertical_alignment="center")
            words.markdown(f"**{plain(token.title)}**  \n{', '.join(sorted(token.scopes))}")
            used = uses.get(token.id)
            when.caption(_times(app, token, _used(used, app.clock.now())))
            key = f"revoke_{token.id}"
            if action.button(said("Revoke"), key=key, width="stretch") or again(key):
                revoke(app, token, key)


def _used(at: datetime | None, now: datetime) -> str:
    return said("used {ago}", ago=ago(at, now)) if at else said("never used")


def _times(app: AccessFacade, token: Token, used: str) -> str:
    ended = token.expires_at <= app.clock.now()
    until = date_and_time(token.expires_at, app.site.timezone)
    life = said("expired {day}", day=until) if ended else said("good until {day}", day=until)
    return f"{life}  \n{used}"


@dialog(msgid("Revoke this token?"), Right.TOKENS, icon=":material/block:")
def revoke(app: AccessFacade, token: Token, key: str) -> None:
    """A program that uses it stops at once, so it is asked once more."""
    with guarded("tokens.revoke"):
        if not proven(key):
            return
        st.markdown(
            said(
                "The program that uses **{title}** is refused from now on. A token cannot be "
                "brought back; a new one can be made.",
                title=plain(token.title),
            )
        )
        pressed = st.button(said("Revoke"), type="primary", key="revoke_sure")
        if pressed and carried_out(lambda: app.tokens.revoke(token.id)):
            st.rerun()


@dialog(msgid("Add token"), Right.TOKENS, icon=":material/key:")
def new_token(app: AccessFacade, who: Identity) -> None:
    """Name, scopes and life; the token itself is shown here and nowhere else."""
    with guarded("tokens.new"):
        if proven(NEW):
            _token_form(app, who)


def _token_form(app: AccessFacade, who: Identity) -> None:
    with st.form("new_token", border=False):
        title = st.text_input(said("Name of the program"), max_chars=80)
        scopes = st.pills(said("May"), [scope.value for scope in Scope], selection_mode="multi")
        days = st.number_input(said("Days of life"), 1, LONGEST_DAYS, 90)
        if not st.form_submit_button(said("Create token"), type="primary"):
            return
        chosen = frozenset(Scope(scope) for scope in scopes)
        made = tried(lambda: app.tokens.create(title or "", chosen, int(days), who.id))
        if made is None:
            return
        _, text = made
        st.success(said("Copy the token now: it is not shown again."))
        st.code(text, language=None, wrap_lines=True)


with page(
    Page.TOKENS, said("Programs that use the API at /api/v1, described at /api/v1/openapi.json.")
) as actions:
    if actions.button(said("Add token"), icon=":material/key:", type="primary") or again(NEW):
        new_token(AccessFacade.current(), identity)
    draw(AccessFacade.current())
