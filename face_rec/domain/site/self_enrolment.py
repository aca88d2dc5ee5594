"""Whether people may register themselves on their own phone, and what becomes of it; and the text
that a person agrees to before their face is stored."""

from enum import StrEnum
from typing import Final

from face_rec.languages.language import msgid

CONSENT_TEXT: Final = msgid(
    "I agree that my face is photographed, that a numerical template of it is stored, and "
    "that both are used only to record my attendance. I can withdraw this at any time."
)
"""Unless the site has its own. Of this one there are translations."""


class SelfEnrolling(StrEnum):
    """``ASK``: somebody approves each; ``TRUST``: who has a personal invitation is registered at
    once, where nothing speaks against it."""

    OFF = ""
    ASK = "ask"
    TRUST = "trust"


def self_enrolling_of(text: str) -> str:
    """``text`` if it is one of these; raises ValueError else."""
    if text not in set(SelfEnrolling):
        raise ValueError("ask, trust, or empty")
    return text
