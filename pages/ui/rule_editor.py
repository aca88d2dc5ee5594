"""What the parts of the settings share: a list to choose from, and the buttons below a form."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar

import pandas as pd
import streamlit as st

from face_rec.attendance.rule_desk import StatusChange
from face_rec.attendance.rules import Item
from face_rec.errors import RuleRefused
from face_rec.system import System
from pages.ui.day_words import STATUS_NAMES
from pages.ui.flash import flash
from pages.ui.identity import Right, require
from pages.ui.period import words
from pages.ui.text import counted, plain
from pages.ui.widgets import empty_state

_MOST_LINES: Final = 200
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


def form_key(app: System, part: str, item: Item | None) -> str:
    """The beginning of a form's keys: after any change of the rules it starts afresh."""
    return f"{part}_{app.office.book.rules().version}_{item.id if item else 'new'}"


def new_id() -> str:
    """A random id for a new entry; kept while its form is open is not needed."""
    return secrets.token_hex(6)


def buttons(
    app: System, key: str, changed: Sequence[Item], known: Item | None, removable: bool = True
) -> None:
    """Save, show what saving would change, and remove."""
    with st.container(horizontal=True):
        save = st.button(
            "Save" if known else "Add", icon=":material/save:", type="primary", key=f"{key}_save"
        )
        preview = st.button(
            "Show what would change", icon=":material/compare_arrows:", key=f"{key}_preview",
            help="Whose status last month and this month would be another one.",
        )  # fmt: skip
        remove = (
            known is not None
            and removable
            and st.button("Remove", icon=":material/delete:", key=f"{key}_remove")
        )
    if save:
        _apply(lambda: app.office.rules.save(*changed), "Saved.")
    elif remove and known is not None:
        item = known
        _apply(lambda: app.office.rules.remove(item), "Removed.")
    elif preview:
        _preview(app, changed)


def _apply(work: Callable[[], None], done: str) -> None:
    require(Right.RULES)
    if refused(work):
        return
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


# --- preview -----------------------------------------------------------------


def _preview(app: System, changed: Sequence[Item]) -> None:
    first, last = preview_span(app.office.book.today())
    found: list[StatusChange] = []

    def work() -> None:
        found.extend(app.office.rules.preview(changed, first, last))

    with st.spinner("Judging the days anew …"):
        if refused(work):
            return
    if not found:
        st.success(
            f"Nobody's status would change in {words(first, last)}.", icon=":material/check:"
        )
        return
    people = len({change.person.subject for change in found})
    st.info(
        f"{counted(len(found), 'day')} of {counted(people, 'person', 'people')} would change in "
        f"{words(first, last)}. Nothing is saved yet.",
        icon=":material/compare_arrows:",
    )
    _changes(found)


def _changes(found: Sequence[StatusChange]) -> None:
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
    """From the first of last month to yesterday."""
    start = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return start, max(start, today - timedelta(days=1))
