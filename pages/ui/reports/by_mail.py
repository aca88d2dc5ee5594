"""Reports that go out by mail: which there are, and what became of them."""

from collections.abc import Callable
from datetime import UTC
from typing import Final

import streamlit as st

from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.facades.report_mail import ReportMailFacade
from face_rec.notices.reports.results import Result, Standing
from face_rec.notices.reports.schedule import Often, Schedule
from pages.ui.frame.identity import Identity, Right, current
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog, fragment
from pages.ui.frame.scope import NO_GROUP
from pages.ui.frame.step_up import again, proven
from pages.ui.reports.mail_form import schedule_fields
from pages.ui.shared.text import plain
from pages.ui.shared.times import date_and_time

_NEW: Final = "report_mail"


@fragment(Right.RECORDS)
def by_mail() -> None:
    """One line for each, and the way to make another."""
    with guarded("reports.mail"):
        app, who = ReportMailFacade.current(), current()
        found, on = app.reports.all(who), app.reports.on()
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.subheader("By mail", anchor=False)
            if on and (
                st.button("Send a report by mail", icon=":material/send:", key="mail_new")
                or again(_NEW)
            ):
                _edit(app, None)
        if not on:
            st.caption(
                "Reports can go out by mail again and again, once an administrator has chosen a "
                "mail server under Notifications, “Mail to people themselves”."
            )
        elif not found:
            st.caption("No report goes out by mail yet.")
        for one in found:
            with st.container(border=True, key=f"mail_{one.schedule.id}"):
                _one(app, one, who)


def _one(app: ReportMailFacade, one: Standing, who: Identity) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_sentence(one, who), width="stretch")
        if one.mine:
            _actions(app, one.schedule)
        elif st.button("Not to me", key=f"mail_leave_{one.schedule.id}"):
            _done(lambda: app.reports.leave(one.schedule.id, current()), "You get it no more.")
    for reader, result in sorted(one.results.items()):
        if one.mine or reader == who.id:
            st.caption(_became(app, reader, result))


def _actions(app: ReportMailFacade, one: Schedule) -> None:
    name = one.id
    if st.button("Send now", key=f"mail_now_{name}", icon=":material/send:") or again(
        f"mail_now_{name}"
    ):
        _confirm_now(app, one)
    with st.popover(
        "More", icon=":material/more_horiz:", key=f"mail_more_{name}", width="content"
    ):
        edit = st.button("Edit", key=f"mail_edit_{name}", width="stretch")
        words = "Pause" if one.active else "Go on"
        switch = st.button(words, key=f"mail_switch_{name}", width="stretch")
        remove = st.button("Delete", key=f"mail_remove_{name}", width="stretch")
    if edit or again(f"mail_edit_{name}"):
        _edit(app, one)
    if switch or again(f"mail_switch_{name}"):
        _switch(app, one)
    if remove or again(f"mail_remove_{name}"):
        _remove(app, one)


# --- dialogs, each after a fresh proof


@dialog("A report by mail", Right.RECORDS, icon=":material/send:", width="medium")
def _edit(app: ReportMailFacade, one: Schedule | None) -> None:
    with guarded("reports.mail.edit"):
        if not proven(f"mail_edit_{one.id}" if one else _NEW):
            return
        said = schedule_fields(app, current(), one)
        if st.button("Save", type="primary", key="mail_save"):
            _done(lambda: app.reports.save(said, current()), "Saved.")


@dialog("Send it now?", Right.RECORDS, icon=":material/send:")
def _confirm_now(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.now"):
        if not proven(f"mail_now_{one.id}"):
            return
        st.markdown(f"To {plain(', '.join(sorted(one.to)))}, besides the usual times.")
        if st.button("Send", type="primary", key="mail_now_sure"):
            _done(lambda: app.reports.send_now(one.id, current()), "It is on its way.")


@dialog("Pause, or go on?", Right.RECORDS, icon=":material/schedule:")
def _switch(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.switch"):
        if not proven(f"mail_switch_{one.id}"):
            return
        st.markdown("What is due while it is paused is not sent later.")
        if st.button("Pause" if one.active else "Go on", type="primary", key="mail_switch_sure"):
            _done(lambda: app.reports.switch(one.id, current(), active=not one.active), "Saved.")


@dialog("Delete this?", Right.RECORDS, icon=":material/delete:")
def _remove(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.remove"):
        if not proven(f"mail_remove_{one.id}"):
            return
        st.markdown(f"{_what(one)} goes to nobody any more. What is on its way is not sent.")
        if st.button("Delete", type="primary", key="mail_remove_sure"):
            _done(lambda: app.reports.remove(one.id, current()), "It is deleted.")


def _done(change: Callable[[], object], said: str) -> None:
    if carried_out(change):
        flash(said)
        st.rerun()


# --- words


def _what(one: Schedule) -> str:
    return f"**{TITLES.get(one.report, one.report)}** ({one.span}, {one.suffix[1:].upper()})"


def _sentence(one: Standing, who: Identity) -> str:
    """As Markdown."""
    schedule = one.schedule
    groups = ", ".join(sorted(name or NO_GROUP for name in schedule.of_groups))
    of = f" of {plain(groups)}" if groups else ""
    owner = "" if schedule.owner == who.id else f" · set up by {plain(schedule.owner)}"
    to = plain(", ".join(sorted(schedule.to)))
    return f"{_what(schedule)}{of} to {to}  \n{_when(schedule)} · {_next(one)}{owner}"


def _when(one: Schedule) -> str:
    at = f"at {one.at:%H:%M}"
    if one.often is Often.DAILY:
        return f"Each working day {at}"
    if one.often is Often.WEEKLY:
        return f"Each {WEEKDAYS[one.day]} {at}"
    return f"On day {one.day} of each month {at}"


def _next(one: Standing) -> str:
    if not one.schedule.active:
        return ":orange[paused]"
    if one.next_at is None:
        return ":orange[never, as far as one can see]"
    return f"next on {date_and_time(one.next_at, one.next_at.tzinfo or UTC)}"


def _became(app: ReportMailFacade, reader: str, result: Result) -> str:
    at = date_and_time(result.at, app.site.timezone)
    if not result.problem:
        return plain(f"{reader}: sent {at}")
    later = ", is tried again" if result.again else ""
    return f":orange[{plain(f'{reader}: not sent {at}: {result.problem}{later}')}]"
