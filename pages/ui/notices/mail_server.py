"""The choice of the mail server by which letters go out, the same for all kinds of letters."""

import streamlit as st

from face_rec.notices.personal.mail_server import MailServer
from pages.ui.shared.words import said


def chosen_server(server: MailServer, nobody: str, about: str) -> str:
    """The id of the channel chosen; "" for ``nobody``. ``about``: what is good to know."""
    names = {"": nobody} | {one.id: one.title for one in server.offered()}
    ids, now = list(names), server.channel()
    chosen = st.selectbox(
        said("By the mail server of"), ids, ids.index(now.id) if now else 0,
        format_func=names.__getitem__,
    )  # fmt: skip
    st.caption(about)
    return chosen
