"""Rules that change hold from a day: what was judged before stays as it was.

An entry that has versions is the newest of them; ``earlier`` holds those before, newest first,
each without ``earlier`` of its own. The oldest has no ``valid_from``: it holds from the beginning.
"""

from dataclasses import replace
from datetime import date
from typing import Any, Protocol, TypeVar


class Versioned(Protocol):
    """An entry with versions; a frozen dataclass."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def earlier(self) -> tuple[Any, ...]: ...


V = TypeVar("V", bound=Versioned)


def at(item: V, day: date) -> V:
    """The version of ``item`` that holds on ``day``."""
    if item.valid_from is None or item.valid_from <= day:
        return item
    for one in item.earlier:
        if one.valid_from is None or one.valid_from <= day:
            return one  # type: ignore[no-any-return] # versions are of their item's own kind
    return item


def versions(item: V) -> tuple[V, ...]:
    """All of them, newest first, each by itself."""
    return (_alone(item), *item.earlier)


def succeeded(stored: V, wanted: V, since: date | None) -> V:
    """``wanted`` in place of ``stored`` from ``since`` on; None: for all of the past as well."""
    if since is None:
        return _dated(wanted, None, ())
    before = tuple(one for one in versions(stored) if (one.valid_from or date.min) < since)
    if before and _same(before[0], wanted):
        return _dated(before[0], before[0].valid_from, before[1:])
    return _dated(wanted, since, before)


def _same(one: V, other: V) -> bool:
    return _dated(one, None, ()) == _dated(other, None, ())


def _alone(item: V) -> V:
    return _dated(item, item.valid_from, ())


def _dated(item: V, since: date | None, earlier: tuple[V, ...]) -> V:
    changes: dict[str, Any] = {"valid_from": since, "earlier": earlier}
    made: V = replace(item, **changes)  # type: ignore[type-var]
    return made
