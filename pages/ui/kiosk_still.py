"""The kiosk by single photos, where video cannot connect: take one, be recognised, next."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face_rec.entities import Label
from face_rec.errors import FaceRecError
from face_rec.people.photos import decode
from pages.ui import banner
from pages.ui.context import system
from pages.ui.page import show_error

_SHOWN = "_still_banners"
_ROUND = "_still_round"


def still(kiosk: str) -> None:
    """Banner of the last photo and the camera for the next."""
    app = system()
    nothing = (banner.idle(app.clock.now(), app.site.timezone),)
    banner.draw(st.session_state.get(_SHOWN) or nothing)
    key = f"still-{st.session_state.setdefault(_ROUND, 0)}"
    taken = st.camera_input(
        "Look at the camera and press “Take photo”", key=key, resolution="720p", width="stretch"
    )
    if taken is not None:
        _recognise(taken, kiosk)
        st.session_state[_ROUND] += 1  # a new camera: the next person does not see this photo
        st.rerun()


def say(shown: banner.Banner) -> None:
    """The banner until the next photo."""
    st.session_state[_SHOWN] = (shown,)


def _recognise(taken: UploadedFile, kiosk: str) -> None:
    """Mark whoever is in the photo; every answer becomes a banner."""
    try:
        labels = system().engine.still(decode(taken.getvalue()), kiosk)
    except FaceRecError as error:
        problem = banner.Banner(banner.Mood.PROBLEM, "That did not work", str(error))
        say(problem)
    except Exception as error:
        show_error(error, "kiosk.still")
        raise
    else:
        st.session_state[_SHOWN] = _answers(labels)


def _answers(labels: tuple[Label, ...]) -> tuple[banner.Banner, ...]:
    zone = system().site.timezone
    nobody = banner.Banner(
        banner.Mood.UNKNOWN, "No face found", "Come closer and look straight at the camera"
    )
    return tuple(banner.of_label(label, zone) for label in labels) or (nobody,)
