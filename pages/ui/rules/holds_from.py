"""From which day on a change of the rules holds, and what it would do to the days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.attendance.terms.status import StatusChange
from pages.ui.frame.identity import current
from pages.ui.shared.day_words import STATUS_NAMES
from pages.ui.shared.period import words
from pages.ui.shared.text import counted

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
            f"These are the values from {planned} on. An earlier day lets them hold sooner."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Holds from", max(today, planned or today), key=f"{key}_since", width=180,
            help="Days before stay as they were judged.",
        )  # fmt: skip
        rewrite = st.toggle(
            "Rewrite the past", key=f"{key}_rewrite",
            help="Judge every day before by it as well, in reports already handed out, too.",
        )  # fmt: skip
    if rewrite:
        return Since(None, rewrites=True)
    return Since(day if isinstance(day, date) else today)


def show_changes(found: Sequence[StatusChange], first: date, last: date) -> None:
    """Whose days would become what; only of people that may be seen."""
    identity = current()
    seen = [one for one in found if identity.sees(one.person.group)]
    if not seen:
        text = f"Nobody's status would change in {words(first, last)}."
        st.success(text, icon=":material/check:")
        return
    people = len({change.person.subject for change in seen})
    st.info(
        f"{counted(len(seen), 'day')} of {counted(people, 'person', 'people')} would change in "
        f"{words(first, last)}. Nothing is saved yet.",
        icon=":material/compare_arrows:",
    )
    _table(seen)


def _table(found: Sequence[StatusChange]) -> None:
    kinds = pd.DataFrame(
        [(STATUS_NAMES[one.before], STATUS_NAMES[one.after]) for one in found],
        columns=["Now", "Would be"],
    ).value_counts()
    left, right = st.columns([1, 1.5], gap="medium")
    left.dataframe(kinds.rename("Days").reset_index(), hide_index=True, alt="Changes by kind")
    lines = [
        (str(one.day), one.person.name, STATUS_NAMES[one.before], STATUS_NAMES[one.after])
        for one in found[:_MOST_LINES]
    ]
    right.dataframe(
        pd.DataFrame(lines, columns=["Date", "Name", "Now", "Would be"]),
        hide_index=True,
        height=min(330, 38 + 35 * len(lines)),
        alt="Days that would change",
    )
    if len(found) > _MOST_LINES:
        right.caption(f"The first {_MOST_LINES} of {len(found):,}.")


def preview_span(today: date) -> tuple[date, date]:
    """From the first of last month to today."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1), today
