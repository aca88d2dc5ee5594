"""Whose doing the running code is, for the audit log.

The gate, a page or a command says so; code below need not be told.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from face_rec.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Actor:
    """``name``: account, kiosk or token. ``kind``: user, device, token, command ….
    ``address``: the network address the request came from. ``proved_at``: when a user last
    proved in this session who they are."""

    name: str
    kind: str
    address: str = ""
    proved_at: datetime | None = None


SYSTEM = Actor("the system", "system")
_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


class _Asked:
    """Streamlit runs scripts in threads of its own, which no context reaches."""

    provider: Callable[[], Actor | None] | None = None


def ask(provider: Callable[[], Actor | None]) -> None:
    """Where to ask when nobody has said so; pages hand in their session's identity."""
    _Asked.provider = provider


def current() -> Actor:
    """Who acts now; the system itself where nobody is known."""
    known = _acting.get()
    if known is None and _Asked.provider is not None:
        known = _Asked.provider()
    return known or SYSTEM


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything inside is ``actor``'s doing, also in threads that copy the context."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


# Who sent the message or request that is being worked on, in code that has none to look at.

_asking: ContextVar[Principal | None] = ContextVar("asking", default=None)


@contextmanager
def asking(principal: Principal) -> Iterator[None]:
    """Everything inside is worked on for ``principal``, also in tasks and threads that copy the
    context."""
    token = _asking.set(principal)
    try:
        yield
    finally:
        _asking.reset(token)


def requester() -> Principal | None:
    """None where the gate is not there, or nobody knows."""
    return _asking.get()
