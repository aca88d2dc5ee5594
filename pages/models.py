"""Models: the pack in use, what its scores mean here, and packs to install."""

from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.models.terms.model_facts import Origin
from face_rec.models.terms.model_status import ModelState, ModelStatus
from pages.ui.frame.identity import Right, require
from pages.ui.frame.jobs import Job
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import Line, Tone, facts, state_list
from pages.ui.shared.words import formats, in_words, said, said_many
from pages.ui.system import first_pack
from pages.ui.system.model_change import change_card
from pages.ui.system.model_packs import JOB, STOPS, amount, offers, other_packs, upload
from pages.ui.system.own_people import own_people

require(Page.MODELS.right)

_TONES = {
    ModelState.READY: (Tone.GOOD, msgid("Ready")),
    ModelState.LOADING: (Tone.WARN, msgid("Loading")),
    ModelState.MISSING: (Tone.BAD, msgid("Not installed")),
    ModelState.FAILED: (Tone.BAD, msgid("Cannot be loaded")),
}


_ORIGINS: Final = {
    Origin.OWN: msgid("measured on your own people"),
    Origin.MEASURED: msgid("measured"),
    Origin.ESTIMATED: msgid("estimated"),
    Origin.UNKNOWN: msgid("unknown"),
}
_PROVIDERS: Final = {
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
    title = status.pack if ready else said("Recognition model")
    state_list([Line(title, in_words(status.message), said(word), tone=tone)])
    if status.warning:
        st.warning(plain(in_words(status.warning)), icon=":material/warning:")
    if ready:
        _too_many(app.gallery.templates, status)
        facts(_in_plain_words(app, status))
        _people_left_behind(app)
        with st.expander(said("Figures for experts"), icon=":material/science:"):
            facts(_figures(app, status))


def _in_plain_words(app: AdminFacade, status: ModelStatus) -> list[tuple[str, str]]:
    rows = [(said("Runs on"), _provider(status.provider))]
    if status.speed:
        rows.append((said("Speed"), in_words(status.speed.told())))
    rows += [
        (
            said("Knows"),
            said_many(
                "{count} person of this site", "{count} people of this site", app.gallery.people
            ),
        ),
        (said("Good for"), _largest(status)),
        (
            said("Files"),
            said("not the official ones")
            if status.custom
            else said("the official ones, verified"),
        ),
        (
            said("Pictures of faces"),
            said("told from faces")
            if status.liveness
            else said("not checked: no liveness models are installed (docs/liveness.md)"),
        ),
    ]
    return rows


def _figures(app: AdminFacade, status: ModelStatus) -> list[tuple[str, str]]:
    rows = [
        (
            said("Embedding"),
            said("{dimension} numbers a face", dimension=formats().number(status.dimension)),
        ),
        (said("Contract"), status.contract[:12]),
        (said("Providers"), ", ".join(_provider(name) for name in status.offered)),
    ]
    models = app.models.current()
    if models:
        photos = max(1, app.gallery.templates)
        calibration = models.calibration
        rows += [
            (
                said("Least score"),
                said_many(
                    "{score} for {count} photo of people",
                    "{score} for {count} photos of people",
                    photos,
                    score=formats().number(calibration.threshold(photos), 3),
                ),
            ),
            (
                said("Least lead"),
                said(
                    "{score} over the next person",
                    score=formats().number(calibration.margin(photos), 3),
                ),
            ),
        ]
    return rows


def _provider(name: str) -> str:
    return _PROVIDERS.get(name, name)


def _largest(status: ModelStatus) -> str:
    if not status.calibration:
        return said_many(
            "up to {count} photo of people",
            "up to {count} photos of people",
            status.largest_gallery,
        )
    return said_many(
        "up to {count} photo of people ({basis})",
        "up to {count} photos of people ({basis})",
        status.largest_gallery,
        basis=said(_ORIGINS[status.calibration]),
    )


def _too_many(photos: int, status: ModelStatus) -> None:
    """Beyond the measured size the promise about strangers is an extrapolation."""
    if photos > status.largest_gallery:
        st.warning(
            said_many(
                "{count} photo of people is enrolled, and this model's threshold was measured for "
                "up to {most}. It goes on rising with their number, but that a stranger is never "
                "named is no longer a measurement. Use a larger pack, or calibrate this one on "
                "your own faces.",
                "{count} photos of people are enrolled, and this model's threshold was measured "
                "for up to {most}. It goes on rising with their number, but that a stranger is "
                "never named is no longer a measurement. Use a larger pack, or calibrate this one "
                "on your own faces.",
                photos,
                most=formats().number(status.largest_gallery),
            ),
            icon=":material/warning:",
        )


def _people_left_behind(app: AdminFacade) -> None:
    missing = app.people.count() - app.gallery.people
    if missing > 0 and app.followed().ready:
        st.caption(
            said_many(
                "{count} person cannot be recognised: deactivated, without photos, or not "
                "embedded with this model.",
                "{count} people cannot be recognised: deactivated, without photos, or not "
                "embedded with this model.",
                missing,
            )
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
    busy = show_job(JOB, Right.MODELS, amount, _installed, stops=said(STOPS))
    st.subheader(said("Model packs"), anchor=False)
    offers(app, busy)
    other_packs(app)
    with st.expander(said("Install from files"), icon=":material/folder_zip:"):
        upload(app, busy)
    status = app.models.status()
    if status.state is ModelState.READY:
        told = f"{in_words(status.licence.text)} {in_words(status.liveness)}".strip()
        st.caption(f":material/gavel: {plain(told)}")


def _installed(job: Job) -> None:
    st.success(
        said("{job}: done.", job=plain(in_words(job.title))), icon=":material/check_circle:"
    )


with page(Page.MODELS, said("What finds and recognises faces.")):
    draw()
