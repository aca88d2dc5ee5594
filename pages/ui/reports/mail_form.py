"""The form of a report by mail: which, of whom, when, and to whom."""

from dataclasses import replace
from datetime import time
from typing import Final

import streamlit as st

from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.facades.attendance.report_mail import ReportMailFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from face_rec.notices.reports.schedule import SUFFIXES, Often, Schedule
from pages.ui.frame.identity import Identity
from pages.ui.frame.scope import NO_GROUP, visible_groups
from pages.ui.reports.report_view import OFFERS
from pages.ui.shared.words import said

_FIRST: Final = Schedule("", "", "daily", "Yesterday", Often.DAILY, time(7, 30))
_OFTEN: Final = {
    Often.DAILY: msgid("Each working day"), Often.WEEKLY: msgid("Weekly"),
    Often.MONTHLY: msgid("Monthly"),
}  # fmt: skip


def schedule_fields(app: ReportMailFacade, who: Identity, one: Schedule | None) -> Schedule:
    """The schedule as the form says it."""
    wanted = _which(one or _FIRST)
    wanted = replace(wanted, of_groups=_groups(app, who, wanted))
    wanted = _when(app, wanted)
    return replace(wanted, to=_to(app, who, wanted))


def _which(one: Schedule) -> Schedule:
    left, middle, right = st.columns([1.4, 1, 1])
    names = list(OFFERS)
    report = left.selectbox(
        said("Report"), names, names.index(one.report) if one.report in names else 0,
        format_func=lambda name: said(TITLES[name]), key="mail_report",
    )  # fmt: skip
    spans = list(dict.fromkeys((*OFFERS[report].spans, "Last week")))
    usual = one.span if one.span in spans else OFFERS[report].default
    span = middle.selectbox(
        said("Of which days"), spans, spans.index(usual), format_func=said,
        key=f"mail_span_{report}", help=said("Seen from the day on which it goes out."),
    )  # fmt: skip
    suffix = right.segmented_control(
        said(pgettext("kind of file", "As")), SUFFIXES, default=one.suffix,
        format_func=lambda name: name[1:].upper(), required=True, key="mail_suffix",
    )  # fmt: skip
    return replace(one, report=report, span=span, suffix=suffix)


def _groups(app: ReportMailFacade, who: Identity, one: Schedule) -> frozenset[str]:
    """Of those that were chosen before and are hidden from who asks nothing is changed: the
    service refuses them."""
    seen = list(visible_groups(app.people, who))
    known = sorted({*seen, *one.of_groups})
    return frozenset(
        st.multiselect(
            said("Groups"), known, default=sorted(one.of_groups), placeholder=said("All groups"),
            format_func=lambda name: name or said(NO_GROUP), key="mail_groups",
        )
    )  # fmt: skip


def _when(app: ReportMailFacade, one: Schedule) -> Schedule:
    left, middle, right = st.columns([1.6, 1, 1], vertical_alignment="bottom")
    often = left.segmented_control(
        said("How often"), list(Often), default=one.often,
        format_func=lambda often: said(_OFTEN[often]), required=True, wrap=True, key="mail_often",
    )  # fmt: skip
    day = one.day
    if often is Often.WEEKLY:
        day = middle.selectbox(
            said(pgettext("weekday", "On")), range(7), one.day if one.day < 7 else 0,
            format_func=lambda number: said(WEEKDAYS[number]), key="mail_weekday",
        )  # fmt: skip
    elif often is Often.MONTHLY:
        day = int(middle.number_input(said("On day"), 1, 31, max(1, one.day), key="mail_day"))
    at = right.time_input(said("At"), one.at, step=900, key="mail_at")
    zone = app.site.timezone.key
    clock = said("By the clock of {zone}.", zone=zone)
    shorter = said("A month that is shorter has it on its last day.")
    st.caption(f"{shorter} {clock}" if often is Often.MONTHLY else clock)
    return replace(one, often=often, day=day, at=at or one.at)


def _to(app: ReportMailFacade, who: Identity, one: Schedule) -> frozenset[str]:
    offered = sorted({*app.reports.readers(who), *one.to})
    chosen = st.multiselect(
        said(pgettext("readers", "To")),
        offered,
        default=sorted(one.to),
        placeholder=said("Accounts"),
        key="mail_to",
    )
    st.caption(
        said(
            "Accounts that may read these records and whose name is a mail address. Each gets "
            "what both of you may see at that moment, or nothing."
        )
    )
    return frozenset(chosen)
