"""Whether guardians are told of a person's coming and going, and by whose mail server."""

from typing import Final

import streamlit as st

from face_rec.facades.notices import NoticesFacade
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import carried_out
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.notices.mail_server import chosen_server
from pages.ui.shared.text import plain

_KEY: Final = "guardians"
_MORE: Final = " Quiet hours hold nothing back. Say so in your privacy notice."


def guardians(app: NoticesFacade) -> None:
    """One line, and the way to change it."""
    st.subheader("Guardians", anchor=False)
    server = app.guardians.server.channel()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Told by mail when somebody comes in and goes out, by the server of "
            f"**{plain(server.title)}**. Addresses stand with each person, under People."
            if server
            else "Nobody is told of a person's coming and going. A school, for example, can tell "
            "parents: each is asked first, and can stop it by a link.",
            width="stretch",
        )
        if st.button("Change", key="guardians_change") or again(_KEY):
            _change(app)


@dialog("Guardians", Right.NOTICES, icon=":material/notifications:")
def _change(app: NoticesFacade) -> None:
    with guarded("notices.guardians"):
        if not proven(_KEY):
            return
        chosen = chosen_server(app.guardians.server, "Nobody is told", _MORE)
        if st.button("Save", type="primary", key="guardians_save"):
            _save(app, chosen)


def _save(app: NoticesFacade, chosen: str) -> None:
    if carried_out(lambda: app.guardians.server.switch(chosen)):
        st.rerun()
