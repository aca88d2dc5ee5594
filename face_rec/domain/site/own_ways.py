"""In which ways people may come to their own attendance."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence


class OwnWay(StrEnum):
    """By ID and PIN; by a personal link of the office's; by a code that a kiosk shows to whom it
    has just recognised; by single sign-on."""

    PIN = "pin"
    LINK = "link"
    KIOSK = "kiosk"
    SSO = "sso"


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """Where somebody is signed in to their own attendance."""

    since: datetime
    browser: str
    address: str


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A personal link that nobody has used yet: who made it, and until when it works."""

    by: str
    until: datetime


def own_ways_of(text: str) -> str:
    """The ways that ``text`` names, separated by commas, as they are stored; raises ValueError
    for any other."""
    named = {one.strip() for one in text.split(",")} - {""}
    if not named <= set(OwnWay):
        raise ValueError(sentence("some of {list}", list=", ".join(OwnWay)))
    return ",".join(way for way in OwnWay if way in named)


def ways_in(stored: str) -> frozenset[OwnWay]:
    """Those that stand in a stored text."""
    return frozenset(way for way in OwnWay if way in stored.split(","))


class Swapping(StrEnum):
    """``ASK``: who decides about requests approves each; ``AT_ONCE``: when the colleague agrees,
    the roster is changed."""

    OFF = ""
    ASK = "ask"
    AT_ONCE = "at once"


def swapping_of(text: str) -> str:
    """``text`` if it is one of these; raises ValueError else."""
    if text not in set(Swapping):
        raise ValueError(msgid("ask, at once, or empty"))
    return text
