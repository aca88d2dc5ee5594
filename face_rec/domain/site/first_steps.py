"""The first steps of a new site: model, oneself, kiosk. What is done is told by facts, so that
whoever leaves and comes back, in whatever browser, goes on where the site stands."""

from enum import StrEnum


class Guide(StrEnum):
    """Whether an administrator is led through the first steps."""

    NOT_BEGUN = ""
    """No set-up link made the first account: a command did, or accounts are off."""
    ON = "on"
    LATER = "later"
    """Somebody has put it off: no page leads on by itself."""
    OVER = "over"


class Step(StrEnum):
    """What comes next. The account, which is the first step, is there by then."""

    MODEL = "model"
    YOU = "you"
    KIOSK = "kiosk"
    DONE = "done"


def next_step(*, model: bool, people: int, marked: bool) -> Step:
    """``model``: whether one is loaded; ``people``: how many are registered; ``marked``: whether
    anybody was marked lately."""
    if not model:
        return Step.MODEL
    if not people:
        return Step.YOU
    return Step.DONE if marked else Step.KIOSK


def guide_of(text: str) -> Guide:
    """As it is stored. Raises ValueError for anything else."""
    try:
        return Guide(text)
    except ValueError:
        raise ValueError("on, later or over") from None
