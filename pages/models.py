"""Models: the pack in use, what its scores mean here, and packs to install."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.admin import AdminFacade
from face_rec.models.status import ModelState, ModelStatus
from pages.ui.frame.identity import Right, require
from pages.ui.frame.jobs import Job
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import Line, Tone, facts, state_list
from pages.ui.system import first_pack
from pages.ui.system.model_change import change_card
from pages.ui.system.model_packs import JOB, STOPS, amount, offers, other_packs, upload
from pages.ui.system.own_people import own_people

require(Page.MODELS.right)

_TONES = {
    ModelState.READY: (Tone.GOOD, "Ready"),
    ModelState.LOADING: (Tone.WARN, "Loading"),
    ModelState.MISSING: (Tone.BAD, "Not installed"),
    ModelState.FAILED: (Tone.BAD, "Cannot be loaded"),
}


_PROVIDERS = {
    "cpu": "CPU",
    "cuda": "NVIDIA GPU (CUDA)",
    "coreml": "Apple CoreML",
    "directml": "GPU (DirectML)",
}


@repeating(2, Right.MODELS)
def status_card(app: AdminFacade) -> None:
    """State, warnings and figures; follows a pack that is being loaded."""
    with guarded("models.status"), st.container(border=True):
        _card(app, app.models.status())


def _card(app: AdminFacade, status: ModelStatus) -> None:
    tone, word = _TONES[status.state]
    ready = status.state is ModelState.READY
    title = status.pack if ready else "Recognition model"
    state_list([Line(title, status.message, word, tone=tone)])
    if status.warning:
        st.warning(plain(status.warning), icon=":material/warning:")
    if ready:
        _too_many(app.gallery.templates, status)
        facts(_in_plain_words(app, status))
        _people_left_behind(app)
        with st.expander("Figures for experts", icon=":material/science:"):
            facts(_figures(app, status))


def _in_plain_words(app: AdminFacade, status: ModelStatus) -> list[tuple[str, str]]:
    rows = [("Runs on", _provider(status.provider))]
    if status.speed:
        rows.append(("Speed", str(status.speed)))
    rows += [
        ("Knows", f"{_people(app.gallery.people)} of this site"),
        ("Good for", f"up to {_largest(status)}"),
        ("Files", "not the official ones" if status.custom else "the official ones, verified"),
        (
            "Pictures of faces",
            "told from faces"
            if status.liveness
            else "not checked: no liveness models are installed (docs/liveness.md)",
        ),
    ]
    return rows


def _figures(app: AdminFacade, status: ModelStatus) -> list[tuple[str, str]]:
    rows = [
        ("Embedding", f"{status.dimension} numbers a face"),
        ("Contract", status.contract[:12]),
        ("Providers", ", ".join(_provider(name) for name in status.offered)),
    ]
    models = app.models.current()
    if models:
        photos = max(1, app.gallery.templates)
        calibration = models.calibration
        rows += [
            ("Least score", f"{calibration.threshold(photos):.3f} for {_photos(photos)}"),
            ("Least lead", f"{calibration.margin(photos):.3f} over the next person"),
        ]
    return rows


def _provider(name: str) -> str:
    return _PROVIDERS.get(name, name)


def _people(number: int) -> str:
    return counted(number, "person", "people")


def _largest(status: ModelStatus) -> str:
    basis = f" ({status.calibration})" if status.calibration else ""
    return f"{_photos(status.largest_gallery)}{basis}"


def _photos(number: int) -> str:
    return counted(number, "photo of people", "photos of people")


def _too_many(photos: int, status: ModelStatus) -> None:
    """Beyond the measured size the promise about strangers is an extrapolation."""
    if photos > status.largest_gallery:
        st.warning(
            f"{_photos(photos)} are enrolled, and this model's threshold was measured for up to "
            f"{status.largest_gallery:,}. It goes on rising with their number, but that a "
            "stranger is never named is no longer a measurement. Use a larger pack, or calibrate "
            "this one on your own faces.",
            icon=":material/warning:",
        )


def _people_left_behind(app: AdminFacade) -> None:
    missing = app.people.count() - app.gallery.people
    if missing > 0 and app.followed().ready:
        st.caption(
            f"{_people(missing)} cannot be recognised: deactivated, without photos, or not "
            "embedded with this model."
        )
        link(Page.PEOPLE)


def draw() -> None:
    app = AdminFacade.current()
    if first_pack.wanted(app):
        first_pack.choose(app)
        return
    status_card(app)
    change_card(app)
    own_people(app)
    busy = show_job(JOB, Right.MODELS, amount, _installed, stops=STOPS)
    st.subheader("Model packs", anchor=False)
    offers(app, busy)
    other_packs(app)
    with st.expander("Install from files", icon=":material/folder_zip:"):
        upload(app, busy)
    status = app.models.status()
    if status.state is ModelState.READY:
        said = f"{status.licence.text} {status.liveness}".strip()
        st.caption(f":material/gavel: {plain(said)}")


def _installed(job: Job) -> None:
    st.success(f"{plain(job.title)}: done.", icon=":material/check_circle:")


with page(Page.MODELS, "What finds and recognises faces."):
    draw()
