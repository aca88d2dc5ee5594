"""How fast PINs may be tried at the page for one's own attendance, at whatever people.

Each person's tries are bounded (:mod:`face_rec.access.limits.throttle`); who tries one PIN at
thousands of people meets none of those bounds. So wrong tries of a block of addresses and of the
whole site are counted in each hour, and beyond some that are free each next one waits, longer and
longer, but never longer than the longest wait: whoever keeps trying slows others, and shuts out
nobody. A browser in which somebody has come in before as this person has a lane of its own, which
a flood of strangers does not touch.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from face_rec.access.limits.pace import FORGOTTEN_AFTER, KNOWN_BROWSER, AttemptStore, Pace
from face_rec.access.secrets import digest
from face_rec.domain.errors import TryLater
from face_rec.languages.language import msgid

OWN_BLOCK: Final = Pace(60, 2, 300)
"""Wrong tries of one block of addresses in an hour."""
OWN_SITE: Final = Pace(200, 1, 20)
"""Of all strangers together: some 380 in an hour, whoever they are and wherever they sit."""
_V4, _V6 = 24, 48
_BUSY: Final = msgid("Too many people are signing in at this moment. Try again in a few seconds.")


@dataclass(frozen=True, slots=True)
class Begun:
    """Counts that a try was made in: each key and its count with that try."""

    counts: tuple[tuple[str, str, int], ...]


class OwnPinPace:
    """Counts tries before they are made. Safe to call from any thread."""

    def __init__(self, store: AttemptStore) -> None:
        self._store = store

    def begin(self, address: str, browser: str, now: datetime) -> Begun:
        """``browser``: the id of one that is known to the person; "": a stranger's. Raises
        TryLater; then nothing is counted."""
        if browser:
            try:
                return self._counted([(f"own-browser:{digest(browser)}", KNOWN_BROWSER)])
            except TryLater:
                pass  # one that has used up its tries is like any other
        hour = f"{now:%Y%m%d%H}"
        block = digest(block_of(address))
        return self._counted(
            [(f"own-block:{block}:{hour}", OWN_BLOCK), (f"own-site:{hour}", OWN_SITE)]
        )

    def _counted(self, lanes: list[tuple[str, Pace]]) -> Begun:
        made: list[tuple[str, str, int]] = []
        for key, pace in lanes:
            begun = self._store.begin(key, {"wrong": pace}, FORGOTTEN_AFTER)
            if not begun.allowed:
                self.take_back(Begun(tuple(made)))
                raise TryLater(_BUSY, begun.wait)
            made.append((key, "wrong", begun.counts["wrong"]))
        return Begun(tuple(made))

    def take_back(self, begun: Begun) -> None:
        """It was a good one, or was not made after all."""
        for key, name, count in begun.counts:
            self._store.settle(key, [], {name: count})


def block_of(address: str) -> str:
    """The block of addresses that one is in, as whoever rents many has them: a /24, or of IPv6 a
    /48. What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    length = _V4 if isinstance(found, ipaddress.IPv4Address) else _V6
    return str(ipaddress.ip_network((found, length), strict=False))
