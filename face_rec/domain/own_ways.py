"""In which ways people may come to their own attendance."""

from enum import StrEnum


class OwnWay(StrEnum):
    """By ID and PIN; by a personal link of the office's."""

    PIN = "pin"
    LINK = "link"


def own_ways_of(text: str) -> str:
    """The ways that ``text`` names, separated by commas, as they are stored; raises ValueError
    for any other."""
    named = {one.strip() for one in text.split(",")} - {""}
    if not named <= set(OwnWay):
        raise ValueError(f"some of {', '.join(OwnWay)}")
    return ",".join(way for way in OwnWay if way in named)


def ways_in(stored: str) -> frozenset[OwnWay]:
    """Those that stand in a stored text."""
    return frozenset(way for way in OwnWay if way in stored.split(","))
