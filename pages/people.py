"""People: find somebody, look at them, change them; register many from one ZIP file."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Consent, Person, life_words
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.explore.kept_filters import Dates, Field, asked_for, fill, filter_bar, texts
from pages.ui.frame.identity import Right, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.navigation import go_button, link, next_step, open_button
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import show_job
from pages.ui.people.badges import badges_progress
from pages.ui.people.erasing import certificate_of
from pages.ui.people.list_file import list_button
from pages.ui.people.list_view import people_table
from pages.ui.people.list_work import list_progress
from pages.ui.people.profile import profile
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.photos import photo
from pages.ui.shared.template_state import outdated
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import avatar, empty_state

identity = require(Page.PEOPLE.right)

PAGE = 24
JOB = "import"
_PAGE = "people"
_VIEWS = ["Cards", "Table"]
_OUTCOMES = {
    ImportOutcome.ADDED: "Registered",
    ImportOutcome.EXTENDED: "Photos added",
    ImportOutcome.UNCHANGED: "Already there",
    ImportOutcome.UNDECIDED: "To decide",
    ImportOutcome.REFUSED: "Refused",
}


def people_list(app: RegistrarFacade) -> None:
    """Search field, groups and the cards of those found."""
    index = people_index(app.people)
    if not index.cards:
        _nobody()
        return
    _undecided(index)
    _self_enrolled(app)
    asked = asked_for(_PAGE, app.views, identity)
    if asked is not None:
        fill(_fields(index), asked)
    found = _search(index)
    filter_bar(_PAGE, app.views, identity, _fields(index))
    if _as_table(index, found) and found:
        people_table(app, identity, found)
    elif found:
        _cards(app, found)
    else:
        empty_state("search_off", "Nobody found", "Try fewer letters, or another group.")


def _fields(index: Index) -> tuple[Field | Dates, ...]:
    """What is chosen, as filters keep it."""
    return (
        Field("group", "people_group", texts(index.groups)),
        Field("view", "people_view", texts(_VIEWS)),
    )


def _as_table(index: Index, found: Sequence[Person]) -> bool:
    """How many there are, and how they are to be shown."""
    of_all = f" of {len(index.cards):,}" if len(found) != len(index.cards) else ""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption(counted(len(found), "person", "people") + of_all, width="content")
        view = st.segmented_control(
            "View", _VIEWS, default=_VIEWS[0], required=True, key="people_view",
            label_visibility="collapsed",
        )  # fmt: skip
    return view == "Table"


_UNDECIDED_SHOWN = 5


def _undecided(index: Index) -> None:
    """Those whom an import kept because they look like somebody registered."""
    waiting = index.undecided
    if not waiting or not identity.may(Right.PEOPLE_WRITE):
        return
    st.warning(
        f"{counted(len(waiting), 'imported person', 'imported people')} looked like somebody "
        "registered already. Decide whether they are the same; until then they are not "
        "recognised.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        for person in waiting[:_UNDECIDED_SHOWN]:
            key = f"decide_{person.subject}"
            open_button(Page.PEOPLE, plain(person.name), key, person=person.subject)


def _self_enrolled(app: RegistrarFacade) -> None:
    """Those who have registered on their own phone."""
    count = app.self_enrolled() if identity.may(Right.PEOPLE_WRITE) else 0
    if count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                f"{counted(count, 'person has', 'people have')} registered on their phone and "
                "wait for approval.", icon=":material/how_to_reg:",
            )  # fmt: skip
            open_button(Page.INVITATIONS, "Look at the photos", "people_self_enrolled")


def _nobody() -> None:
    text = "Register the first person with the camera, or import a ZIP file of photos."
    empty_state("group_add", "Nobody is registered yet", text)
    next_step(Page.REGISTER, "Register a person")


def _search(index: Index) -> list[Person]:
    left, right = st.columns([2.4, 1], gap="small")
    text = left.text_input(
        "Search",
        placeholder="Name, ID, group or e-mail",
        icon=":material/search:",
        label_visibility="collapsed",
        key="people_search",
        live=True,
    )
    group = right.selectbox(
        "Group",
        index.groups,
        index=None,
        placeholder="All groups",
        label_visibility="collapsed",
        key="people_group",
        disabled=not index.groups,
    )
    return index.find(text or "", group)


def _cards(app: RegistrarFacade, found: Sequence[Person]) -> None:
    pages = -(-len(found) // PAGE)
    place = st.container(key="people_cards")
    number = _page_number(pages)
    grid = place.grid(3, min_column_width=280, gap="small")
    for person in found[(number - 1) * PAGE : number * PAGE]:
        with grid.container(border=True, height="stretch"):
            _card(app, person)


def _page_number(pages: int) -> int:
    if pages == 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"people_page_{pages}"))


def _card(app: RegistrarFacade, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        avatar(photo(app.pictures, person.photo), person.name)
        with st.container(gap=None, width="stretch"):
            key = f"open_{person.subject}"
            open_button(Page.PEOPLE, plain(person.name), key, person=person.subject)
            st.caption(" · ".join(plain(part) for part in (person.id, person.group) if part))
            _badges(app, person)


def _badges(app: RegistrarFacade, person: Person) -> None:
    if person.resembles:
        st.badge("To decide", color="orange", help="Looks like somebody registered already.")
    elif not person.active:
        st.badge("Deactivated", color="gray")
    elif not person.templates:
        st.badge("No photos", color="orange")
    elif person.weak:
        st.badge("Better photo needed", color="orange", help="The face in the photos is small.")
    elif person.doubted:
        st.badge("Liveness in doubt", color="orange", help=life_words(person.life))
    elif outdated(app.models, person):
        st.badge("New photos needed", color="orange", help="Enrolled with another model.")


# --- many people from one ZIP file


def import_button(app: RegistrarFacade) -> None:
    """Opens the dialog."""
    if st.button("Import", icon=":material/upload_file:", key="import_open"):
        _import_dialog(app)


def import_progress() -> None:
    """A running import, or the report of the last one."""
    show_job(JOB, Right.PEOPLE_READ, _amount, _import_report)


@dialog(
    "Import people from a ZIP file", Right.PEOPLE_WRITE, width="medium",
    icon=":material/upload_file:",
)  # fmt: skip
def _import_dialog(app: RegistrarFacade) -> None:
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
            importer = Importer(app.people, app.enrolment)
            work = partial(importer.run_zip, file.getvalue(), consent)
            JOBS.start(JOB, f"Importing {file.name}", work, permit(Right.PEOPLE_WRITE))
            st.rerun()


def _amount(job: Job) -> str:
    if not job.total:
        return "reading the file …"
    return f"{job.done:,} of {counted(job.total, 'person', 'people')}"


def _import_report(job: Job) -> None:
    report = job.result
    if not isinstance(report, ImportReport):
        return
    counts = [f"{report.count(outcome):,} {word.lower()}" for outcome, word in _OUTCOMES.items()]
    photos = f"photos: {report.photos_accepted:,} accepted, {report.photos_refused:,} refused"
    with st.container(border=True):
        st.subheader("Import finished", anchor=False)
        st.caption(f"People: {', '.join(counts)}; {photos}.")
        table = _report_table(report)
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


def _report_table(report: ImportReport) -> pd.DataFrame:
    """A line a person, and one for each refused photo; what was refused stands first."""
    lines = []
    for person in report.people:
        refused = person.outcome in {ImportOutcome.REFUSED, ImportOutcome.UNDECIDED}
        lines.append((not refused, person.id, _OUTCOMES[person.outcome], "", person.reason))
        lines += [
            (False, person.id, "Photo refused", photo.file, photo.reason)
            for photo in person.photos
            if not photo.accepted
        ]
    rows = [line[1:] for line in sorted(lines, key=lambda line: line[0])]
    return pd.DataFrame(rows, columns=["ID", "Result", "Photo", "Reason"])


subject = st.query_params.get("person")

with page(Page.PEOPLE, "Everybody who can be recognised.") as actions:
    certificate_of(RegistrarFacade.current().privacy)
    badges_progress()
    if subject:
        profile(RegistrarFacade.current(), identity, subject)
    else:
        if identity.may(Right.PEOPLE_WRITE):
            with actions:
                import_button(RegistrarFacade.current())
                list_button(RegistrarFacade.current())
                go_button(Page.REGISTER, "Register", key="people_register")
            import_progress()
            list_progress(RegistrarFacade.current())
        people_list(RegistrarFacade.current())
