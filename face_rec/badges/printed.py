"""How badges are wanted, and the file that they come in."""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Final, Self

MOST: Final = 2000
"""Badges of one file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How badges are to be. ``sheet``: on A4, else one a page. ``photo``: with the portrait that
    is kept of who has one."""

    sheet: bool = True
    photo: bool = True


@dataclass(frozen=True, slots=True)
class Printed:
    """A file of badges, which is kept nowhere else: for who asked for it, ``by``. ``refused``: the
    IDs of who has none, for they are deactivated or gone."""

    pdf: bytes
    of: frozenset[str]
    by: str
    refused: tuple[str, ...] = ()

    def subjects(self) -> Set[str]:
        return self.of

    def without(self, gone: Set[str]) -> Self:
        """Nothing is left of a file that shows somebody who is erased."""
        return replace(self, pdf=b"", of=frozenset()) if gone & self.of else self
