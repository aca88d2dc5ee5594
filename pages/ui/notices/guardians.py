"""Whether guardians are told of a person's coming and going, and by whose mail server."""

from typing import Final

import streamlit as st

from face_rec.facades.notices import NoticesFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import carried_out
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.notices.mail_server import chosen_server
from pages.ui.shared.text import plain
from pages.ui.shared.words import said

_KEY: Final = "guardians"
_MORE: Final = msgid(
    "Only the server and the sender of the channel are used: none of its own readers gets these "
    "messages. Quiet hours hold nothing back. Say so in your privacy notice."
)


def guardians(app: NoticesFacade) -> None:
    """One line, and the way to change it."""
    st.subheader(said("Guardians"), anchor=False)
    server = app.guardians.server.channel()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            said(
                "Told by mail when somebody comes in and goes out, by the server of **{server}**. "
                "Addresses stand with each person, under People.",
                server=plain(server.title),
            )
            if server
            else said(
                "Nobody is told of a person's coming and going. A school, for example, can tell "
                "parents: each is asked first, and can stop it by a link."
            ),
            width="stretch",
        )
        if st.button(said("Change"), key="guardians_change") or again(_KEY):
            _change(app)


@dialog(msgid("Guardians"), Right.NOTICES, icon=":material/notifications:")
def _change(app: NoticesFacade) -> None:
    with guarded("notices.guardians"):
        if not proven(_KEY):
            return
        chosen = chosen_server(app.guardians.server, said("Nobody is told"), said(_MORE))
        if st.button(said("Save"), type="primary", key="guardians_save"):
            _save(app, chosen)


def _save(app: NoticesFacade, chosen: str) -> None:
    if carried_out(lambda: app.guardians.server.switch(chosen)):
        st.rerun()
