"""Where visits rest: a record of each, with who comes sealed. The chain says that one was changed,
not what it is; what a machine keeps of it for a Redis that loses it goes once it is erased."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from face_rec.access.storage import Records
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.retry import until_first
from face_rec.visitors.visit import Guest, Visit

log = logging.getLogger(__name__)

_TRIES: Final = 20


class VisitRecords:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, visits: Records[Visit], sealer: Sealer) -> None:
        self.visits = visits
        self._sealer = sealer

    def change(self, name: str, change: Callable[[Visit], Visit]) -> Visit | None:
        """Write what ``change`` makes of a visit; it is asked again where somebody was faster.
        None where there is none (any more): what is erased does not come back."""

        def changed() -> Visit | None:
            found = self.visits.get(name)
            return None if found is None else self.visits.update(change(found))

        return until_first(changed, tries=_TRIES)

    def sealed(self, name: str, guest: Guest) -> str:
        """As it is kept."""
        text = json.dumps([guest.name, guest.company, guest.purpose], ensure_ascii=False)
        return seal_text(self._sealer, text, _context(name))

    def guest(self, visit: Visit) -> Guest:
        """Raises StoreError where its key is missing."""
        return Guest(*json.loads(open_text(self._sealer, visit.guest, _context(visit.id))))

    def shown(self, visit: Visit) -> Guest:
        """The same for who must see all that there are: one whose name nobody can read any more
        hides no other, is counted in the house, and can be checked out and erased."""
        try:
            return self.guest(visit)
        except StoreUnavailable:
            raise
        except StoreError as error:
            log.warning("visit_unreadable visit=%s reason=%s", visit.id, error)
            return Guest(f"? ({visit.id[-6:]})")

    # --- the host, who is a person of the register

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of a person as a host; nothing of who came, which is not about them."""
        return [
            {
                "from": one.begins.isoformat(),
                "until": one.until.isoformat(),
                "came": one.came_at.isoformat() if one.came_at else None,
                "left": one.left_at.isoformat() if one.left_at else None,
            }
            for one in self.visits.all()
            if one.host == subject
        ]

    def forget_host(self, subject: str) -> int:
        """Of whom is erased no visit says any more that it was to them; who is here stays known
        to be. How many visits those were."""
        found = [one.id for one in self.visits.all() if one.host == subject]
        for name in found:
            self.change(name, lambda one: replace(one, host=""))
        return len(found)

    def reseal(self) -> int:
        """Seal all with the key of now; how many. Raises StoreError."""
        found = self.visits.all()
        for one in found:
            until_first(partial(self._reseal, one.id), tries=_TRIES)
        return len(found)

    def _reseal(self, name: str) -> None:
        self.change(name, lambda one: replace(one, guest=self.sealed(name, self.guest(one))))


def _context(name: str) -> str:
    return f"visit:{name}"
