"""A one-time link: opens one thing, once."""

from dataclasses import dataclass
from enum import StrEnum


class LinkKind(StrEnum):
    """What the link opens."""

    SETUP = "setup"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Link:
    """``target`` is the kiosk's id; empty for the set-up link."""

    kind: LinkKind
    target: str = ""
