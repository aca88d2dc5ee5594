"""Audit: who did what, when, from where, and what was before and after."""

import pandas as pd
import streamlit as st

from face_rec.access.audit import Action, AuditEntry, details, matching
from face_rec.attendance.csv_export import neutralised
from face_rec.system import System
from pages.ui.context import system
from pages.ui.exports import noted
from pages.ui.identity import Right, require
from pages.ui.navigation import AUDIT
from pages.ui.page import page
from pages.ui.text import counted
from pages.ui.widgets import empty_state

require(Right.AUDIT)

AMOUNTS = {500: "newest 500", 5000: "newest 5,000", 50_000: "newest 50,000"}
FAMILIES = sorted({action.value.partition(".")[0] for action in Action})


def draw(app: System) -> None:
    left, middle, right = st.columns([2.4, 1.4, 1.2])
    words = left.text_input(
        "Search", placeholder="Account, address, ID …", icon=":material/search:", live=True
    )
    family = middle.selectbox("What", FAMILIES, index=None, placeholder="Everything")
    amount = right.selectbox("Look at", list(AMOUNTS), format_func=lambda n: AMOUNTS[n])
    table = _table(app, matching(app.access.audit.newest(amount), words or "", family or ""))
    if table.empty:
        empty_state("search_off", "Nothing found", "Try other words, or look further back.")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(f"{counted(len(table), 'entry', 'entries')} · times in {app.site.timezone.key}")
        st.download_button(
            "Download CSV", data=noted(Right.AUDIT, "audit log", lambda: _csv(table)),
            file_name="audit.csv", mime="text/csv", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    st.dataframe(table, hide_index=True, width="stretch", height=620)


def _table(app: System, entries: list[AuditEntry]) -> pd.DataFrame:
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


with page(AUDIT, "Who did what, when and from where."):
    draw(system())
