"""Security headers of every answer.

The policy for pages is what Streamlit 1.67 and its components work under: they style elements
in place, load components' scripts from blobs, and Vega compiles chart expressions.
"""

from typing import Final

from starlette.datastructures import MutableHeaders

_MAY: Final = (
    "camera=(self), fullscreen=(self), autoplay=(self), microphone=(), geolocation={place}, "
    "payment=(), usb=(), display-capture=()"
)
WITH_PLACE: Final = _MAY.format(place="(self)")
"""Of the one page that asks a phone where it is."""
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not no-referrer: browsers would then call the origin of our own forms null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _MAY.format(place="()"),
}
_PAGES: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob: mediastream:; worker-src 'self' blob:; "
    "connect-src 'self' {socket} data: blob:; frame-src 'self' blob: data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
FORMS: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For our own HTML pages: no script at all."""


FORMS_WITH_SCRIPT: Final = f"{FORMS}; script-src 'self'; connect-src 'self'"
"""The same for pages with passkeys, which only a script can ask for; never an inline one."""
PRIVATE_FILE: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""For a file about somebody: kept by no proxy, run by no browser, shown in no page of others."""
HSTS: Final = "max-age=31536000; includeSubDomains"
"""A year, as OWASP ASVS 5.0 3.4.1 asks; browsers heed it over a certificate they trust only."""


def secure(headers: MutableHeaders, host: str, https: bool) -> None:
    """Add what is missing; a route may have said something stricter."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    socket = f"{'wss' if https else 'ws'}://{host}"
    headers.setdefault("Content-Security-Policy", _PAGES.format(socket=socket))
