"""Audit: who did what, when, from where, and what was before and after."""

from collections import Counter
from datetime import date

import pandas as pd
import streamlit as st

from face_rec.access.audit.audit import Action, AuditEntry, details, matching
from face_rec.access.pages import Page
from face_rec.attendance.reports.spreadsheets import neutralised
from face_rec.facades.access import AccessFacade
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, require
from pages.ui.frame.page import page
from pages.ui.shared.text import counted
from pages.ui.shared.widgets import empty_state

require(Page.AUDIT.right)

AMOUNTS = {500: "newest 500", 5000: "newest 5,000", 50_000: "newest 50,000"}
FAMILIES = sorted({action.value.partition(".")[0] for action in Action})


DONE, REFUSED = "What was done", "Refused tries"


def draw(app: AccessFacade) -> None:
    shown = st.segmented_control(
        "Show", [DONE, REFUSED], default=DONE, required=True, label_visibility="collapsed"
    )
    if shown == REFUSED:
        _counts(app)
    left, middle, right = st.columns([2.4, 1.4, 1.2])
    words = left.text_input(
        "Search", placeholder="Account, address, ID …", icon=":material/search:", live=True
    )
    family = middle.selectbox("What", FAMILIES, index=None, placeholder="Everything")
    amount = right.selectbox("Look at", list(AMOUNTS), format_func=lambda n: AMOUNTS[n])
    log = app.access.audit
    entries = log.refused(amount) if shown == REFUSED else log.newest(amount)
    table = _table(app, matching(entries, words or "", family or ""))
    if table.empty:
        empty_state("search_off", "Nothing found", "Try other words, or look further back.")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(f"{counted(len(table), 'entry', 'entries')} · times in {app.site.timezone.key}")
        st.download_button(
            "Download CSV", data=noted(Right.AUDIT, "audit log", lambda: _csv(table)),
            file_name="audit.csv", mime="text/csv", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    st.dataframe(table, hide_index=True, width="stretch", height=min(620, 38 + 35 * len(table)))


def _counts(app: AccessFacade) -> None:
    """How many, also of those that are not written down one by one."""
    found = app.access.audit.refusals()
    by_day = Counter[date]()
    for one in found:
        by_day[one.day] += one.count
    days = " · ".join(f"{day:%d %b %Y}: {count:,}" for day, count in list(by_day.items())[:7])
    st.caption(
        f"Sign-ins and PINs that were refused, by day (UTC): {days or 'none'}. All in all "
        f"{sum(by_day.values()):,}. Of many in one minute only the first 60 are listed below."
    )


def _table(app: AccessFacade, entries: list[AuditEntry]) -> pd.DataFrame:
    rows = [
        (f"{e.at.astimezone(app.site.timezone):%Y-%m-%d %H:%M:%S}", e.who, e.kind, e.address,
         e.action, e.target, details(e))
        for e in entries
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["Time", "Who", "As", "From", "What", "On", "Before and after"], dtype="str"
    )


def _csv(table: pd.DataFrame) -> bytes:
    text = neutralised(table).to_csv(index=False, lineterminator="\r\n")
    return ("\ufeff" + text).encode()


with page(Page.AUDIT, "Who did what, when and from where."):
    draw(AccessFacade.current())
