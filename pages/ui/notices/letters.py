"""Whether people themselves are written to, and by whose mail server."""

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
from pages.ui.shared.words import said, said_many

_KEY: Final = "letters"
_ONLY: Final = msgid(
    "Only the server and the sender of the channel are used: none of its own readers gets these "
    "messages."
)


def letters(app: NoticesFacade) -> None:
    """One line, and the way to change it."""
    st.subheader(said("Mail to people themselves"), anchor=False)
    server, days = app.personal.server.channel(), app.options.current().remind_days
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            _told(plain(server.title), days) if server else _not_sent(days),
            width="stretch",
        )
        if st.button(said("Change"), key="letters_change") or again(_KEY):
            _change(app)


def _told(server: str, days: int) -> str:
    sent = said(
        "Invitations and personal links go out by the server of **{server}**, to the address that "
        "stands with each person; and what became of their requests.",
        server=server,
    )
    if not days:
        who = said("Who may decide gets each request with a link that decides, and no reminder.")
        return f"{sent} {who}"
    who = said_many(
        "Who may decide gets each request with a link that decides, and a reminder every "
        "{count} days.",
        "Who may decide gets each request with a link that decides, and a reminder every "
        "{count} days.",
        days,
    )
    return f"{sent} {who}"


def _not_sent(days: int) -> str:
    text = said(
        "Invitations to register and personal links are not sent by mail: they are handed out as "
        "text or QR code; and who decides about requests finds them under Records."
    )
    if not days:
        return f"{text} {said('There is no reminder by the rules above.')}"
    reminded = said_many(
        "There is a reminder every {count} days by the rules above.",
        "There is a reminder every {count} days by the rules above.",
        days,
    )
    return f"{text} {reminded}"


@dialog(msgid("Mail to people themselves"), Right.NOTICES, icon=":material/notifications:")
def _change(app: NoticesFacade) -> None:
    with guarded("notices.letters"):
        if not proven(_KEY):
            return
        chosen = chosen_server(app.personal.server, said("Nobody is written to"), said(_ONLY))
        days = st.number_input(
            said("Remind who decides about requests after so many days, again and "
                    "again; 0: never"),
            0, 90, app.options.current().remind_days,
        )  # fmt: skip
        st.caption(
            said(
                "Accounts are written to whose name is a mail address: managers and "
                "HR of the group, and who stands in for them; administrators where "
                "there are none."
            )
        )
        if st.button(said("Save"), type="primary", key="letters_save") and carried_out(
            lambda: _switch(app, chosen, int(days))
        ):
            st.rerun()


def _switch(app: NoticesFacade, chosen: str, days: int) -> None:
    app.personal.server.switch(chosen)
    app.options.decide("remind_days", str(days))
