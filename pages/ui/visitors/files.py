"""Visits as a table that leaves the app."""

from collections.abc import Sequence

import streamlit as st

from face_rec.facades.visitors import VisitorsFacade
from face_rec.visitors.desk import Listed
from face_rec.visitors.table import csv_of
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right
from pages.ui.shared.words import said

_COLUMNS = (
    "name", "company", "host_id", "host", "purpose", "from", "until", "came", "left",
    "agreed", "text_version",
)  # fmt: skip


def visits_file(app: VisitorsFacade, found: Sequence[Listed]) -> None:
    """All that are listed, whatever stage they are at; times in the site's zone."""
    zone = app.site.timezone
    rows = []
    for one in found:
        visit, guest, host = one.visit, one.guest, one.host
        moments = (visit.begins, visit.until, visit.came_at, visit.left_at, visit.agreed_at)
        told = [at.astimezone(zone).isoformat(timespec="seconds") if at else "" for at in moments]
        rows.append(
            (guest.name, guest.company, host.id if host else "", host.name if host else "",
             guest.purpose, *told, visit.text_version)
        )  # fmt: skip
    st.download_button(
        said("Visits (CSV)"),
        noted(Right.VISITORS_SEE, "visitors", lambda: csv_of(_COLUMNS, rows)),
        file_name="visits.csv", mime="text/csv", icon=":material/download:", key="visits_csv",
        disabled=not rows,
    )  # fmt: skip
