"""The kiosk by single photos, where video cannot connect: take one, be recognised, next."""

import streamlit as st

from face_rec.domain.screens import Label, Mood
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.banner import Banner, of_label
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded, store_banner
from pages.ui.frame.parts import repeating
from pages.ui.kiosk import banner

# The browser's camera for single photos: one JPEG to ``/frames/still`` at the press of a
# button.
#
# Not ``st.camera_input``: its photo is an upload like any other, which no kiosk may make.

_camera = st.components.v2.component(
    "face_rec_still_camera",
    html='<div class="fr-still"><div class="fr-camera" data-testid="camera" '
    'data-state="connecting"><b>Starting the camera…</b><span></span></div>'
    '<div class="fr-stage" hidden><video muted playsinline></video></div>'
    "<button disabled>Take photo</button></div>",
    css=joined("camera.css", "still_camera.css"),
    js=joined("camera_words.js", "still_camera.js"),
    isolate_styles=False,
)


def still_camera(key: str, kiosk: str) -> None:
    """The picture and the button; the page runs again when a photo has been looked at."""
    _camera(key=key, data={"url": f"/frames?kiosk={kiosk}"}, on_taken_change=_nothing)


def _nothing() -> None:
    """What the photo came to is asked of the engine, not of the browser."""


_SAID = "_still_said"
_SHOWN_FOR = 8.0  # s: the next person is not told what the last one did


def still(kiosk: str) -> None:
    """Banner of the last photo and the camera for the next."""
    _answer(kiosk)
    still_camera("kiosk-still", kiosk)


@repeating(1, Right.KIOSK)
def _answer(kiosk: str) -> None:
    with guarded("kiosk.still"):
        app = KioskFacade.current()
        if app.away():
            store_banner()
        since = app.clock.monotonic() - _SHOWN_FOR
        labels, (said, at) = app.engine.last_still(kiosk, since), _said()
        if labels is not None:
            banner.draw(_answers(labels, kiosk))
        else:
            idle = banner.idle(app.clock.now(), app.site.timezone)
            banner.draw((said if said and at >= since else idle,))


def say(shown: Banner) -> None:
    """A banner for some seconds."""
    st.session_state[_SAID] = (shown, KioskFacade.current().clock.monotonic())


def _said() -> tuple[Banner | None, float]:
    found: tuple[Banner | None, float] = st.session_state.get(_SAID, (None, 0.0))
    return found


def _answers(labels: tuple[Label, ...], kiosk: str) -> tuple[Banner, ...]:
    zone, means = KioskFacade.current().site.timezone, KioskFacade.current().means_at(kiosk)
    nobody = Banner(Mood.UNKNOWN, "No face found", "Come closer and look straight at the camera")
    return tuple(of_label(label, zone, means) for label in labels) or (nobody,)
