"""Whether people may swap shifts with a colleague of their group, and who lets them."""

from enum import StrEnum


class Swapping(StrEnum):
    """``ASK``: who decides about requests approves each; ``AT_ONCE``: when the colleague agrees,
    the roster is changed."""

    OFF = ""
    ASK = "ask"
    AT_ONCE = "at once"


def swapping_of(text: str) -> str:
    """``text`` if it is one of these; raises ValueError else."""
    if text not in set(Swapping):
        raise ValueError("ask, at once, or empty")
    return text
