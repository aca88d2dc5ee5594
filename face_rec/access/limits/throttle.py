"""How often somebody may try a PIN or a link, counted for all processes together.

Passwords have :mod:`face_rec.access.limits.attempts`.
"""

from dataclasses import dataclass
from typing import Final

from face_rec.access.limits.pace import network_of
from face_rec.access.secrets import digest
from face_rec.access.storage import CounterStore


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` in ``seconds`` after the first one. ``networks``: who tries is an
    address, and all of its network count as one."""

    name: str
    tries: int
    seconds: float
    networks: bool = False


BY_KIOSK: Final = Limit("kiosk", 10, 300)
BY_PIN: Final = Limit("pin", 5, 900)
BADGES_BY_KIOSK: Final = Limit("badge", 10, 300)
OWN_BY_PERSON: Final = Limit("own-pin", 5, 900)
OWN_BY_DAY: Final = Limit("own-pin-day", 20, 86_400)
OWN_BY_NETWORK: Final = Limit("own-page", 20, 900, networks=True)
"""PINs at the page for one's own attendance. They are counted apart from those at kiosks: a
stranger on the network keeps nobody from being marked at the door."""
CODES_BY_PERSON: Final = Limit("own-code", 6, 900)
"""Codes that kiosks show to whom they recognise."""
SENT_BY_POSTER: Final = Limit("enrol", 60, 3600, networks=True)
"""Registrations by a poster, which anybody may photograph."""
MOBILE: Final = Limit("mobile", 12, 900)
MOBILE_BY_DAY: Final = Limit("mobile-day", 60, 86_400)
"""Of a person who marks themselves on their phone."""
CALENDAR_READS: Final = Limit("calendar", 60, 3600)
"""Looks at one calendar, by whoever has its address."""
BY_LINK: Final = Limit("link", 50, 900, networks=True)


class Throttle:
    """Counts tries before they are made, so that many at once gain nothing."""

    def __init__(self, store: CounterStore) -> None:
        self._store = store

    def try_now(self, limit: Limit, who: str) -> int:
        """Count a try by ``who``; returns which one it is. Beyond ``limit.tries`` it must
        be refused."""
        return self._store.add(_key(limit, who), limit.seconds)

    def take_back(self, limit: Limit, who: str) -> None:
        """A try that was a good one does not count."""
        self._store.take_back(_key(limit, who))

    def forgive(self, limit: Limit, who: str) -> None:
        """Forget the tries: the right password was given."""
        self._store.clear(_key(limit, who))


def _key(limit: Limit, who: str) -> str:
    """What users typed never stands in a key."""
    return f"{limit.name}:{digest(network_of(who) if limit.networks else who)}"
