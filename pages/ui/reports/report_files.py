"""A report as CSV, XLSX or PDF. A short one is made while the browser waits, a long one as
work with progress.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.attendance.reports.report import Report
from face_rec.attendance.reports.reports import LONG, Wanted, make, written
from face_rec.attendance.reports.wording import Wording
from face_rec.domain.errors import NotAllowed
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.sentence import sentence
from face_rec.protocols.models import Progress
from pages.ui.frame.exports import OVER, is_over, noted
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job, MadeFile
from pages.ui.frame.progress import show_job
from pages.ui.shared.words import formats, said, said_many, words

# Reports, kept while nothing that they depend on has changed.


def made(app: AttendanceFacade, wanted: Wanted) -> Report:
    """The report; not to be changed. Raises AttendanceError, StoreUnavailable."""

    def report() -> Report:
        place = st.empty()
        try:
            with st.spinner(said("Making the report …")):
                return make(app.service.timesheets, wanted, telling(place))
        finally:
            place.empty()

    return _kept(app, wanted, report)


def _kept(app: AttendanceFacade, wanted: Wanted, report: Callable[[], Report]) -> Report:
    return app.service.answers.of_days("report", wanted.first, wanted.last, wanted, report)


def _file(app: AttendanceFacade, wanted: Wanted, suffix: str, wording: Wording) -> bytes:
    report = _kept(app, wanted, partial(make, app.service.timesheets, wanted))
    return written(report, suffix, wording=wording)


def telling(place: DeltaGenerator) -> Progress:
    """Shows there how far a report is that takes long. Whoever goes elsewhere on the page ends
    it."""
    began = time.monotonic()

    def told(done: int, total: int) -> None:
        if time.monotonic() - began > _PATIENCE:
            place.progress(min(1.0, done / total))

    return told


_PATIENCE: Final = 1.0
"""Seconds after which somebody likes to know how long it will take."""
_MIMES: Final = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}


def files(app: AttendanceFacade, wanted: Wanted, report: Report, since: int) -> None:
    """The three buttons. ``since``: the moment before the report was made."""
    for suffix in _MIMES:
        if report.frame.size > LONG[suffix]:
            _long(wanted, report, suffix, since)
        else:
            _button(wanted, suffix, partial(_file, app, wanted, suffix, Wording(words())))


def name_of(wanted: Wanted, suffix: str) -> str:
    """What the file is called."""
    return f"{wanted.name}_{wanted.first}_{wanted.last}{suffix}"


def _button(wanted: Wanted, suffix: str, make: partial[bytes]) -> None:
    st.download_button(
        suffix[1:].upper(),
        data=noted(Right.RECORDS, name_of(wanted, suffix), make),
        file_name=name_of(wanted, suffix),
        mime=_MIMES[suffix],
        icon=":material/download:",
        on_click="ignore",
        key=f"file{suffix}_{hash(wanted)}",
    )


def _long(wanted: Wanted, report: Report, suffix: str, since: int) -> None:
    kind = f"report{suffix}_{hash(wanted)}"
    job = _there(kind)
    if job is not None:
        with st.container(width=260):
            show_job(
                kind, Right.RECORDS, _amount, partial(_ready, wanted, suffix, kind),
                stops=said("There is no file."),
            )  # fmt: skip
        return
    form = suffix[1:].upper()
    if st.button(said("Make {format} …", format=form), icon=":material/description:", key=kind):
        title = sentence("{report} as {format}", report=report.title, format=form)
        groups, wording = wanted.filters.groups, Wording(words())

        def work(progress: Progress) -> MadeFile:
            data = written(report, suffix, progress, wording=wording)
            return MadeFile(data, since, groups)

        JOBS.start(kind, title, work, permit(Right.RECORDS))
        st.rerun()


def _there(kind: str) -> Job | None:
    """What is made or was; but a file that somebody is in who has gone since is put away."""
    job = JOBS.get(kind)
    file = job.result if job is not None else None
    if isinstance(file, MadeFile) and is_over(file.since, file.groups):
        JOBS.forget(kind)
    return JOBS.get(kind)


def _amount(job: Job) -> str:
    if not job.total:
        return said("beginning …")
    done = formats().number(job.done)
    return said_many("{done} of {count} row", "{done} of {count} rows", job.total, done=done)


def _data(kind: str, number: int) -> bytes:
    file = JOBS.made(kind, number, MadeFile)
    if file is None:
        raise NotAllowed(OVER)
    return file.data


def _ready(wanted: Wanted, suffix: str, kind: str, job: Job) -> None:
    file = job.result
    if not isinstance(file, MadeFile):
        return
    st.download_button(
        said("Download {format}", format=suffix[1:].upper()),
        data=noted(
            Right.RECORDS,
            name_of(wanted, suffix),
            partial(_data, kind, job.number),
            since=file.since,
        ),
        file_name=name_of(wanted, suffix),
        mime=_MIMES[suffix],
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key=f"ready{suffix}_{hash(wanted)}",
    )
