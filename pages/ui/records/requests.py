"""What people have asked for on their own pages: approved or declined, with a note."""

from collections.abc import Callable

import streamlit as st

from face_rec.access.accounts.deciding import Decider
from face_rec.access.pages import Page
from face_rec.domain.errors import AttendanceError, NotAllowed
from face_rec.domain.marks import MARK_KINDS
from face_rec.facades.requests import RequestsFacade
from face_rec.requests.desk import Waiting
from face_rec.requests.leave_desk import WaitingLeave
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.records.leave_balances import leave_balances
from pages.ui.records.leave_requests import headline, standing
from pages.ui.records.stand_in import stand_in
from pages.ui.shared import times
from pages.ui.shared.text import counted, isolated, plain
from pages.ui.shared.widgets import empty_state

PAGE = 20
LONGEST_NOTE = 300

Decide = Callable[[str, str, Decider, str], None]
"""(subject, request, who decides, note)"""


def requests(identity: Identity) -> None:
    """Those that wait, of whom ``identity`` may see, oldest first; and leave to be undone."""
    app = RequestsFacade.current()
    may = identity.may(Right.CORRECT)
    within = app.deciders.of(identity).within if may else identity.groups
    found: list[Waiting | WaitingLeave] = [
        *app.requests.waiting(within), *app.leave.waiting(within)
    ]  # fmt: skip
    found.sort(key=lambda one: one.request.asked_at)
    if may:
        stand_in(app, identity)
    if not found:
        text = "What people ask for on their own page (My attendance) appears here."
        empty_state("approval", "No requests wait", text)
    else:
        st.caption(
            f"{counted(len(found), 'request')}. What is approved becomes a correction of yours, "
            "or leave that you have entered."
        )
    for one in found[:PAGE]:
        with st.container(border=True, key=f"request_{one.request.id}"):
            _request(app, one, may=may)
    if len(found) > PAGE:
        st.caption(f"The next of {len(found) - PAGE:,} more follow when these are done.")
    if may:
        _undoing(app, identity)
    leave_balances(app, identity.groups)


def _request(app: RequestsFacade, one: Waiting | WaitingLeave, *, may: bool) -> None:
    zone = app.site.timezone
    what = headline(one.request) if isinstance(one, WaitingLeave) else _mark(app, one)
    st.markdown(f"**{plain(one.person.name)}** ({plain(one.person.id)}): {plain(what)}")
    said = f"“{isolated(plain(one.reason))}” · " if one.reason else ""
    st.caption(f"{said}{plain(times.date_and_time(one.request.asked_at, zone))}")
    if isinstance(one, WaitingLeave):
        for line in standing(one):
            st.caption(plain(line))
        day = one.request.first.isoformat()
    else:
        day = one.request.wish.at.astimezone(zone).date().isoformat()
    open_button(
        Page.RECORDS, "The whole day", f"request_day_{one.request.id}",
        person=one.person.subject, day=day,
    )  # fmt: skip
    if may:
        _decision(app, one)


def _mark(app: RequestsFacade, one: Waiting) -> str:
    wish = one.request.wish
    at = times.date_and_time(wish.at, app.site.timezone)
    kind = MARK_KINDS[wish.kind].words.lower() if wish.kind in MARK_KINDS else wish.kind.value
    return f"{kind} at {at} should not count" if wish.event else f"{kind} at {at} is missing"


def _decision(app: RequestsFacade, one: Waiting | WaitingLeave) -> None:
    name, desk = one.request.id, app.leave if isinstance(one, WaitingLeave) else app.requests
    note = st.text_input(
        "Note", key=f"request_note_{name}", max_chars=LONGEST_NOTE,
        placeholder="The person reads it",
    )  # fmt: skip
    done = "the leave is entered" if isinstance(one, WaitingLeave) else "the mark is corrected"
    with st.container(horizontal=True):
        if st.button(
            "Approve", type="primary", icon=":material/check:", key=f"request_yes_{name}"
        ):
            _decide(app, one, desk.approve, note or "", f"Approved: {done}.")
        if st.button("Decline", icon=":material/block:", key=f"request_no_{name}"):
            _decide(app, one, desk.decline, note or "", "Declined.")


def _decide(
    app: RequestsFacade, one: Waiting | WaitingLeave, act: Decide, note: str, done: str
) -> None:
    who = require(Right.CORRECT)
    try:
        act(one.person.subject, one.request.id, app.deciders.of(who), note)
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    flash(done)
    st.rerun()


def _undoing(app: RequestsFacade, identity: Identity) -> None:
    """Approved leave that is not over."""
    found = app.leave.undoable(app.deciders.of(identity).within)
    if not found:
        return
    with st.expander(f"Approved leave that is not over ({len(found):,})", key="requests_approved"):
        names = {one.request.id: one for one in found}
        chosen = st.selectbox(
            "Leave", list(names), index=None, placeholder="Name or type", key="requests_undo",
            format_func=lambda name: f"{names[name].person.name}: {headline(names[name].request)}",
        )  # fmt: skip
        note = st.text_input(
            "Note", key="requests_undo_note", max_chars=LONGEST_NOTE,
            placeholder="The person reads it",
        )  # fmt: skip
        if st.button(
            "Undo this leave", icon=":material/undo:", disabled=chosen is None,
            key="requests_undo_now",
        ) and chosen:  # fmt: skip
            _decide(app, names[chosen], app.leave.undo, note or "", "The leave is undone.")
