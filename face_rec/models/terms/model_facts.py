"""What is known of a model pack: its licence, how fast it is, where its scores come from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Sentence, sentence


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done with weights. ``companies``: whether a company may use them without
    asking anybody; None where nothing is said of it. ``short``: that in a sentence
    without its stop. Both are marked texts."""

    companies: bool | None
    short: str
    text: str


RESEARCH: Final = Licence(
    companies=False,
    short=msgid("A company may use it only with a licence from InsightFace"),
    text=msgid(
        "The weights of InsightFace's packs are free for non-commercial research only; any other "
        "use needs a licence from InsightFace (https://www.insightface.ai). This is separate from "
        "the licence of this software."
    ),
)
FREE: Final = Licence(
    companies=True,
    short=msgid("A company may use it free of charge"),
    text=msgid(
        "YuNet is under the MIT licence, SFace under the Apache License 2.0, both published by "
        "OpenCV Zoo: a company may use them, and what they say of their authors stays with them."
    ),
)
UNSAID: Final = Licence(
    companies=None,
    short=msgid("A company may find out from whoever made the weights"),
    text=sentence(
        "Nothing is said of the licence of these weights; ask whoever made them before a company "
        "uses them. If they come from InsightFace: {research}",
        research=RESEARCH.text,
    ),
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds on one core: to find faces in a 320×192 picture, and to recognise one face."""

    detect: float
    embed: float
    measured: bool

    def __str__(self) -> str:
        return str(self.told())

    def told(self) -> Sentence:
        """For whoever reads it, in their language."""
        rate = 1 / (self.detect + self.embed)
        shown = Figure(rate, 0 if rate >= 10 else 1)
        if self.measured:
            return sentence(
                "recognises about {rate} people a second on one core (measured here)", rate=shown
            )
        return sentence(
            "recognises about {rate} people a second on one core (an estimate for this machine)",
            rate=shown,
        )


class Origin(StrEnum):
    """Where the points come from."""

    OWN = "measured on your own people"
    MEASURED = "measured"
    ESTIMATED = "estimated"  # nobody measured this model; chosen on the safe side
    UNKNOWN = "unknown"  # a model never seen before
