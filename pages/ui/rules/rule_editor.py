"""What the parts of the settings share: a list to choose from, and the buttons below a form."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

import pandas as pd
import streamlit as st

from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.rules import Item, Limits
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.terms.status import StatusChange
from face_rec.domain.errors import RuleRefused
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.rules.holds_from import Since, preview_span, show_changes, since_of
from pages.ui.rules.rules_begun import begin_anew, begun
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import in_words, said

_DATED: Final = (Shift, Assignment, Limits)
"""Kinds whose changes hold from a day on."""


def _since(app: AttendanceFacade, key: str, known: Item | None) -> Since:
    """Asked where a stored entry changes."""
    if not isinstance(known, _DATED):
        return Since(None)
    planned = None if isinstance(known, Assignment) else known.valid_from
    return since_of(app.service.timesheets.today(), key, planned)


T = TypeVar("T", bound=Item)


def chosen_of(
    items: Sequence[T],
    row: Callable[[T], Mapping[str, object]],
    key: str,
    nothing: tuple[str, str, str],
) -> T | None:
    """The entries as a table, and the one that is chosen to be changed.

    ``nothing``: icon, title and text (marked with ``msgid``) while there is none.
    """
    if not items:
        icon, title, text = nothing
        empty_state(icon, in_words(title), in_words(text))
        return None
    frame = pd.DataFrame([row(item) for item in items])
    chosen = st.dataframe(
        frame,
        hide_index=True,
        height=min(380, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}_{hash(tuple(items))}",
        alt=in_words(nothing[1]),
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(items):
        return items[rows[0]]
    st.caption(said("Choose a row to change or remove it."))
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
    since = _since(app, key, known)
    with st.container(horizontal=True):
        label = (
            said("Save and rewrite the past")
            if since.rewrites
            else said("Save")
            if known
            else said("Add")
        )
        save = st.button(label, icon=":material/save:", type="primary", key=f"{key}_save")
        preview = st.button(
            said("Show what would change"), icon=":material/compare_arrows:", key=f"{key}_preview",
            help=said("Whose status last month and this month would be another one."),
        )  # fmt: skip
        remove = (
            known is not None
            and removable
            and st.button(said("Remove"), icon=":material/delete:", key=f"{key}_remove")
        )
    rules, start = app.service.rules, begun(app)
    if save:
        _apply(
            lambda: rules.save(*changed, authority=authority(), begun=start, since=since.day),
            said("Saved."),
        )
    elif remove and known is not None:
        item = known
        _apply(
            lambda: rules.remove(item, authority=authority(), begun=start, since=since.day),
            said("Removed."),
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
            st.error(plain(in_words(problem)), icon=":material/error:")
        return True
    return False


def _preview(app: AttendanceFacade, changed: Sequence[Item], since: date | None) -> None:
    first, last = preview_span(app.service.timesheets.today())
    found: list[StatusChange] = []

    def work() -> None:
        found.extend(app.service.rules.preview(changed, first, last, since))

    with st.spinner(said("Judging the days anew …")):
        if refused(work):
            return
    show_changes(found, first, last)
