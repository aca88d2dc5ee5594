"""Reports that go out by mail: which there are, and what became of them."""

from collections.abc import Callable
from datetime import UTC
from typing import Final

import streamlit as st

from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.facades.attendance.report_mail import ReportMailFacade
from face_rec.languages.language import msgid
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
from pages.ui.shared.words import formats, in_words, said

_NEW: Final = "report_mail"
_SWITCH: Final = {True: msgid("Pause"), False: msgid("Go on")}


@fragment(Right.RECORDS)
def by_mail() -> None:
    """One line for each, and the way to make another."""
    with guarded("reports.mail"):
        app, who = ReportMailFacade.current(), current()
        found, on = app.reports.all(who), app.reports.on()
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.subheader(said("By mail"), anchor=False)
            if on and (
                st.button(said("Send a report by mail"), icon=":material/send:", key="mail_new")
                or again(_NEW)
            ):
                _edit(app, None)
        if not on:
            st.caption(
                said(
                    "Reports can go out by mail again and again, once an administrator has chosen "
                    "a mail server under Notifications, “Mail to people themselves”."
                )
            )
        elif not found:
            st.caption(said("No report goes out by mail yet."))
        for one in found:
            with st.container(border=True, key=f"mail_{one.schedule.id}"):
                _one(app, one, who)


def _one(app: ReportMailFacade, one: Standing, who: Identity) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_sentence(one, who), width="stretch")
        if one.mine:
            _actions(app, one.schedule)
        elif st.button(said("Not to me"), key=f"mail_leave_{one.schedule.id}"):
            told = said("You get it no more.")
            _done(lambda: app.reports.leave(one.schedule.id, current()), told)
    for reader, result in sorted(one.results.items()):
        if one.mine or reader == who.id:
            st.caption(_became(app, reader, result))


def _actions(app: ReportMailFacade, one: Schedule) -> None:
    name = one.id
    if st.button(said("Send now"), key=f"mail_now_{name}", icon=":material/send:") or again(
        f"mail_now_{name}"
    ):
        _confirm_now(app, one)
    with st.popover(
        said("More"), icon=":material/more_horiz:", key=f"mail_more_{name}", width="content"
    ):
        edit = st.button(said("Edit"), key=f"mail_edit_{name}", width="stretch")
        switch = st.button(said(_SWITCH[one.active]), key=f"mail_switch_{name}", width="stretch")
        remove = st.button(said("Delete"), key=f"mail_remove_{name}", width="stretch")
    if edit or again(f"mail_edit_{name}"):
        _edit(app, one)
    if switch or again(f"mail_switch_{name}"):
        _switch(app, one)
    if remove or again(f"mail_remove_{name}"):
        _remove(app, one)


# --- dialogs, each after a fresh proof


@dialog(msgid("A report by mail"), Right.RECORDS, icon=":material/send:", width="medium")
def _edit(app: ReportMailFacade, one: Schedule | None) -> None:
    with guarded("reports.mail.edit"):
        if not proven(f"mail_edit_{one.id}" if one else _NEW):
            return
        wanted = schedule_fields(app, current(), one)
        if st.button(said("Save"), type="primary", key="mail_save"):
            _done(lambda: app.reports.save(wanted, current()), said("Saved."))


@dialog(msgid("Send it now?"), Right.RECORDS, icon=":material/send:")
def _confirm_now(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.now"):
        if not proven(f"mail_now_{one.id}"):
            return
        readers = plain(", ".join(sorted(one.to)))
        st.markdown(said("To {readers}, besides the usual times.", readers=readers))
        if st.button(said("Send"), type="primary", key="mail_now_sure"):
            _done(lambda: app.reports.send_now(one.id, current()), said("It is on its way."))


@dialog(msgid("Pause, or go on?"), Right.RECORDS, icon=":material/schedule:")
def _switch(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.switch"):
        if not proven(f"mail_switch_{one.id}"):
            return
        st.markdown(said("What is due while it is paused is not sent later."))
        if st.button(said(_SWITCH[one.active]), type="primary", key="mail_switch_sure"):
            on = not one.active
            _done(lambda: app.reports.switch(one.id, current(), active=on), said("Saved."))


@dialog(msgid("Delete this?"), Right.RECORDS, icon=":material/delete:")
def _remove(app: ReportMailFacade, one: Schedule) -> None:
    with guarded("reports.mail.remove"):
        if not proven(f"mail_remove_{one.id}"):
            return
        st.markdown(
            said(
                "{report} goes to nobody any more. What is on its way is not sent.",
                report=_what(one),
            )
        )
        if st.button(said("Delete"), type="primary", key="mail_remove_sure"):
            _done(lambda: app.reports.remove(one.id, current()), said("It is deleted."))


def _done(change: Callable[[], object], told: str) -> None:
    if carried_out(change):
        flash(told)
        st.rerun()


# --- words


def _what(one: Schedule) -> str:
    title = said(TITLES.get(one.report, one.report))
    return f"**{title}** ({said(one.span)}, {one.suffix[1:].upper()})"


def _sentence(one: Standing, who: Identity) -> str:
    """As Markdown. Of groups that whoever only gets it may not see, not even the names."""
    schedule = one.schedule
    named = schedule.of_groups if one.mine else filter(who.sees, schedule.of_groups)
    groups = ", ".join(sorted(name or said(NO_GROUP) for name in named))
    if schedule.of_groups and not groups:
        groups = "–"
    what, to = _what(schedule), plain(", ".join(sorted(schedule.to)))
    if groups:
        begins = said("{report} of {groups} to {to}", report=what, groups=plain(groups), to=to)
    else:
        begins = said("{report} to {to}", report=what, to=to)
    parts = [_when(schedule), _next(one)]
    if schedule.owner != who.id:
        parts.append(said("set up by {owner}", owner=plain(schedule.owner)))
    return f"{begins}  \n{' · '.join(parts)}"


def _when(one: Schedule) -> str:
    at = formats().time(one.at)
    if one.often is Often.DAILY:
        return said("Each working day at {time}", time=at)
    if one.often is Often.WEEKLY:
        return said("Each {weekday} at {time}", weekday=said(WEEKDAYS[one.day]), time=at)
    return said("On day {number} of each month at {time}", number=one.day, time=at)


def _next(one: Standing) -> str:
    if not one.schedule.active:
        return f":orange[{said('paused')}]"
    if one.next_at is None:
        return f":orange[{said('never, as far as one can see')}]"
    at = date_and_time(one.next_at, one.next_at.tzinfo or UTC)
    return said("next on {time}", time=at)


def _became(app: ReportMailFacade, reader: str, result: Result) -> str:
    at = date_and_time(result.at, app.site.timezone)
    if not result.problem:
        return plain(said("{reader}: sent {time}", reader=reader, time=at))
    values = {"reader": reader, "time": at, "problem": in_words(result.problem)}
    if result.again:
        told = said("{reader}: not sent {time}: {problem}, is tried again", **values)
    else:
        told = said("{reader}: not sent {time}: {problem}", **values)
    return f":orange[{plain(told)}]"
