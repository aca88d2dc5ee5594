"""How often somebody may try: by account and by address, counted for all processes together."""

from dataclasses import dataclass
from typing import Final

from face_rec.access.secret import digest
from face_rec.access.storage import CounterStore


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` in ``seconds`` after the first one."""

    name: str
    tries: int
    seconds: float


BY_ACCOUNT: Final = Limit("account", 10, 900)
BY_ADDRESS: Final = Limit("address", 100, 900)
BY_KIOSK: Final = Limit("kiosk", 10, 300)
BY_PIN: Final = Limit("pin", 5, 900)
BY_LINK: Final = Limit("link", 50, 900)


class Throttle:
    """Counts tries before they are made, so that many at once gain nothing.

    Unknown accounts are counted like known ones: a lock tells nobody that an account exists.
    """

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
    return f"{limit.name}:{digest(who)}"
