"""The table of marks of local days, made again only when a day has grown or people changed."""

from datetime import date

import pandas as pd
import streamlit as st

from face_rec.attendance.records import marks_table
from face_rec.attendance.standing import bounds, utc_days
from face_rec.system import System
from pages.ui.people_index import Index, people_index


def table_of(app: System, first: date, last: date) -> pd.DataFrame:
    """The marks of local days that count, newest first, with names; not to be changed.

    Columns as in :mod:`face_rec.attendance.records`; raises StoreUnavailable.
    """
    days = utc_days(*bounds(first, last, app.office.book.zone))
    lengths = tuple(app.attendance.lengths(days))
    index = people_index(app.people)
    return _table(app, index, id(app.attendance), first, last, lengths, index.revision)


@st.cache_resource(max_entries=8, show_spinner="Reading marks …")
def _table(
    _app: System,
    _index: Index,
    store_id: int,  # noqa: ARG001
    first: date,
    last: date,
    lengths: tuple[int, ...],  # noqa: ARG001
    revision: int,  # noqa: ARG001
) -> pd.DataFrame:
    book = _app.office.book
    return marks_table(book.marks(first, last), _index.by_subject, book.zone)
