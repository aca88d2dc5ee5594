"""Which way a kiosk's live video takes: WebRTC, plain HTTP, or whichever of them connects.

The setting VIDEO_TRANSPORT decides for the site, a kiosk's record for the kiosk, and
``?transport=`` for one browser, which keeps to it (``kiosk.js``). Behind the engine's latest-frame
slot nothing knows which it was.
"""

import streamlit as st

from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Transport
from face_rec.languages.language import msgid

_NAMES = {"auto": msgid("Automatic"), "webrtc": "WebRTC", "http": "HTTP"}


def wished(kiosk: str) -> Transport:
    """The address's ``?transport=``, else what the kiosk's record says, else the site's
    setting."""
    asked, app = st.query_params.get("transport", ""), KioskFacade.current()
    if asked in list(Transport):
        return Transport(asked)
    return app.record(kiosk).transport or Transport(app.site.video_transport)


def choose_transport(kiosk: str) -> None:
    """The choice for this browser; it stands in the address, so that a bookmark keeps it."""
    now, words = wished(kiosk), KioskFacade.current().words_at(kiosk)
    chosen = st.segmented_control(
        words.gettext("Live video"), list(Transport), default=now,
        format_func=lambda one: words.gettext(_NAMES[one]), required=True, key="kiosk_transport",
        help=words.gettext(
            "Automatic tries WebRTC, and sends over HTTP, which passes every network that lets "
            "this page through, wherever and whenever that does not connect."
        ),
    )  # fmt: skip
    if chosen is not None and chosen != now:
        st.query_params["transport"] = chosen
        st.rerun()
