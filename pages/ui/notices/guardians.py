"""Whether guardians are told of a person's coming and going, and by whose mail server."""

from typing import Final

import streamlit as st

from face_rec.facades.notices import NoticesFacade
from pages.ui.frame.identity import Right
from pages.ui.frame.outcome import carried_out
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import again, proven
from pages.ui.shared.text import plain

_KEY: Final = "guardians"


def guardians(app: NoticesFacade) -> None:
    """One line, and the way to change it."""
    st.subheader("Guardians", anchor=False)
    server = app.guardians.server()
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
        offered, server = app.guardians.offered(), app.guardians.server()
        names = {"": "Nobody is told"} | {one.id: one.title for one in offered}
        ids = list(names)
        chosen = st.selectbox(
            "By the mail server of", ids, ids.index(server.id) if server else 0,
            format_func=names.__getitem__,
        )  # fmt: skip
        st.caption(
            "Only the server and the sender of the channel are used: none of its own readers gets "
            "these messages. Quiet hours hold nothing back. Say so in your privacy notice."
        )
        if st.button("Save", type="primary", key="guardians_save"):
            _save(app, chosen)


def _save(app: NoticesFacade, chosen: str) -> None:
    if carried_out(lambda: app.guardians.switch(chosen)):
        st.rerun()
