"""A fresh proof before what cannot be undone: whoever is signed in shows again who they are.

The services ask, not the pages: a message made by hand, and a dialog that was left open, meet
the same refusal. Who acts, and when they last proved who they are, comes from
:mod:`face_rec.access.audit.actor`, which the gate and the pages fill anew for each request and
run.
"""

from datetime import timedelta
from typing import Final

from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.rights import FRESH_PROOF, Act
from face_rec.clock import Clock
from face_rec.domain.errors import ProofNeeded
from face_rec.languages.sentence import sentence

FRESH: Final = timedelta(minutes=5)
"""How long a proof counts, in the session that it was given in."""

CONFIRM: Final = "/account/confirm"
"""The page where it is given."""

_SKEW: Final = timedelta(seconds=30)
_FREE: Final = frozenset({"command", "system", "token", "local"})
"""Who gives no proof: a shell on the server, the app itself, a program whose token is the
proof, and this computer while accounts are switched off."""


class StepUp:
    """Safe to call from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def fresh(self, who: Actor) -> bool:
        """Whether ``who`` need not prove anything now. A proof from the future is none, but for
        the difference between two machines' clocks."""
        if who.kind in _FREE:
            return True
        if who.kind != "user" or who.proved_at is None:
            return False
        return -_SKEW <= self._clock.now() - who.proved_at < FRESH

    def demand(self, act: Act) -> None:
        """Raises ProofNeeded unless whoever acts now may do ``act`` without another proof."""
        if act in FRESH_PROOF and not self.fresh(actor.current()):
            minutes = FRESH.total_seconds() / 60
            raise ProofNeeded(
                sentence(
                    "Confirm first that it is you: your last sign-in or "
                    "confirmation was more than {minutes} minutes ago. Open "
                    "{confirm}, then do this again. Nothing was changed.",
                    minutes=f"{minutes:.0f}",
                    confirm=CONFIRM,
                )
            )
