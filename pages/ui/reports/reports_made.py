"""Reports, kept while nothing that they depend on has changed."""

from collections.abc import Hashable

import streamlit as st

from face_rec.attendance.reports.report import Report
from face_rec.attendance.reports.reports import Wanted, make
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.shared.today import stamp


def made(app: AttendanceFacade, wanted: Wanted) -> Report:
    """The report; not to be changed. Raises AttendanceError, StoreUnavailable."""
    return _made(app, id(app), wanted, stamp(app, wanted.first, wanted.last))


@st.cache_resource(max_entries=6, show_spinner="Making the report …")
def _made(
    _app: AttendanceFacade,
    system_id: int,  # noqa: ARG001
    wanted: Wanted,
    stamp: Hashable,  # noqa: ARG001
) -> Report:
    return make(_app.office.book, wanted)
