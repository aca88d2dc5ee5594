"""Who sent the message or request that is being worked on, in code that has none to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from face_rec.access.principal import Principal

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
