"""The table of marks of local days, made again only when a day has grown or people changed."""

from collections.abc import Hashable
from datetime import date

import pandas as pd
import streamlit as st

from face_rec.attendance.marks.effective_marks import bounds, utc_days
from face_rec.attendance.marks.records import marks_table
from face_rec.attendance.marks.visit import stays_of
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.shared.people_index import Index, people_index


def table_of(app: AttendanceFacade, first: date, last: date) -> pd.DataFrame:
    """The marks of local days that count, newest first, with names; not to be changed.

    Columns as in :mod:`face_rec.attendance.marks.records`; raises StoreUnavailable.
    """
    days = utc_days(*bounds(first, last, app.office.book.zone))
    index = people_index(app.people)
    stamp = (tuple(app.attendance.lengths(days)), index.revision, app.office.book.rules().version)
    return _table(app, index, (id(app.attendance), first, last, stamp))


@st.cache_resource(max_entries=8, show_spinner="Reading marks …")
def _table(
    _app: AttendanceFacade, _index: Index, asked: tuple[int, date, date, Hashable]
) -> pd.DataFrame:
    book, (_, first, last, _) = _app.office.book, asked
    stays = stays_of(book.rules().kiosks)
    return marks_table(book.marks(first, last), _index.by_subject, book.zone, stays)
