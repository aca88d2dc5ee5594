"""What the parts of the settings share: a list to choose from, and the buttons below a form."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVar

import pandas as pd
import streamlit as st

from face_rec.attendance.rule_service import StatusChange
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.rules import Item, Limits
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.errors import RuleRefused
from face_rec.facades.attendance import AttendanceFacade
from face_rec.kiosks.kiosk import KioskRecord
from pages.ui.frame.flash import flash
from pages.ui.frame.identity import Right, current, require
from pages.ui.rules.rules_begun import begin_anew, begun
from pages.ui.shared.day_words import STATUS_NAMES
from pages.ui.shared.period import words
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import empty_state

# From which day on a change holds, and what it would do to the days before.

_MOST_LINES: Final = 200
_DATED: Final = (Shift, Assignment, KioskRecord, Limits)


@dataclass(frozen=True, slots=True)
class Since:
    """``day`` None: the past is judged anew as well."""

    day: date | None
    rewrites: bool = False


def since_of(app: AttendanceFacade, key: str, known: Item | None) -> Since:
    """Asked where a stored entry changes; today unless another day is chosen."""
    if not isinstance(known, _DATED):
        return Since(None)
    today = app.service.timesheets.today()
    planned = None if isinstance(known, Assignment) else known.valid_from
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


T = TypeVar("T", bound=Item)


def chosen_of(
    items: Sequence[T],
    row: Callable[[T], Mapping[str, object]],
    key: str,
    nothing: tuple[str, str, str],
) -> T | None:
    """The entries as a table, and the one that is chosen to be changed.

    ``nothing``: icon, title and text while there is none.
    """
    if not items:
        empty_state(*nothing)
        return None
    frame = pd.DataFrame([row(item) for item in items])
    chosen = st.dataframe(
        frame,
        hide_index=True,
        height=min(380, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}_{hash(tuple(items))}",
        alt=nothing[1],
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(items):
        return items[rows[0]]
    st.caption("Choose a row to change or remove it.")
    return None


def form_key(app: AttendanceFacade, part: str, item: Item | None) -> str:
    """The beginning of a form's keys: after saving it starts afresh."""
    return f"{part}_{begun(app).version}_{item.id if item else 'new'}"


def new_id() -> str:
    """A random id for a new entry; kept while its form is open is not needed."""
    return secrets.token_hex(6)


def authority() -> Authority:
    """What whoever presses the button now may change; the page ends here without the right."""
    identity = require(Right.HR)
    return Authority(identity.groups, company=identity.may(Right.RULES))


def buttons(
    app: AttendanceFacade,
    key: str,
    changed: Sequence[Item],
    known: Item | None,
    removable: bool = True,
) -> None:
    """From which day on it holds; save, show what saving would change, and remove."""
    since = since_of(app, key, known)
    with st.container(horizontal=True):
        label = "Save and rewrite the past" if since.rewrites else "Save" if known else "Add"
        save = st.button(label, icon=":material/save:", type="primary", key=f"{key}_save")
        preview = st.button(
            "Show what would change", icon=":material/compare_arrows:", key=f"{key}_preview",
            help="Whose status last month and this month would be another one.",
        )  # fmt: skip
        remove = (
            known is not None
            and removable
            and st.button("Remove", icon=":material/delete:", key=f"{key}_remove")
        )
    desk, start = app.service.rules, begun(app)
    if save:
        _apply(
            lambda: desk.save(*changed, authority=authority(), begun=start, since=since.day),
            "Saved.",
        )
    elif remove and known is not None:
        item = known
        _apply(
            lambda: desk.remove(item, authority=authority(), begun=start, since=since.day),
            "Removed.",
        )
    elif preview or since.rewrites:
        _preview(app, changed, since.day)


def _apply(work: Callable[[], None], done: str) -> None:
    if refused(work):
        return
    begin_anew()
    flash(done)
    st.rerun(scope="app")


def refused(work: Callable[[], Any]) -> bool:
    """Do ``work``; a refusal is shown, a sentence for each problem."""
    try:
        work()
    except RuleRefused as error:
        for problem in error.problems:
            st.error(plain(problem), icon=":material/error:")
        return True
    return False


def _preview(app: AttendanceFacade, changed: Sequence[Item], since: date | None) -> None:
    first, last = preview_span(app.service.timesheets.today())
    found: list[StatusChange] = []

    def work() -> None:
        found.extend(app.service.rules.preview(changed, first, last, since))

    with st.spinner("Judging the days anew …"):
        if refused(work):
            return
    show_changes(found, first, last)


def preview_span(today: date) -> tuple[date, date]:
    """From the first of last month to today."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1), today
