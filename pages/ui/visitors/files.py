"""Visits as a table that leaves the app."""

from datetime import tzinfo

import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.formulas import csv_of
from face_rec.visitors.desk import Listed
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Identity, Right
from pages.ui.shared.words import said

_COLUMNS = (
    "name", "company", "host_id", "host", "purpose", "from", "until", "came", "left",
    "agreed", "text_version",
)  # fmt: skip


def visits_file(app: VisitorsFacade, identity: Identity, *, some: bool) -> None:
    """All that are listed when it is taken, at whatever stage: it has nothing of who was erased
    since the page was drawn. ``some``: whether there are any."""
    desk, zone, groups = app.desk, app.site.timezone, identity.groups

    def made() -> bytes:
        return csv_of(_COLUMNS, [_row(one, zone) for one in desk.all(groups)])

    st.download_button(
        said("Visits (CSV)"), noted(Right.VISITORS_SEE, "visitors", made),
        file_name="visits.csv", mime="text/csv", icon=":material/download:", key="visits_csv",
        disabled=not some,
    )  # fmt: skip


def _row(one: Listed, zone: tzinfo) -> tuple[str, ...]:
    """Times in the site's zone."""
    visit, guest, host = one.visit, one.guest, one.host
    moments = (visit.begins, visit.until, visit.came_at, visit.left_at, visit.agreed_at)
    told = (at.astimezone(zone).isoformat(timespec="seconds") if at else "" for at in moments)
    return (
        guest.name, guest.company, host.id if host else "", host.name if host else "",
        guest.purpose, *told, visit.text_version,
    )  # fmt: skip
