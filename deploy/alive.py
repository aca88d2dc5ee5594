"""``python -m deploy.alive``: whether the app answers on ``/healthz``, for watchdogs and images.

Reads PORT, BIND_ADDRESS, TLS_CERT and ALLOWED_HOSTS as the app does. Exit status 0 or 1.
"""

import http.client
import ipaddress
import ssl
import sys
from typing import Final

from config import Settings, load

_SECONDS: Final = 10.0


def main() -> int:
    """Ask once; what is wrong goes to stderr."""
    try:
        status = answer(load())
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"the app does not answer: {error}\n")
        return 1
    if status != http.client.OK:
        sys.stderr.write(f"the app answers {status} on /healthz\n")
        return 1
    return 0


def answer(settings: Settings) -> int:
    """The status of ``/healthz``."""
    connection = _connection(settings)
    try:
        connection.request("GET", "/healthz", headers={"Host": _name(settings)})
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(settings: Settings) -> http.client.HTTPConnection:
    address = ipaddress.ip_address(settings.bind_address)
    host = (
        ("::1" if address.version == 6 else "127.0.0.1")
        if address.is_unspecified
        else str(address)
    )
    if settings.tls_cert is None:
        return http.client.HTTPConnection(host, settings.port, timeout=_SECONDS)
    # Whether the certificate is believed is the browsers' question; here it is this machine.
    unverified = ssl._create_unverified_context()  # noqa: S323, SLF001
    return http.client.HTTPSConnection(host, settings.port, timeout=_SECONDS, context=unverified)


def _name(settings: Settings) -> str:
    """A name that the app answers to."""
    named = [name for name in settings.allowed_hosts or () if not name.startswith("*")]
    return named[0] if named else "localhost"


if __name__ == "__main__":
    sys.exit(main())
