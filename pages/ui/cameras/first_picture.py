"""A picture of what a camera's form says, before it is saved."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

import streamlit as st

from face_rec.cameras.camera import LARGEST_FACE, CameraDraft, Region
from face_rec.cameras.discovery import FoundCamera
from face_rec.cameras.onvif import Stream
from face_rec.cameras.picture import FirstPicture
from face_rec.domain.errors import CameraRefused, SourceError
from face_rec.facades.cameras import CamerasFacade
from face_rec.languages.language import msgid
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Right
from pages.ui.frame.parts import callback, redrawn
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, in_words, said, words

_STATE = "_camera_tried"


@dataclass(slots=True)
class Tried:
    """What was tried in the dialog that is open. ``opening``: which one that is; ``of``: address
    and user that the picture is of, never a password; ``problem``: why there is none. ``found``:
    cameras that answered on the network; None: nobody has asked. ``offered``: the host that was
    asked for its streams, and those."""

    opening: str
    of: tuple[str, str] = ("", "")
    picture: FirstPicture | None = field(default=None, repr=False)
    problem: str = ""
    found: list[FoundCamera] | None = None
    offered: tuple[str, tuple[Stream, ...]] = ("", ())

    def fits(self, draft: CameraDraft) -> bool:
        """Whether it is a picture of what ``draft`` says now."""
        return self.picture is not None and self.of == (draft.address, draft.user)


def begun() -> Tried:
    """Of the dialog that is open; anew where it has just been opened."""
    if not redrawn() or _STATE not in st.session_state:
        st.session_state[_STATE] = Tried(secrets.token_hex(4))
    found: Tried = st.session_state[_STATE]
    return found


def ended() -> None:
    """Nothing is kept of it."""
    st.session_state.pop(_STATE, None)


def first_picture(app: CamerasFacade, draft: CameraDraft, tried: Tried, key: str) -> CameraDraft:
    """The button, the picture, and ``draft`` with what is drawn on it."""
    wanted = f"{key}_picture_wanted"
    st.button(
        said("Show a picture"), icon=":material/photo_camera:", key=f"{key}_try",
        on_click=callback(Right.CAMERAS, _want), args=(wanted,),
    )  # fmt: skip
    if st.session_state.get(wanted):
        with st.spinner(said("Waiting for a picture, for ten seconds at most …")):
            _take(app, draft, tried)
        del st.session_state[wanted]
    if tried.problem:
        st.error(plain(in_words(tried.problem)), icon=":material/videocam_off:")
    picture = tried.picture
    if picture is None:
        if not tried.problem:
            with st.container(border=True):
                empty_state("photo_camera", said("No picture yet"), said(_NONE))
        return draft
    st.caption(_about(picture))
    if not tried.fits(draft):
        st.warning(said("The address is another one now. Show its picture, too."))
    return region_on(picture, draft, f"{key}_region_{tried.opening}")


def _want(name: str) -> None:
    """The press outlives the run that it began, which a field left at that moment may end."""
    st.session_state[name] = True


def _take(app: CamerasFacade, draft: CameraDraft, tried: Tried) -> None:
    tried.picture, tried.problem, tried.of = None, "", (draft.address, draft.user)
    try:
        tried.picture = app.picture(draft)
    except (CameraRefused, SourceError) as error:
        tried.problem = error.said


def _about(picture: FirstPicture) -> str:
    number = formats().number
    facts = {
        "size": f"{picture.width}×{picture.height}",
        "codec": picture.codec,
        "seconds": number(picture.seconds, 1),
    }
    if picture.rate:
        return said(
            "{size} pixels, {codec}, {rate} pictures a second. The picture came after "
            "{seconds} s. Drag to choose the part that is looked at.",
            rate=number(picture.rate, 0),
            **facts,
        )
    return said(
        "{size} pixels, {codec}. The picture came after {seconds} s. Drag to choose the part "
        "that is looked at.",
        **facts,
    )


_NONE: Final = msgid(
    "Show one to see that the address is right, and to draw on it what is looked at."
)


# The part of a camera's picture that is looked at, and the smallest face, drawn on a picture.

_component = st.components.v2.component(
    "face_rec_region",
    html=joined("region.html"),
    css=joined("region.css"),
    js=joined("page_parts.js", "region.js"),
    isolate_styles=False,
)
_SIDES: Final = ("left", "top", "right", "bottom")


def region_on(picture: FirstPicture, start: CameraDraft, key: str) -> CameraDraft:
    """``start`` with the region and the smallest face that are drawn on ``picture``."""
    so_far = with_area(start, st.session_state.get(key, {}).get("area"))
    area = {side: getattr(so_far.region, side) for side in _SIDES}
    area |= {"smallest": so_far.smallest}
    source = base64.b64encode(picture.jpeg).decode()
    drawn = _component(
        key=key, on_area_change=_nothing,
        data={
            "picture": f"data:image/jpeg;base64,{source}", "area": area,
            "width": picture.width, "height": picture.height,
            "words": words().words(),
        },
    )  # fmt: skip
    return with_area(start, drawn.get("area"))


def with_area(start: CameraDraft, area: object) -> CameraDraft:
    """``start`` with what a browser says, if that is an area at all."""
    if not isinstance(area, Mapping):
        return start
    values = [area.get(name) for name in (*_SIDES, "smallest")]
    shares = [float(one) for one in values if isinstance(one, int | float) and isfinite(one)]
    if len(shares) != len(values):
        return start
    *sides, smallest = shares
    region = Region(*sides)
    if not region.sound:
        return start
    return replace(start, region=region, smallest=min(LARGEST_FACE, max(0.0, smallest)))


def _nothing() -> None:
    """What is drawn is read when the form is drawn again."""
