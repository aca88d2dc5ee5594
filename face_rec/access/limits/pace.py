"""How fast tries may follow one another, and which network they are counted for."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Pace:
    """``free`` tries at any speed; after each one from then on a wait, of ``first`` seconds and
    then twice as long each time, up to ``longest``."""

    free: int
    first: float
    longest: float


@dataclass(frozen=True, slots=True)
class Begun:
    """What a store says of a try. ``wait``: seconds until the next one is allowed; of a try that
    was refused, and not counted, until one is. ``counts``: how many tries each count has now."""

    allowed: bool
    wait: float
    counts: Mapping[str, int]


class AttemptStore(Protocol):
    """Tries at one thing, in several counts that each allow the next try from some time on."""

    def begin(self, key: str, paces: Mapping[str, Pace], forget: float) -> Begun:
        """Count a try in every count of ``paces``; or in none, where one must wait. All is
        forgotten ``forget`` seconds after the last try."""
        ...

    def settle(self, key: str, forgotten: Sequence[str], one_less: Mapping[str, int]) -> None:
        """Forget some counts; take one try back in others, each with what it came to with that
        try: if it is still that, the wait that followed is over."""
        ...

    def slowed(self, key: str) -> bool:
        """Whether a count is beyond its free tries."""
        ...

    def clear(self, key: str) -> None: ...


FORGOTTEN_AFTER: Final = 3600.0
"""Seconds without any try after which all tries are forgotten."""
ONE_NETWORK: Final = Pace(5, 2, 900)
"""Of strangers in one network, at one account."""
ALL_STRANGERS: Final = Pace(30, 1, 60)
"""At one account, from whatever networks: some ninety guesses in an hour."""
KNOWN_BROWSER: Final = Pace(10, 900, 900)
"""Of a browser that has signed in to the account before."""
ANY_ACCOUNT: Final = Pace(100, 4, 900)
"""Of one network, at whatever accounts; successes do not count."""
OWN_PASSWORD: Final = Pace(5, 2, 900)
"""Of somebody who is signed in, at their present password."""


_PREFIX: Final = 64


def network_of(address: str) -> str:
    """``address`` itself for IPv4; for IPv6 its /64, which is one customer's whatever they pick
    from its 2**64 addresses (RFC 6177). What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _PREFIX), strict=False))
