"""Registering many people from one ZIP file."""

import io
from functools import partial

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Consent
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.imports import photo_archive
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport
from face_rec.protocols.models import Progress
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import counted

JOB = "import"
_WORDS = {
    ImportOutcome.ADDED: "Registered",
    ImportOutcome.EXTENDED: "Photos added",
    ImportOutcome.UNCHANGED: "Already there",
    ImportOutcome.REFUSED: "Refused",
}


def import_button(app: RegistrarFacade) -> None:
    """Opens the dialog."""
    if st.button("Import", icon=":material/upload_file:", key="import_open"):
        _dialog(app)


def import_progress() -> None:
    """A running import, or the report of the last one."""
    show_job(JOB, Right.PEOPLE_READ, _amount, _report)


@dialog(
    "Import people from a ZIP file", Right.PEOPLE_WRITE, width="medium",
    icon=":material/upload_file:",
)  # fmt: skip
def _dialog(app: RegistrarFacade) -> None:
    with guarded("people.import"):
        if app.models.current() is None:
            st.info("Install a recognition model first.", icon=":material/info:")
            link(Page.MODELS)
            return
        st.markdown(
            "One folder a person, named with their ID, with photos in it. An optional "
            "`people.csv` beside the folders gives `id`, `name`, `group` and `email`. "
            "Who is registered already is left alone."
        )
        file = st.file_uploader(
            "ZIP file", type=["zip"], key="people_zip", max_upload_size=LARGEST_MB
        )
        st.caption(app.site.consent_text)
        agreed = st.checkbox("Everybody in this file has agreed to this.", key="people_consent")
        ready = file is not None and agreed
        if st.button("Import", type="primary", disabled=not ready, key="import_go") and file:
            consent = Consent(app.site.consent_text, app.site.consent_version, app.clock.now())
            work = partial(_run, app, file.getvalue(), consent)
            JOBS.start(JOB, f"Importing {file.name}", work, permit(Right.PEOPLE_WRITE))
            st.rerun()


def _run(app: RegistrarFacade, data: bytes, consent: Consent, progress: Progress) -> ImportReport:
    with photo_archive.opened(io.BytesIO(data)) as collection:
        return Importer(app.people, app.enrolment).run(collection, consent, progress)


def _amount(job: Job) -> str:
    if not job.total:
        return "reading the file …"
    return f"{job.done:,} of {counted(job.total, 'person', 'people')}"


def _report(job: Job) -> None:
    report = job.result
    if not isinstance(report, ImportReport):
        return
    counts = [f"{report.count(outcome):,} {word.lower()}" for outcome, word in _WORDS.items()]
    photos = f"photos: {report.photos_accepted:,} accepted, {report.photos_refused:,} refused"
    with st.container(border=True):
        st.subheader("Import finished", anchor=False)
        st.caption(f"People: {', '.join(counts)}; {photos}.")
        table = _table(report)
        st.dataframe(
            table,
            column_config={
                "ID": st.column_config.TextColumn(width=150),
                "Result": st.column_config.TextColumn(width=120),
                "Photo": st.column_config.TextColumn(width=220),
                "Reason": st.column_config.TextColumn(width=560),
            },
            hide_index=True,
            height=min(400, 38 + 35 * len(table)),
            alt="Import report",
        )


def _table(report: ImportReport) -> pd.DataFrame:
    """A line a person, and one for each refused photo; what was refused stands first."""
    lines = []
    for person in report.people:
        refused = person.outcome is ImportOutcome.REFUSED
        lines.append((not refused, person.id, _WORDS[person.outcome], "", person.reason))
        lines += [
            (False, person.id, "Photo refused", photo.file, photo.reason)
            for photo in person.photos
            if not photo.accepted
        ]
    rows = [line[1:] for line in sorted(lines, key=lambda line: line[0])]
    return pd.DataFrame(rows, columns=["ID", "Result", "Photo", "Reason"])
