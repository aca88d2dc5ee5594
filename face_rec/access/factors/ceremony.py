"""One question that waits for its answer: a passkey's challenge, an app's new secret.

What waits is bound to a browser by a secret that only this browser carries (its session, half
session or form token), lives for minutes and is answered once.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from face_rec.access.secrets import digest
from face_rec.access.storage import OnceStore

SECONDS: Final = 300.0


class Purpose(StrEnum):
    """What the answer is for; a challenge for one purpose answers no other."""

    NEW_PASSKEY = "new-passkey"
    USE_PASSKEY = "use-passkey"
    NEW_APP = "new-app"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """``account`` is empty where the answer will tell. ``secret``: the challenge as base64url,
    or the new app's sealed secret."""

    purpose: Purpose
    account: str
    secret: str = field(repr=False)


class Ceremonies:
    """Safe to call from any thread."""

    def __init__(self, store: OnceStore[Ceremony]) -> None:
        self._store = store

    def ask(self, browser: str, ceremony: Ceremony, seconds: float = SECONDS) -> None:
        """Wait for ``browser``'s answer; an older question of the same purpose is over."""
        self._store.put(_key(browser, ceremony.purpose), ceremony, seconds)

    def asked(self, browser: str, purpose: Purpose, account: str) -> Ceremony | None:
        """What waits for ``browser`` and ``account``."""
        return _for(account, self._store.peek(_key(browser, purpose)))

    def answered(self, browser: str, purpose: Purpose, account: str) -> Ceremony | None:
        """The same, which nobody can answer again."""
        return _for(account, self._store.take(_key(browser, purpose)))


def _for(account: str, found: Ceremony | None) -> Ceremony | None:
    return found if found is not None and found.account == account else None


def _key(browser: str, purpose: Purpose) -> str:
    return digest(f"{purpose}:{browser}")
