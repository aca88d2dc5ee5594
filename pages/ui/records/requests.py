"""What people have asked for on their own pages: approved or declined, with a note."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.errors import AttendanceError, NotAllowed
from face_rec.domain.marks import MARK_KINDS
from face_rec.facades.requests import RequestsFacade
from face_rec.requests.desk import Waiting
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import empty_state

PAGE = 20


def requests(identity: Identity) -> None:
    """Those that wait, of whom ``identity`` may see, oldest first."""
    app = RequestsFacade.current()
    found = app.requests.waiting(identity.groups)
    if not found:
        text = "What people ask for on their own page (My attendance) appears here."
        empty_state("approval", "No requests wait", text)
        return
    st.caption(
        f"{counted(len(found), 'request')}. What is approved becomes a correction of yours."
    )
    for one in found[:PAGE]:
        with st.container(border=True, key=f"request_{one.request.id}"):
            _request(app, identity, one)
    if len(found) > PAGE:
        st.caption(f"The next of {len(found) - PAGE:,} more follow when these are done.")


def _request(app: RequestsFacade, identity: Identity, one: Waiting) -> None:
    wish, zone = one.request.wish, app.site.timezone
    at = times.date_and_time(wish.at, zone)
    kind = MARK_KINDS[wish.kind].words.lower() if wish.kind in MARK_KINDS else wish.kind.value
    what = f"{kind} at {at} should not count" if wish.event else f"{kind} at {at} is missing"
    st.markdown(f"**{plain(one.person.name)}** ({plain(one.person.id)}): {plain(what)}")
    st.caption(plain(f"“{one.reason}” · {times.date_and_time(one.request.asked_at, zone)}"))
    day = wish.at.astimezone(zone).date().isoformat()
    open_button(
        Page.RECORDS, "The whole day", f"request_day_{one.request.id}",
        person=one.person.subject, day=day,
    )  # fmt: skip
    if identity.may(Right.CORRECT):
        _decision(app, one)


def _decision(app: RequestsFacade, one: Waiting) -> None:
    name = one.request.id
    note = st.text_input(
        "Note", key=f"request_note_{name}", max_chars=300, placeholder="The person reads it"
    )
    with st.container(horizontal=True):
        if st.button(
            "Approve", type="primary", icon=":material/check:", key=f"request_yes_{name}"
        ):
            _decide(app, one, note or "", right=True)
        if st.button("Decline", icon=":material/block:", key=f"request_no_{name}"):
            _decide(app, one, note or "", right=False)


def _decide(app: RequestsFacade, one: Waiting, note: str, *, right: bool) -> None:
    who = require(Right.CORRECT)
    act = app.requests.approve if right else app.requests.decline
    try:
        act(one.person.subject, one.request.id, who.name, note, within=who.groups)
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    flash("Approved: the mark is corrected." if right else "Declined.")
    st.rerun()
