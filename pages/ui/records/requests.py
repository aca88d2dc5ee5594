"""What people have asked for on their own pages: approved or declined, with a note."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from face_rec.access.accounts.deciding import Decider
from face_rec.access.pages import Page
from face_rec.access.principal import Principal
from face_rec.domain.errors import AttendanceError, NotAllowed, RuleRefused
from face_rec.domain.marks import MARK_KINDS
from face_rec.facades.attendance.requests import RequestsFacade
from face_rec.requests.leave_service import LeaveService, WaitingLeave
from face_rec.requests.request_service import RequestService, Waiting
from face_rec.requests.swap_service import Swap, SwapService
from pages.ui.frame.exports import STANDS, noted
from pages.ui.frame.identity import Identity, Right, require, standing
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.records.group_calendar import group_calendar
from pages.ui.records.leave import headline, leave_balances, leave_standing
from pages.ui.records.stand_in import stand_in
from pages.ui.shared import times
from pages.ui.shared.text import isolated, plain, told_apart
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import day, formats, in_words, said, said_many

PAGE = 20
LONGEST_NOTE = 300

Shown = Waiting | WaitingLeave | Swap
Decide = Callable[[str, str, Decider, str], None]
"""(subject, request, who decides, note)"""


def requests(identity: Identity) -> None:
    """Those that wait, of whom ``identity`` may see, oldest first; and leave to be undone."""
    app = RequestsFacade.current()
    may = identity.may(Right.CORRECT)
    within = app.deciders.of(identity).within if may else identity.groups
    found: list[Shown] = [
        *app.requests.waiting(within), *app.leave.waiting(within), *app.swaps.waiting(within)
    ]  # fmt: skip
    found.sort(key=lambda one: one.request.asked_at)
    if may:
        stand_in(app, identity)
    if not found:
        text = said("What people ask for on their own page (My attendance) appears here.")
        empty_state("approval", said("No requests wait"), text)
    else:
        st.caption(
            said_many(
                "{count} request. What is approved becomes a correction of yours, or leave that "
                "you have entered.",
                "{count} requests. What is approved becomes a correction of yours, or leave that "
                "you have entered.",
                len(found),
            )
        )
    for one in found[:PAGE]:
        with st.container(border=True, key=f"request_{one.request.id}"):
            _request(app, one, may=may)
    if len(found) > PAGE:
        st.caption(
            said_many(
                "The next of {count} more follows when these are done.",
                "The next of {count} more follow when these are done.",
                len(found) - PAGE,
            )
        )
    if may:
        _undoing(app, identity)
    leave_balances(app, identity.groups)
    group_calendar(app, identity)


def _request(app: RequestsFacade, one: Shown, *, may: bool) -> None:
    zone = app.site.timezone
    what = _what(app, one)
    st.markdown(f"**{plain(one.person.name)}** ({plain(one.person.id)}): {plain(what)}")
    why = f"“{isolated(plain(one.reason))}” · " if one.reason else ""
    st.caption(f"{why}{plain(times.date_and_time(one.request.asked_at, zone))}")
    if isinstance(one, WaitingLeave):
        for line in leave_standing(one):
            st.caption(plain(line))
        day = one.request.first.isoformat()
    elif isinstance(one, Swap):
        day = one.request.day.isoformat()
    else:
        day = one.request.wish.at.astimezone(zone).date().isoformat()
    if may and isinstance(one, WaitingLeave):
        attached(app, one)
    open_button(
        Page.RECORDS, said("The whole day"), f"request_day_{one.request.id}",
        person=one.person.subject, day=day,
    )  # fmt: skip
    if may:
        _decision(app, one)


def _what(app: RequestsFacade, one: Shown) -> str:
    if isinstance(one, Swap):
        return swap_headline(one)
    return headline(one.request) if isinstance(one, WaitingLeave) else _mark(app, one)


def _mark(app: RequestsFacade, one: Waiting) -> str:
    wish = one.request.wish
    at = times.date_and_time(wish.at, app.site.timezone)
    known = wish.kind in MARK_KINDS
    kind = said(MARK_KINDS[wish.kind].words.lower()) if known else wish.kind.value
    return (
        said("{kind} at {time} should not count", kind=kind, time=at)
        if wish.event
        else said("{kind} at {time} is missing", kind=kind, time=at)
    )


def _decision(app: RequestsFacade, one: Shown) -> None:
    name, service = one.request.id, _service(app, one)
    note = st.text_input(
        said("Note"), key=f"request_note_{name}", max_chars=LONGEST_NOTE,
        placeholder=said("The person reads it"),
    )  # fmt: skip
    done = said("Approved: the mark is corrected.")
    if isinstance(one, WaitingLeave):
        done = said("Approved: the leave is entered.")
    if isinstance(one, Swap):
        done = said("Approved: the roster is changed.")
    with st.container(horizontal=True):
        if st.button(
            said("Approve"), type="primary", icon=":material/check:", key=f"request_yes_{name}"
        ):
            _decide(app, one, service.approve, note or "", done)
        if st.button(said("Decline"), icon=":material/block:", key=f"request_no_{name}"):
            _decide(app, one, service.decline, note or "", said("Declined."))


def _service(app: RequestsFacade, one: Shown) -> RequestService | LeaveService | SwapService:
    if isinstance(one, WaitingLeave):
        return app.leave
    return app.swaps if isinstance(one, Swap) else app.requests


def _decide(app: RequestsFacade, one: Shown, act: Decide, note: str, done: str) -> None:
    who = require(Right.CORRECT)
    try:
        act(one.person.subject, one.request.id, app.deciders.of(who), note)
    except RuleRefused as error:
        for problem in error.problems:
            st.error(plain(in_words(problem)), icon=":material/error:")
        return
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(done)
    st.rerun()


def _undoing(app: RequestsFacade, identity: Identity) -> None:
    """Approved leave that is not over."""
    found = app.leave.undoable(app.deciders.of(identity).within)
    if not found:
        return
    with st.expander(
        said("Approved leave that is not over ({number})", number=formats().number(len(found))),
        key="requests_approved",
    ):
        names = {one.request.id: one for one in found}
        ids = {name: one.person.id for name, one in names.items()}
        titles = told_apart(
            {name: f"{one.person.name}: {headline(one.request)}" for name, one in names.items()},
            ids.__getitem__,
        )
        chosen = st.selectbox(
            said("Leave"), list(names), index=None, placeholder=said("Name or type"),
            key="requests_undo", format_func=titles.__getitem__,
        )  # fmt: skip
        if chosen:
            attached(app, names[chosen])
        note = st.text_input(
            said("Note"), key="requests_undo_note", max_chars=LONGEST_NOTE,
            placeholder=said("The person reads it"),
        )  # fmt: skip
        if st.button(
            said("Undo this leave"), icon=":material/undo:", disabled=chosen is None,
            key="requests_undo_now",
        ) and chosen:  # fmt: skip
            _decide(app, names[chosen], app.leave.undo, note or "", said("The leave is undone."))


# Swaps of shifts that two have agreed on, in words for whoever decides.


def swap_headline(one: Swap) -> str:
    """Who takes which shift of whom."""
    other = one.other.name if one.other else said("(deleted person)")
    taken = day(one.request.day)
    if one.request.back is None:
        return said("{name} takes the shift of {day}.", name=other, day=taken)
    return said(
        "{name} takes the shift of {day}, in exchange for theirs of {back}.",
        name=other, day=taken, back=day(one.request.back),
    )  # fmt: skip


# Files that people have laid beside their requests, for whoever may decide about them.

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
                      partial(_read, app, one, name, look), about=one.person.subject,
                      since=STANDS),
                file_name=f"attachment.{kind}", mime=TYPES[kind], icon=":material/download:",
                key=f"request_file_{one.request.id}_{number}",
            )  # fmt: skip


def _read(
    app: RequestsFacade, one: WaitingLeave, name: str, look: Callable[[], Principal]
) -> bytes:
    """Outside of the page: who it is for was kept, and is asked what they may do by now."""
    by = app.deciders.of(look())
    return app.attachment(one.person.subject, one.request.id, name, by)
