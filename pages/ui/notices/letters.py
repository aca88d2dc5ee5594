"""Whether people themselves are written to, and by whose mail server."""

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

_KEY: Final = "letters"


def letters(app: NoticesFacade) -> None:
    """One line, and the way to change it."""
    st.subheader("Mail to people themselves", anchor=False)
    server, days = app.personal.server.channel(), app.options.current().remind_days
    reminded = f"a reminder every {days} days" if days else "no reminder"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Invitations and personal links go out by the server of **{plain(server.title)}**, "
            "to the address that stands with each person; and what became of their requests. Who "
            f"may decide gets each request with a link that decides, and {reminded}."
            if server
            else "Invitations to register and personal links are not sent by mail: they are "
            "handed out as text or QR code; and who decides about requests finds them under "
            f"Records. There is {reminded} by the rules above.",
            width="stretch",
        )
        if st.button("Change", key="letters_change") or again(_KEY):
            _change(app)


@dialog("Mail to people themselves", Right.NOTICES, icon=":material/notifications:")
def _change(app: NoticesFacade) -> None:
    with guarded("notices.letters"):
        if not proven(_KEY):
            return
        chosen = chosen_server(app.personal.server, "Nobody is written to")
        days = st.number_input(
            "Remind who decides about requests after so many days, again and again; 0: never",
            0, 90, app.options.current().remind_days,
        )  # fmt: skip
        st.caption(
            "Accounts are written to whose name is a mail address: managers and HR of the group, "
            "and who stands in for them; administrators where there are none."
        )
        if st.button("Save", type="primary", key="letters_save") and carried_out(
            lambda: _switch(app, chosen, int(days))
        ):
            st.rerun()


def _switch(app: NoticesFacade, chosen: str, days: int) -> None:
    app.personal.server.switch(chosen)
    app.options.decide("remind_days", str(days))
