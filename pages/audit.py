"""Audit: who did what, when, from where, and what was before and after."""

from collections import Counter
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from face_rec.access.audit.audit import Action, AuditEntry, details, matching
from face_rec.access.pages import Page
from face_rec.attendance.reports.spreadsheets import neutralised
from face_rec.facades.access import AccessFacade
from face_rec.formulas import BOM
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, require
from pages.ui.frame.page import page
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, said, said_many

require(Page.AUDIT.right)

AMOUNTS = (500, 5000, 50_000)
FAMILIES = sorted({action.value.partition(".")[0] for action in Action})


COLUMNS = (
    msgid("Time"), msgid("Who"), msgid("As"), pgettext("address", "From"), msgid("What"),
    msgid("On"), msgid("Before and after"),
)  # fmt: skip
"""Of the file, in English for programs; on the screen they are said."""
DONE, REFUSED = msgid("What was done"), msgid("Refused tries")


def _newest(number: int) -> str:
    return said("newest {number}", number=formats().number(number))


def draw(app: AccessFacade) -> None:
    shown = st.segmented_control(
        said("Show"), [DONE, REFUSED], default=DONE, required=True, format_func=said,
        label_visibility="collapsed",
    )  # fmt: skip
    if shown == REFUSED:
        _counts(app)
    left, middle, right = st.columns([2.4, 1.4, 1.2])
    words = left.text_input(
        said("Search"),
        placeholder=said("Account, address, ID …"),
        icon=":material/search:",
        live=True,
    )
    family = middle.selectbox(said("What"), FAMILIES, index=None, placeholder=said("Everything"))
    amount = right.selectbox(said("Look at"), AMOUNTS, format_func=_newest)
    asked = partial(_asked, app, shown == REFUSED, amount, words or "", family or "")
    table = asked()
    if table.empty:
        empty_state(
            "search_off", said("Nothing found"), said("Try other words, or look further back.")
        )
        return
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(
            said_many(
                "{count} entry · times in {zone}",
                "{count} entries · times in {zone}",
                len(table),
                zone=app.site.timezone.key,
            )
        )
        st.download_button(
            said("Download CSV"),
            data=noted(Right.AUDIT, "audit log", lambda: _csv(asked())),
            file_name="audit.csv", mime="text/csv", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    table.columns = pd.Index(list(map(said, COLUMNS)))
    st.dataframe(table, hide_index=True, width="stretch", height=min(620, 38 + 35 * len(table)))


def _asked(app: AccessFacade, refused: bool, amount: int, words: str, family: str) -> pd.DataFrame:
    entries = app.audit.refused(amount) if refused else app.audit.newest(amount)
    return _table(app, matching(entries, words, family))


def _counts(app: AccessFacade) -> None:
    """How many, also of those that are not written down one by one."""
    found = app.audit.refusals()
    by_day = Counter[date]()
    for one in found:
        by_day[one.day] += one.count
    days = " · ".join(
        f"{formats().day(day)}: {formats().number(count)}"
        for day, count in list(by_day.items())[:7]
    )
    st.caption(
        said(
            "Sign-ins and PINs that were refused, by day (UTC): {days}. All in all {all}. Of many "
            "in one minute only the first 60 are listed below.",
            days=days or said("none"),
            all=formats().number(sum(by_day.values())),
        )
    )


def _table(app: AccessFacade, entries: list[AuditEntry]) -> pd.DataFrame:
    rows = [
        (f"{e.at.astimezone(app.site.timezone):%Y-%m-%d %H:%M:%S}", e.who, e.kind, e.address,
         e.action, e.target, details(e))
        for e in entries
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def _csv(table: pd.DataFrame) -> bytes:
    text = neutralised(table).to_csv(index=False, lineterminator="\r\n")
    return (BOM + text).encode()


with page(Page.AUDIT, said("Who did what, when and from where.")):
    draw(AccessFacade.current())
