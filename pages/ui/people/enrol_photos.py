"""The photos of a registration: guided capture, single photos, files, and what was taken."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import streamlit as st

from face_rec.domain.errors import FaceRecError, PictureError
from face_rec.domain.faces import View
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import MAX_BYTES, SUFFIXES, decode
from face_rec.people.photos.portraits import data_uri
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback, repeating
from pages.ui.kiosk.camera import camera, keep_alive
from pages.ui.people.enrolment_draft import Capture, Draft
from pages.ui.shared.template_state import VIEWS
from pages.ui.shared.text import counted, html, plain

_STEPS = {
    View.FRONT: ("Front", "face"),
    View.LEFT: ("Left", "arrow_back"),
    View.RIGHT: ("Right", "arrow_forward"),
    View.UP: ("Up", "arrow_upward"),
    View.DOWN: ("Down", "arrow_downward"),
}
"""Word and icon of each view, in the order asked for; the arrows suit a mirrored picture."""


def guided(app: RegistrarFacade, draft: Draft) -> None:
    """Video with hint and progress; done, it gives way to the photos it took."""
    if draft.guided_done:
        st.success("All views are taken. Save, or add more photos.", icon=":material/task_alt:")
        st.button(
            "Take them again",
            on_click=callback(Right.PEOPLE_WRITE, _again),
            args=(draft,),
            type="tertiary",
        )
        return
    capture = draft.start_capture(app)
    _hint(draft, capture)
    camera("register", capture.pump, app.ice_servers())


def _again(draft: Draft) -> None:
    draft.photos.clear()
    draft.guided_done = False


@repeating(0.4, Right.PEOPLE_WRITE)
def _hint(draft: Draft, capture: Capture) -> None:
    """What to do now, how far it is, and the camera's keeper."""
    with guarded("register.hint"):
        state = capture.guide.state()
        if state.done:
            draft.end_capture()
            draft.guided_done = True
            st.rerun(scope="app")
        taken = {photo.view for photo in state.photos}
        steps = "".join(_step(view, view in taken, view is state.wanted) for view in _STEPS)
        st.html(
            f'<div class="fr-guide" role="status" data-testid="guide"><b>{html(state.hint)}</b>'
            f'<div class="fr-steps">{steps}</div></div>'
        )
        keep_alive("register", capture.stream.stats().frame_age, time.monotonic(), room=0.46)


def _step(view: View, taken: bool, wanted: bool) -> str:
    word, sign = _STEPS[view]
    style = "fr-taken" if taken else "fr-wanted" if wanted else ""
    return f'<span class="fr-step {style}"><i>{"check" if taken else sign}</i>{word}</span>'


WAYS = {"guided": "Guided", "still": "Photo", "upload": "Upload"}
_ICONS = {
    "guided": ":material/videocam:", "still": ":material/photo_camera:",
    "upload": ":material/upload_file:",
}  # fmt: skip
_TILE = 104  # px


class Upload(Protocol):
    """What the photo and upload fields give."""

    name: str
    file_id: str

    def getvalue(self) -> bytes: ...


def photos_form(app: RegistrarFacade, draft: Draft) -> None:
    """Choose a way, give photos, see and remove them."""
    way = st.segmented_control(
        "Photos", list(WAYS), default="guided", key=draft.name("way"), required=True,
        format_func=lambda way: f"{_ICONS[way]} {WAYS[way]}",
        label_visibility="collapsed",
    )  # fmt: skip
    if way != "guided":
        draft.end_capture()
    ways: dict[str, Callable[[RegistrarFacade, Draft], None]] = {
        "guided": guided, "still": _still, "upload": _upload,
    }  # fmt: skip
    ways[way](app, draft)
    for sentence in draft.refused:
        st.warning(plain(sentence), icon=":material/no_photography:")
    if draft.capture:
        _live_strip(draft)
    else:
        strip(draft)


def _still(app: RegistrarFacade, draft: Draft) -> None:
    st.caption("The face from the front, in good light. One or two more from the sides help.")
    taken = st.camera_input(
        "Photo", key=draft.name(f"still-{draft.round}"), label_visibility="collapsed",
        resolution="720p",
    )  # fmt: skip
    _take(app, draft, [taken] if taken else [])


def _upload(app: RegistrarFacade, draft: Draft) -> None:
    st.caption("Several photos of this person alone; different days and sides are best.")
    files = st.file_uploader(
        "Photos", key=draft.name(f"upload-{draft.round}"), accept_multiple_files=True,
        type=[suffix.removeprefix(".") for suffix in SUFFIXES], label_visibility="collapsed",
        max_upload_size=MAX_BYTES // 2**20,
    )  # fmt: skip
    _take(app, draft, files)


def _take(app: RegistrarFacade, draft: Draft, files: Sequence[Upload]) -> None:
    """Check each new file once; then empty the field for the next."""
    if all(file.file_id in draft.seen for file in files):
        return
    draft.begin_round()
    with st.spinner(f"Looking at {counted(len(files), 'photo')} …"):
        for file in files:
            _check(app, draft, file)
    draft.round += 1
    st.rerun()


def _check(app: RegistrarFacade, draft: Draft, file: Upload) -> None:
    """Accept or refuse one file, once: a second run of the page may be at it already."""
    with draft.lock:
        if file.file_id in draft.seen:
            return
        draft.seen.add(file.file_id)
        try:
            draft.photos.append(app.enrolment.check(decode(file.getvalue()), draft.photos))
        except PictureError as error:
            draft.refused.append(f"{file.name}: {error}")
        except FaceRecError as error:
            draft.refused.append(str(error))


@repeating(0.7, Right.PEOPLE_WRITE)
def _live_strip(draft: Draft) -> None:
    with guarded("register.photos"):
        strip(draft)


def strip(draft: Draft) -> None:
    """The accepted photos, each with what it is and a button to take it out."""
    photos = draft.all_photos()
    if not photos:
        return
    st.markdown(f"**{counted(len(photos), 'photo')} accepted**")
    with st.container(horizontal=True, gap="small"):
        for number, photo in enumerate(photos):
            with st.container(width=_TILE, gap="xsmall"):
                _tile(draft, number, photo)


def _tile(draft: Draft, number: int, photo: EnrolPhoto) -> None:
    words = f"{VIEWS[photo.view]} · {grade(photo.quality.score)}"
    st.html(
        f'<figure class="fr-tile"><img src="{data_uri(photo.thumbnail)}" alt="{html(words)}">'
        f"<figcaption>{html(words)}</figcaption></figure>"
    )
    which = f"{number}-{hash(photo.vector.tobytes())}"
    st.button(
        "Remove", key=draft.name(f"remove-{which}"), icon=":material/close:", type="tertiary",
        on_click=callback(Right.PEOPLE_WRITE, draft.remove), args=(number,), width="stretch",
    )  # fmt: skip


def grade(score: float) -> str:
    """A quality score (0 to 1) in a word."""
    return "excellent" if score >= 0.8 else "good" if score >= 0.55 else "fair"
