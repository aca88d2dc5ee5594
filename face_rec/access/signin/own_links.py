"""Links that bring somebody to their own attendance, once: where they wait, and which still count.

Of the office's there is one of a person at a time, and so of those that kiosks show: each in a
place of its own, so that whoever stands before a kiosk ends no link that is on its way by mail.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from face_rec.access.secrets import digest, joined, matches, new_secret, parted
from face_rec.access.storage import OnceStore
from face_rec.clock import Clock
from face_rec.domain.site.own_ways import OwnWay

LASTS: Final = {OwnWay.LINK: timedelta(days=3), OwnWay.KIOSK: timedelta(minutes=3)}
"""A code at a kiosk is scanned there and then; the minutes are for a slow phone."""
_MARKED: Final = {OwnWay.LINK: "", OwnWay.KIOSK: "k"}
"""Before the subject in a link: no subject, which is hexadecimal, begins so."""


@dataclass(frozen=True, slots=True)
class Shower:
    """The ``kiosk`` that shows a code: the device that was linked at ``linked_at``."""

    kiosk: str
    linked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link that waits to be used. ``digest``: of its secret. ``by``: who made it. ``shower``:
    where it is shown; None: it is the office's."""

    subject: str
    digest: str = field(repr=False)
    by: str
    until: datetime
    shower: Shower | None = None

    @property
    def way(self) -> OwnWay:
        return OwnWay.KIOSK if self.shower else OwnWay.LINK


class OwnLinks:
    """Safe to call from any thread; all may raise StoreUnavailable."""

    def __init__(
        self, links: OnceStore[OwnLink], clock: Clock, shows: Callable[[Shower], bool]
    ) -> None:
        """``shows``: whether a screen may still show codes: a kiosk that was revoked may not."""
        self._links = links
        self._clock = clock
        self._shows = shows

    def put(self, subject: str, by: str, shower: Shower | None = None, secret: str = "") -> str:
        """A new link in the place of one of the same way; what stands at its end. ``secret``: a
        random one where none is given."""
        way = OwnWay.KIOSK if shower else OwnWay.LINK
        secret, until = secret or new_secret(), self._clock.now() + LASTS[way]
        link = OwnLink(subject, digest(secret), by, until, shower)
        self._links.put(_place(subject, way), link, LASTS[way].total_seconds())
        return joined(_MARKED[way] + subject, secret)

    def find(self, shown: str) -> OwnLink | None:
        """The link that this is, if it still counts; it is not used."""
        subject, way, secret = _read(shown)
        return self._counts(self._links.peek(_place(subject, way)) if subject else None, secret)

    def take(self, shown: str) -> OwnLink | None:
        """The same, and nobody can use it again."""
        subject, way, secret = _read(shown)
        return self._counts(self._links.take(_place(subject, way)) if subject else None, secret)

    def _counts(self, link: OwnLink | None, secret: str) -> OwnLink | None:
        if link is None or link.until <= self._clock.now() or not matches(secret, link.digest):
            return None
        return link if link.shower is None or self._shows(link.shower) else None

    def waiting(self, subject: str) -> OwnLink | None:
        """The office's."""
        return self._links.peek(_place(subject, OwnWay.LINK))

    def forget(self, subject: str) -> int:
        """Of all ways; how many waited."""
        return sum(self._links.take(_place(subject, way)) is not None for way in LASTS)


def _place(subject: str, way: OwnWay) -> str:
    return digest(_MARKED[way] + subject)


def _read(shown: str) -> tuple[str, OwnWay, str]:
    subject, secret = parted(shown) or ("", "")
    at_kiosk = subject.startswith(_MARKED[OwnWay.KIOSK])
    return subject.removeprefix("k"), OwnWay.KIOSK if at_kiosk else OwnWay.LINK, secret
