"""Guessing slowed down: after some free tries each next one must wait longer.

Nobody is locked out by somebody else's guesses. Tries at an account are counted apart for each
network they come from, and for each browser that has signed in to it before (OWASP's device
cookies); a third count of all strangers together bounds what many networks can try.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from face_rec.access.limits.pace import (
    ALL_STRANGERS,
    ANY_ACCOUNT,
    FORGOTTEN_AFTER,
    KNOWN_BROWSER,
    ONE_NETWORK,
    OWN_PASSWORD,
    AttemptStore,
    Pace,
    network_of,
)
from face_rec.access.secrets import digest
from face_rec.domain.errors import TryLater
from face_rec.languages.sentence import Sentence, sentence, sentence_many


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was counted. ``own``: the counts of who tries; ``shared``: those of others
    too; each with what it came to. ``wait``: seconds until the next, should this one fail."""

    key: str
    own: Mapping[str, int]
    shared: Mapping[str, int]
    wait: float


class Attempts:
    """Counts tries before they are made, so that many at once gain nothing. Any thread.

    Unknown accounts are counted like known ones: a wait tells nobody that an account exists.
    """

    def __init__(self, store: AttemptStore) -> None:
        self._store = store

    def at_account(self, name: str, address: str, browser: str = "") -> Try:
        """A try at an account's password. ``browser``: the id of one that is known there.

        Raises TryLater. A known browser that has used up its tries is one like any other."""
        key = _key("account", name)
        if browser:
            try:
                return self._begin(key, {f"browser:{digest(browser)}": KNOWN_BROWSER})
            except TryLater:
                pass
        here = f"network:{digest(network_of(address))}"
        return self._begin(key, {here: ONE_NETWORK}, {"strangers": ALL_STRANGERS})

    def from_network(self, address: str) -> Try:
        """A try of somebody at this address, at whatever account. Raises TryLater."""
        return self._begin(_key("network", network_of(address)), {}, {"all": ANY_ACCOUNT})

    def at_own_password(self, name: str) -> Try:
        """Of somebody who is signed in. Raises TryLater."""
        return self._begin(_key("own-password", name), {"all": OWN_PASSWORD})

    def succeeded(self, tried: Try) -> None:
        """It was a good one: who tried starts anew, and the others lose nothing by it."""
        self._store.settle(tried.key, list(tried.own), tried.shared)

    def not_made(self, tried: Try) -> None:
        """It was counted and then not made."""
        self._store.settle(tried.key, [], {**tried.own, **tried.shared})

    def slowed(self, name: str) -> bool:
        """Whether so many wrong tries were made at an account that somebody had to wait."""
        return self._store.slowed(_key("account", name))

    def forgive(self, name: str) -> None:
        """Forget all tries at an account, from everywhere."""
        self._store.clear(_key("account", name))

    def _begin(
        self, key: str, own: Mapping[str, Pace], shared: Mapping[str, Pace] | None = None
    ) -> Try:
        begun = self._store.begin(key, {**own, **(shared or {})}, FORGOTTEN_AFTER)
        if not begun.allowed:
            words = sentence(
                "Too many wrong tries. Wait {time}, then try again.", time=in_words(begun.wait)
            )
            raise TryLater(words, begun.wait)
        counts = begun.counts
        return Try(
            key, {name: counts[name] for name in own},
            {name: counts[name] for name in shared or ()}, begun.wait,
        )  # fmt: skip


def in_words(seconds: float) -> Sentence:
    """A wait as people read it."""
    if seconds < 90:
        whole = max(1, round(seconds))
        return sentence_many("{count} second", "{count} seconds", whole)
    return sentence_many("{count} minute", "{count} minutes", round(seconds / 60))


def _key(what: str, who: str) -> str:
    """What users typed never stands in a key."""
    return f"{what}:{digest(who)}"
