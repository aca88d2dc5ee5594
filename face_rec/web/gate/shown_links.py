"""Links that are handed out on a screen: by which address, and as a picture."""

import base64
import io
from urllib.parse import urlsplit

import segno

from face_rec.web.gate.hosts import is_loopback


def bases_of(known: tuple[str, ...], opened: str) -> list[str]:
    """Beginnings of the link, the best first: the address of this page, ``opened``, is proven to
    work, but from this computer alone where it is localhost."""
    parts = urlsplit(opened)
    here = f"{parts.scheme}://{parts.netloc}"
    far = [] if own_machine(here) or len(known) == 1 else [here]
    found = list(dict.fromkeys([*far, *sorted(known, key=lambda url: url[:6] != "https:")]))
    return found or [here]


def own_machine(base: str) -> bool:
    """Whether it is reached from this computer only."""
    host = urlsplit(base).hostname or ""
    return host == "localhost" or is_loopback(host)


def qr(url: str) -> str:
    """The link as a picture, a data URI."""
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=6, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()


def opened_by(socket: str) -> str:
    """The address of the page that has opened a WebSocket at ``socket``."""
    parts = urlsplit(socket)
    return f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
