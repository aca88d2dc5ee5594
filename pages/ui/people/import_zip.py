"""Many people from one ZIP file: the dialog, how far it is, and what became of it."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Consent
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job, Work
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import of_people, show_job
from pages.ui.shared.words import formats, in_words, said

JOB: Final = "import"
_OUTCOMES: Final = {
    ImportOutcome.ADDED: msgid("Registered"),
    ImportOutcome.EXTENDED: msgid("Photos added"),
    ImportOutcome.UNCHANGED: msgid("Already there"),
    ImportOutcome.UNDECIDED: msgid("To decide"),
    ImportOutcome.REFUSED: msgid("Refused"),
}


def import_button(app: RegistrarFacade) -> None:
    """Opens the dialog."""
    if st.button(said("Import"), icon=":material/upload_file:", key="import_open"):
        _import_dialog(app)


def import_progress() -> None:
    """A running import, or the report of the last one."""
    show_job(JOB, Right.PEOPLE_READ, _amount, _import_report)


@dialog(
    msgid("Import people from a ZIP file"), Right.PEOPLE_WRITE, width="medium",
    icon=":material/upload_file:",
)  # fmt: skip
def _import_dialog(app: RegistrarFacade) -> None:
    with guarded("people.import"):
        if app.models.current() is None:
            st.info(said("Install a recognition model first."), icon=":material/info:")
            link(Page.MODELS)
            return
        st.markdown(
            said(
                "One folder a person, named with their ID, with photos in it. An "
                "optional `people.csv` beside the folders gives `id`, `name`, `group` "
                "and `email`. Who is registered already is left alone."
            )
        )
        file = st.file_uploader(
            said("ZIP file"), type=["zip"], key="people_zip", max_upload_size=LARGEST_MB
        )
        st.caption(app.site.consent_text)
        agreed = st.checkbox(
            said("Everybody in this file has agreed to this."), key="people_consent"
        )
        ready = file is not None and agreed
        pressed = st.button(said("Import"), type="primary", disabled=not ready, key="import_go")
        if pressed and file is not None and agreed:  # a button may be pressed by hand-made message
            consent = Consent(app.site.consent_text, app.site.consent_version, app.clock.now())
            importer = Importer(app.people, app.enrolment)
            _begin(file.name, partial(importer.run_zip, file.getvalue(), consent))


def _begin(name: str, work: Work) -> None:
    """In the background, unless another import is running: then that is said, for what was chosen
    here is no part of it."""
    mine = permit(Right.PEOPLE_WRITE)
    job = JOBS.start(JOB, sentence("Importing {name}", name=name), work, mine)
    if job.permit is not mine:
        st.error(
            said("Another import is running. Wait until it is done, then press again."),
            icon=":material/error:",
        )
        return
    st.rerun()


def _amount(job: Job) -> str:
    return of_people(job) if job.total else said("reading the file …")


def _import_report(job: Job) -> None:
    report = job.result
    if not isinstance(report, ImportReport):
        return
    with st.container(border=True):
        st.subheader(said("Import finished"), anchor=False)
        st.caption(_counted(report))
        table = _report_table(report)
        st.dataframe(
            table,
            column_config={
                said("ID"): st.column_config.TextColumn(width=150),
                said("Result"): st.column_config.TextColumn(width=120),
                said("Photo"): st.column_config.TextColumn(width=220),
                said("Reason"): st.column_config.TextColumn(width=560),
            },
            hide_index=True,
            height=min(400, 38 + 35 * len(table)),
            alt=said("Import report"),
        )


def _counted(report: ImportReport) -> str:
    number = formats().number
    return said(
        "People: {added} registered, {extended} photos added, {unchanged} already there, "
        "{undecided} to decide, {refused} refused; photos: {taken} accepted, {left_out} refused.",
        taken=number(report.photos_accepted), left_out=number(report.photos_refused),
        **{outcome.name.lower(): number(report.count(outcome)) for outcome in _OUTCOMES},
    )  # fmt: skip


def _report_table(report: ImportReport) -> pd.DataFrame:
    """A line a person, and one for each refused photo; what was refused stands first."""
    lines = []
    for person in report.people:
        refused = person.outcome in {ImportOutcome.REFUSED, ImportOutcome.UNDECIDED}
        lines.append(
            (not refused, person.id, said(_OUTCOMES[person.outcome]), "", in_words(person.reason))
        )
        lines += [
            (False, person.id, said("Photo refused"), photo.file, in_words(photo.reason))
            for photo in person.photos
            if not photo.accepted
        ]
    rows = [line[1:] for line in sorted(lines, key=lambda line: line[0])]
    return pd.DataFrame(rows, columns=[said("ID"), said("Result"), said("Photo"), said("Reason")])
