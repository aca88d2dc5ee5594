"""How browsers and this server find a way to each other for WebRTC: STUN and TURN servers.

A TURN server's secret never leaves the app. Browsers get a name that ends and a password made
of it (draft-uberti-behave-turn-rest-00, coturn's ``use-auth-secret``).
"""

import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_NAME: Final = "face-attendance"


@dataclass(frozen=True, slots=True)
class IceServers:
    """``urls``: servers that ask for no password. ``turn_url`` and ``turn_secret``: the relay."""

    urls: tuple[str, ...] = ()
    turn_url: str | None = None
    turn_secret: str | None = field(default=None, repr=False)

    def at(self, now: datetime) -> list[dict[str, Any]]:
        """The ``iceServers`` of an ``RTCConfiguration``.

        A password holds until the end of the next UTC day. It is the same all day, for a page
        that is drawn again with another one would connect anew.
        """
        servers: list[dict[str, Any]] = [{"urls": [url]} for url in self.urls]
        if self.turn_url and self.turn_secret:
            servers.append(self._turn(self.turn_url, self.turn_secret, now))
        return servers

    def _turn(self, url: str, secret: str, now: datetime) -> dict[str, Any]:
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        name = f"{round((today + timedelta(days=2)).timestamp())}:{_NAME}"
        # SHA-1 is what TURN servers compute; as an HMAC with a random key it is sound.
        mac = hmac.digest(secret.encode(), name.encode(), "sha1")
        return {"urls": [url], "username": name, "credential": b64encode(mac).decode("ascii")}
