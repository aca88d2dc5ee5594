"""The right to work that takes long, asked for again while it is done."""

from collections.abc import Callable
from typing import Final

from face_rec.access.audit.actor import Actor
from face_rec.access.principal import Principal
from face_rec.access.rights import Right
from face_rec.domain.errors import NotAllowed
from face_rec.domain.groups import Groups
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_LOST: Final = msgid(
    "Stopped: {name} may no longer do this. What was done until then stays. Somebody who has the "
    "right can begin it again."
)


class Permit:
    """Whoever began it may sign out meanwhile; their account must keep the right, and sight of
    the people that it had. Safe to call from any thread."""

    def __init__(
        self, begun: Principal, right: Right, actor: Actor, now: Callable[[], Principal | None]
    ) -> None:
        """``actor``: whose doing it is. ``now``: what whoever began it is at this moment; None:
        nobody any longer."""
        self.actor = actor
        self._begun = begun
        self._right = right
        self._now = now

    def check(self) -> None:
        """Raises NotAllowed once the right is lost, StoreUnavailable where nobody can tell."""
        now = self._now()
        if now is None or not now.may(self._right) or not _covers(now.groups, self._begun.groups):
            raise NotAllowed(sentence(_LOST, name=self._begun.name))


def _covers(now: Groups, then: Groups) -> bool:
    return now.every or (not then.every and then.named <= now.named)
