"""From which day on a change of the rules holds, and what it would do to the days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.attendance.terms.status import Status, StatusChange
from pages.ui.frame.identity import current
from pages.ui.shared.day_words import STATUS_NAMES
from pages.ui.shared.period import words
from pages.ui.shared.words import formats, in_words, said, said_many

_MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Since:
    """``day`` None: the past is judged anew as well."""

    day: date | None
    rewrites: bool = False


def since_of(today: date, key: str, planned: date | None) -> Since:
    """Today unless another day is chosen. ``planned``: from when on what is shown holds, where
    that is not yet."""
    if planned and planned > today:
        st.caption(
            said(
                "These are the values from {planned} on. An earlier day lets them hold sooner.",
                planned=formats().numbers_only(planned),
            )
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            said("Holds from"), max(today, planned or today), key=f"{key}_since", width=180,
            format=formats().date_pattern,
            help=said("Days before stay as they were judged."),
        )  # fmt: skip
        rewrite = st.toggle(
            said("Rewrite the past"), key=f"{key}_rewrite",
            help=said("Judge every day before by it as well, in reports already handed out, too."),
        )  # fmt: skip
    if rewrite:
        return Since(None, rewrites=True)
    return Since(day if isinstance(day, date) else today)


def show_changes(found: Sequence[StatusChange], first: date, last: date) -> None:
    """Whose days would become what; only of people that may be seen."""
    identity = current()
    seen = [one for one in found if identity.sees(one.person.group)]
    if not seen:
        text = said("Nobody's status would change in {period}.", period=words(first, last))
        st.success(text, icon=":material/check:")
        return
    people = len({change.person.subject for change in seen})
    st.info(
        said(
            "{days} of {people} would change in {period}. Nothing is saved yet.",
            days=said_many("{count} day", "{count} days", len(seen)),
            people=said_many("{count} person", "{count} people", people),
            period=words(first, last),
        ),
        icon=":material/compare_arrows:",
    )
    _table(seen)


def _table(found: Sequence[StatusChange]) -> None:
    now, would, days = said("Now"), said("Would be"), said("Days")
    kinds = pd.DataFrame(
        [(_status(one.before), _status(one.after)) for one in found], columns=[now, would]
    ).value_counts()
    left, right = st.columns([1, 1.5], gap="medium")
    left.dataframe(kinds.rename(days).reset_index(), hide_index=True, alt=said("Changes by kind"))
    lines = [
        (
            formats().numbers_only(one.day), one.person.name,
            _status(one.before), _status(one.after),
        )
        for one in found[:_MOST_LINES]
    ]  # fmt: skip
    right.dataframe(
        pd.DataFrame(lines, columns=[said("Date"), said("Name"), now, would]),
        hide_index=True,
        height=min(330, 38 + 35 * len(lines)),
        alt=said("Days that would change"),
    )
    if len(found) > _MOST_LINES:
        right.caption(
            said(
                "The first {shown} of {all}.",
                shown=_MOST_LINES,
                all=formats().number(len(found)),
            )
        )


def _status(status: Status) -> str:
    return in_words(STATUS_NAMES[status])


def preview_span(today: date) -> tuple[date, date]:
    """From the first of last month to today."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1), today
