"""What in this process belongs to whom: open tabs, and the files that were sent to them."""

import threading
from typing import Final

from cachetools import LRUCache

from face_rec.access.principal import Principal

_MOST: Final = 20_000
"""Entries kept of each; a tab says that it is there at each of its runs."""


class Tabs:
    """Streamlit's sessions, each of one principal as it was when the tab was opened; and whatever
    else is opened in one and asked for by its name.

    Anybody who knew a tab's number could go on in it, and see what is open there. So a tab is
    its first principal's for good: somebody else, another sign-in, or the same person with
    other rights is not, and gets a new tab. Safe to call from any thread.
    """

    def __init__(self) -> None:
        self._owners: LRUCache[str, Principal] = LRUCache(_MOST)
        self._lock = threading.Lock()

    def claim(self, tab: str, principal: Principal) -> bool:
        """Whether ``tab`` is ``principal``'s; one that was nobody's becomes theirs."""
        with self._lock:
            return self._owners.setdefault(tab, principal) == principal

    def owned(self, tab: str, principal: Principal) -> bool:
        """The same without a claim: what nobody has is nobody's."""
        with self._lock:
            return self._owners.get(tab) == principal

    def owner(self, tab: str) -> Principal | None:
        """Whose it is; None: nobody has it."""
        with self._lock:
            return self._owners.get(tab)


class SentFiles:
    """Files that Streamlit hands out by an address: for those only to whom it sent that address.

    An address is made of the content alone, so that two people with the same file share one.
    Safe to call from any thread.
    """

    def __init__(self) -> None:
        self._sent: LRUCache[tuple[str, Principal], None] = LRUCache(_MOST)
        self._lock = threading.Lock()

    def note(self, file: str, principal: Principal) -> None:
        """The address of ``file`` was sent to ``principal``."""
        with self._lock:
            self._sent[file, principal] = None

    def sent(self, file: str, principal: Principal) -> bool:
        """Whether it was."""
        with self._lock:
            return (file, principal) in self._sent
