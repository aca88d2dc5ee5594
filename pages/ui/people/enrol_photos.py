"""The photos of a registration: guided capture, single photos, files, and what was taken."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import streamlit as st

from face_rec.domain.errors import FaceRecError, PictureError
from face_rec.domain.people import PhotoLife, poorest
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from face_rec.people.photos import capture_hints
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import MAX_BYTES, SUFFIXES, decode
from face_rec.people.photos.portraits import data_uri
from face_rec.people.photos.quality import GRADES, grade
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.parts import callback
from pages.ui.people.enrolment_draft import Draft
from pages.ui.shared.template_state import VIEWS
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said, said_many, words

_STEPS = (
    ("front", msgid("Front"), "face"),
    ("left", msgid("Left"), "arrow_back"),
    ("right", msgid("Right"), "arrow_forward"),
    ("up", msgid("Up"), "arrow_upward"),
    ("down", msgid("Down"), "arrow_downward"),
)
"""Each view with its word and icon, in the order asked for; the arrows suit a mirrored picture."""


_component = st.components.v2.component(
    "face_rec_capture",
    html=joined("enrol.html"),
    css=joined("camera.css"),
    js=joined(
        "page_parts.js", "camera_words.js", "camera_wish.js", "kiosk_camera.js",
        "kiosk_presence.js", "kiosk_http.js", "kiosk_line.js", "kiosk_overlay.js",
        "live_screen.js", "enrol.js",
    ),
    isolate_styles=False,
)  # fmt: skip


def guided(app: RegistrarFacade, draft: Draft, identity: Identity) -> None:
    """Video with hint, progress and the photos it takes; done, it gives way to those photos.

    Drawn once, it lives by itself, as a kiosk's screen does (:mod:`face_rec.web.live.capture`),
    and asks for one run of the page, when all views are taken.
    """
    if draft.opened and draft.opened.capture.guide.state().done:
        draft.end_capture()
        draft.guided_done = True
    if not draft.guided_done:
        data = {
            "capture": draft.start_capture(app, identity).name,
            "steps": [
                {"view": view, "word": said(word), "sign": sign} for view, word, sign in _STEPS
            ],
            "views": {view: said(word) for view, word in VIEWS.items()},
            "said": {text: said(text) for text in (*capture_hints.spoken(), *GRADES)},
            "words": words().words(),
        }
        _component(key=draft.name("capture"), data=data, on_done_change=_nothing)
        return
    _found(draft)
    st.button(
        said("Take them again"), on_click=callback(Right.PEOPLE_WRITE, _again), args=(draft,),
        type="tertiary",
    )  # fmt: skip


def _found(draft: Draft) -> None:
    """That all views are taken, and whether somebody was there."""
    life = poorest(photo.life for photo in draft.photos)
    if life == PhotoLife.ATTACK:
        doubts = dict.fromkeys(word for photo in draft.photos for word in photo.doubts)
        st.error(
            said(
                "**This looks like a picture of a face**: {doubts}. Let the person stand "
                "before the camera themselves, and take the views again.",
                doubts=", ".join(map(in_words, doubts)),
            ), icon=":material/warning:",
        )  # fmt: skip
    elif life == PhotoLife.UNSURE:
        st.warning(
            said(
                "All views are taken, but it is **not sure** that it was not a picture "
                "of somebody. You may save; it is kept with the person. Better take them "
                "again: in even light, with room around the head, turning slowly."
            ), icon=":material/warning:",
        )  # fmt: skip
    else:
        st.success(
            said("All views are taken. Save, or add more photos."), icon=":material/task_alt:"
        )


def _nothing() -> None:
    """Whether it is done is asked of the capture when the page runs."""


def _again(draft: Draft) -> None:
    draft.photos.clear()
    draft.guided_done = False
    draft.doubted = draft.vouched = draft.problem = ""


WAYS = {"guided": msgid("Guided"), "still": msgid("Photo"), "upload": msgid("Upload")}
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


def photos_form(app: RegistrarFacade, draft: Draft, identity: Identity) -> None:
    """Choose a way, give photos, see and remove them."""
    way = st.segmented_control(
        said("Photos"), list(WAYS), default="guided", key=draft.name("way"), required=True,
        format_func=lambda way: f"{_ICONS[way]} {said(WAYS[way])}",
        label_visibility="collapsed",
    )  # fmt: skip
    if way != "guided":
        draft.end_capture()
        ways = {"still": _still, "upload": _upload}
        ways[way](app, draft)
    else:
        guided(app, draft, identity)
    for file, why in draft.refused:
        told = in_words(why)
        st.warning(plain(f"{file}: {told}" if file else told), icon=":material/no_photography:")
    if not draft.opened:  # the capture shows them itself
        strip(draft)


def _still(app: RegistrarFacade, draft: Draft) -> None:
    st.caption(
        said("The face from the front, in good light. One or two more from the sides help.")
    )
    taken = st.camera_input(
        said("Photo"), key=draft.name(f"still-{draft.round}"), label_visibility="collapsed",
        resolution="720p",
    )  # fmt: skip
    _take(app, draft, [taken] if taken else [], PhotoLife.STILL)


def _upload(app: RegistrarFacade, draft: Draft) -> None:
    st.caption(said("Several photos of this person alone; different days and sides are best."))
    files = st.file_uploader(
        said("Photos"), key=draft.name(f"upload-{draft.round}"), accept_multiple_files=True,
        type=[suffix.removeprefix(".") for suffix in SUFFIXES], label_visibility="collapsed",
        max_upload_size=MAX_BYTES // 2**20,
    )  # fmt: skip
    _take(app, draft, files, PhotoLife.FILE)


def _take(app: RegistrarFacade, draft: Draft, files: Sequence[Upload], life: PhotoLife) -> None:
    """Check each new file once; then empty the field for the next."""
    if all(file.file_id in draft.seen for file in files):
        return
    draft.begin_round()
    with st.spinner(
        said_many("Looking at {count} photo …", "Looking at {count} photos …", len(files))
    ):
        for file in files:
            _check(app, draft, file, life)
    draft.round += 1
    st.rerun()


def _check(app: RegistrarFacade, draft: Draft, file: Upload, life: PhotoLife) -> None:
    """Accept or refuse one file, once: a second run of the page may be at it already."""
    with draft.lock:
        if file.file_id in draft.seen:
            return
        draft.seen.add(file.file_id)
        try:
            photo = app.enrolment.check(decode(file.getvalue()), draft.photos)
            draft.photos.append(replace(photo, life=life))
        except PictureError as error:
            draft.refused.append((file.name, error.said))
        except FaceRecError as error:
            draft.refused.append(("", error.said))


def strip(draft: Draft) -> None:
    """The accepted photos, each with what it is and a button to take it out."""
    photos = draft.all_photos()
    if not photos:
        return
    for code in sorted({photo.weak for photo in photos if photo.weak}):
        st.warning(in_words(capture_hints.weakness(code)), icon=":material/warning:")
    st.markdown(
        said_many("**{count} photo accepted**", "**{count} photos accepted**", len(photos))
    )
    with st.container(horizontal=True, gap="small"):
        for number, photo in enumerate(photos):
            with st.container(width=_TILE, gap="xsmall"):
                _tile(draft, number, photo)


def _tile(draft: Draft, number: int, photo: EnrolPhoto) -> None:
    how = said("weak") if photo.weak else said(grade(photo.quality.score))
    shown = f"{said(VIEWS[photo.view])} · {how}"
    st.html(
        f'<figure class="fr-tile"><img src="{data_uri(photo.thumbnail)}" alt="{html(shown)}">'
        f"<figcaption>{html(shown)}</figcaption></figure>"
    )
    which = f"{number}-{hash(photo.vector.tobytes())}"
    st.button(
        said("Remove"), key=draft.name(f"remove-{which}"), icon=":material/close:",
        on_click=callback(Right.PEOPLE_WRITE, draft.remove), args=(photo,), width="stretch",
        type="tertiary",
    )  # fmt: skip
