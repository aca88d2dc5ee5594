"""Swaps of shifts that two have agreed on, in words for whoever decides."""

from face_rec.requests.swap_desk import Swap
from pages.ui.shared.words import day, said


def swap_headline(one: Swap) -> str:
    """Who takes which shift of whom."""
    other = one.other.name if one.other else said("(deleted person)")
    taken = day(one.request.day)
    if one.request.back is None:
        return said("{name} takes the shift of {day}.", name=other, day=taken)
    return said(
        "{name} takes the shift of {day}, in exchange for theirs of {back}.",
        name=other, day=taken, back=day(one.request.back),
    )  # fmt: skip
