"""Admission: how much one sign-in may have open and under way, and what is let in at all.

Counted is by sign-in, device or token (:func:`whose`), never by address: an office behind one
address is many. What the process has only so much of counts by account (:func:`account`): anybody
may sign in as often as they like.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.web.base import uploads
from face_rec.web.gate.shedding import Overload, Shed

log = logging.getLogger(__name__)

MOST_SOCKETS: Final = {PrincipalKind.DEVICE: 12, PrincipalKind.PERSON: 12}
"""Open at once of one sign-in or device, two a page: reloads leave one that is dead for 40 s."""
MOST_OTHERS: Final = 60
MOST_PAGES: Final = 400
"""In all. Each is a session that the server draws and remembers, with four open files, of which
a process may have 4,096; kiosks come on top."""
MOST_OF_ONE: Final = 200
"""Of them one account's."""
MOST_OWN: Final = 200
"""Of them those of people who look at their own attendance: a whole school that does so at once
leaves room for the office."""
RESERVE: Final = 4
"""Pages that a sign-in which may see the state of the system has whatever else is going on."""
_MB: Final = 2**20


def whose(principal: Principal) -> tuple[str, str, str]:
    """One sign-in, device or token: what caps are counted for, wherever it comes from."""
    return (principal.kind, principal.id, principal.sign_in)


def account(principal: Principal) -> tuple[str, str]:
    """One account, device or token, however often it is signed in."""
    return (principal.kind, principal.id)


@dataclass(frozen=True, slots=True)
class Full:
    """Why something is not let in. ``wait``: seconds after which it may be asked for again."""

    status: int
    heading: str
    text: str
    wait: int


TOO_MANY: Final = Full(
    429, msgid("Too many tabs are open"),
    msgid(
        "This account has as many tabs open as it may. Close some of them; this page then opens "
        "by itself."
    ), 20,
)  # fmt: skip
BUSY: Final = Full(
    503, msgid("The system is busy"),
    msgid(
        "So many are using it at this moment that new pages wait, for people at the kiosks come "
        "first. Attendance is taken as usual, and this page opens by itself as soon as there is "
        "room."
    ), 10,
)  # fmt: skip


def _too_much(kept: int) -> Full:
    text: str = msgid(
        "This account uploads as much as it may at once. Try again when that has arrived."
    )
    if kept:
        text = sentence(
            "Open pages of this account hold {size} MB of uploaded files. Save them, take some "
            "out, or close these pages; then upload again.",
            size=Figure(kept / _MB),
        )
    return Full(429, msgid("Too much is uploaded"), text, 30)


def memory() -> int:
    """Bytes of this machine; 4 GiB where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30


def _nothing() -> Mapping[Hashable, int]:
    return {}


class Admission:
    """On the event loop only, so it needs no lock. ``load``: of this process. ``kept``: bytes of
    uploads that pages hold in memory, by the account whose they are."""

    def __init__(
        self,
        load: Callable[[], Overload],
        kept: Callable[[], Mapping[Hashable, int]] = _nothing,
        room: int | None = None,
    ) -> None:
        """``room``: bytes for uploads in all; of them one account may have half, and always one
        file of the largest. None: a quarter of the machine's memory."""
        self._load, self._kept = load, kept
        self._all = max(uploads.LARGEST_BODY, memory() // 4 if room is None else room)
        self._one = max(uploads.LARGEST_BODY, self._all // 2)
        self._open: Counter[tuple[str, str, str]] = Counter()
        self._pages: Counter[tuple[str, str]] = Counter()
        self._coming: Counter[tuple[str, str]] = Counter()

    # --- pages

    def page(self, who: Principal) -> Full | None:
        """Why a page is not opened now; None: it is. Asked before it is loaded, in words for its
        person, and again when its socket opens."""
        if not self._room(who) or self._pages[account(who)] >= MOST_OF_ONE:
            return TOO_MANY
        if _kiosk(who) or (Right.SYSTEM in who.rights and self._open[whose(who)] < RESERVE):
            return None
        if who.kind is PrincipalKind.PERSON and self._own_pages() >= MOST_OWN:
            return BUSY
        if self._pages.total() >= MOST_PAGES or self._load().turn_away(Shed.PAGES):
            return BUSY
        return None

    def _own_pages(self) -> int:
        return sum(n for (kind, _), n in self._pages.items() if kind == PrincipalKind.PERSON)

    def program(self) -> Full | None:
        """Why the API does not answer now."""
        return BUSY if self._load().turn_away(Shed.PAGES) else None

    def socket(self, who: Principal, *, page: bool, back: bool) -> bool:
        """Whether one more may be opened. ``page``: it is a page's, not a live line. ``back``: of
        a page that is open already, and only was cut off."""
        if not self._room(who):
            log.warning("socket_refused_too_many kind=%s id=%s", who.kind, who.id)
            return False
        return not page or back or self.page(who) is None

    @contextmanager
    def counted(self, who: Principal, *, page: bool) -> Iterator[None]:
        """While a socket is open."""
        drawn = page and not _kiosk(who)
        self._open[whose(who)] += 1
        self._pages[account(who)] += drawn
        try:
            yield
        finally:
            self._open[whose(who)] -= 1
            self._pages[account(who)] -= drawn
            self._open += Counter()  # forgets who has left
            self._pages += Counter()

    def _room(self, who: Principal) -> bool:
        return self._open[whose(who)] < MOST_SOCKETS.get(who.kind, MOST_OTHERS)

    # --- uploads

    def upload(self, who: Principal, size: int) -> Full | None:
        """Why a body of ``size`` bytes may not come now; None: it may. What comes and what pages
        hold already count together, for both are in memory."""
        kept, mine = self._kept(), account(who)
        if self._coming[mine] + kept.get(mine, 0) + size > self._one:
            return _too_much(kept.get(mine, 0))
        if self._coming.total() + sum(kept.values()) + size > self._all:
            return BUSY
        return None

    @contextmanager
    def uploading(self, who: Principal | None, size: int) -> Iterator[None]:
        """While it comes."""
        if who is None or size == 0:
            yield
            return
        self._coming[account(who)] += size
        try:
            yield
        finally:
            self._coming[account(who)] -= size
            self._coming += Counter()


def _kiosk(who: Principal) -> bool:
    """Whether its pages are a kiosk's screen: how marks are made, and so never in the way."""
    return who.kind is PrincipalKind.DEVICE or who.rights == {Right.KIOSK}
