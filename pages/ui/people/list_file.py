"""A list of people from a file: what it would change is shown, then carried out."""

from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.people import Consent
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.imports.collection import MOST_TABLE_BYTES
from face_rec.people.lists import list_plan, people_file
from face_rec.people.lists.list_plan import Doing, ListPlan, Step
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.people.list_work import WORDS, begin, counted
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said

_SHOWN: Final = 200
_SEEN: Final = "list_seen"


def list_button(app: RegistrarFacade) -> None:
    """Opens the dialog."""
    if st.button(said("Import list"), icon=":material/table_rows:", key="list_open"):
        _dialog(app)


@dialog(
    msgid("People from a list, without photos"), Right.PEOPLE_WRITE, width="large",
    icon=":material/table_rows:",
)  # fmt: skip
def _dialog(app: RegistrarFacade) -> None:
    with guarded("people.list"):
        st.markdown(
            said(
                "A CSV file whose first line names its columns: `id`, and any of `name`, "
                "`group`, `email`, `active` (yes or no). Who is registered is changed as "
                "the file says; a column that is not there changes nothing; who is not "
                "in the file stays as they are. *CSV* over the table gives such a file."
            )
        )
        file = st.file_uploader(
            said("CSV file"), type=["csv"], key="list_csv", max_upload_size=MOST_TABLE_BYTES >> 20
        )
        if file is None:
            return
        try:
            lines = people_file.read(file.getvalue())
        except ArchiveRefused as error:
            st.error(plain(in_words(error.said)), icon=":material/error:")
            return
        plan = list_plan.of_lines(lines, app.people.everybody().people)
        _preview(plan)
        _carry_out(app, plan, file)


def _preview(plan: ListPlan) -> None:
    st.markdown(said("**{counts}** Nothing is changed yet.", counts=counted(plan.count)))
    order = (Doing.REFUSED, Doing.CHANGED, Doing.NEW)
    steps = [step for doing in order for step in plan.steps if step.doing is doing]
    if not steps:
        return
    rows = [(said(WORDS[step.doing]), step.id, _what(step)) for step in steps[:_SHOWN]]
    st.dataframe(
        pd.DataFrame(rows, columns=[said("What"), said("ID"), said("Details")]),
        hide_index=True, height=min(320, 38 + 35 * len(rows)),
        alt=said("What the list would change"),
        column_config={
            said("What"): st.column_config.TextColumn(width=100),
            said("ID"): st.column_config.TextColumn(width=140),
        },
    )  # fmt: skip
    if len(steps) > _SHOWN:
        st.caption(
            said(
                "The first {shown} of {number}.", shown=_SHOWN, number=formats().number(len(steps))
            )
        )


def _what(step: Step) -> str:
    if step.reason:
        return in_words(step.reason)
    if step.person is None and step.wanted is not None:
        new = step.wanted
        return " · ".join(part for part in (new.name, new.group, new.email) if part)
    return "; ".join(
        f"{in_words(field)}: {_shown(field, old)} → {_shown(field, new)}"
        for field, old, new in step.changes()
    )


def _shown(field: str, value: str) -> str:
    """As it stands in a file; whether somebody is active is said."""
    return in_words(value) if field == "active" else value or "–"


def _carry_out(app: RegistrarFacade, plan: ListPlan, file: UploadedFile) -> None:
    """What is carried out is what was shown: whoever was changed or erased since is shown anew."""
    seen, agreed = st.session_state.get(_SEEN), False
    st.session_state[_SEEN] = (file.file_id, plan.seen)
    if plan.count(Doing.NEW):
        st.caption(app.site.consent_text)
        agreed = st.checkbox(
            said("Everybody who is new in this file has agreed to this."),
            key=f"list_consent_{file.file_id}",
            help=said(
                "Without it they can be marked by hand and by PIN only; no photo of them is "
                "taken until their consent is noted under Privacy."
            ),
        )  # fmt: skip
    if st.button(said("Carry out"), type="primary", key="list_go", disabled=not plan.changing):
        if seen != (file.file_id, plan.seen):
            st.warning(
                said(
                    "Some of these people were changed since this was shown. Look at it "
                    "again, then press once more."
                ),
                icon=":material/warning:",
            )
            return
        text, version = app.site.consent_text, app.site.consent_version
        consent = Consent(text, version, app.clock.now()) if agreed else None
        begin(app, sentence("People of {name}", name=file.name), plan, consent)
