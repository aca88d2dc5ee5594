"""Files that people have laid beside their requests, for whoever may decide about them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from face_rec.access.principal import Principal
from face_rec.facades.attendance.requests import RequestsFacade
from face_rec.requests.leave_desk import WaitingLeave
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, standing
from pages.ui.shared.words import said

TYPES = {"jpg": "image/jpeg", "pdf": "application/pdf"}


def attached(app: RequestsFacade, one: WaitingLeave) -> None:
    """A button for each: a file is read when it is taken, if they may decide then."""
    if not one.request.attached:
        return
    look = standing()
    with st.container(horizontal=True, key=f"request_files_{one.request.id}"):
        for number, name in enumerate(one.request.attached, 1):
            kind = name.rpartition(".")[2]
            title = (
                said("PDF file {number}", number=number)
                if kind == "pdf"
                else said("Picture {number}", number=number)
            )
            st.download_button(
                title,
                noted(Right.CORRECT, f"attachment of a request of {one.person.id}",
                      partial(_read, app, one, name, look), about=one.person.subject),
                file_name=f"attachment.{kind}", mime=TYPES[kind], icon=":material/download:",
                key=f"request_file_{one.request.id}_{number}",
            )  # fmt: skip


def _read(
    app: RequestsFacade, one: WaitingLeave, name: str, look: Callable[[], Principal]
) -> bytes:
    """Outside of the page: who it is for was kept, and is asked what they may do by now."""
    by = app.deciders.of(look())
    return app.attachment(one.person.subject, one.request.id, name, by)
