"""Counted error rates of liveness in sentences, said in the language of whoever reads them."""

from typing import Final

from face_rec.journey.liveness.error_rates import Rate, Result
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Sentence, Typed, sentence

LIVE_FACES: Final = msgid("live faces")
"""What those are called that lie in no folder of their own."""


def _called(kind: str) -> object:
    return kind if kind == LIVE_FACES else Typed(kind)


def rows(result: Result) -> list[tuple[Sentence, Rate]]:
    """A table that a person reads: what was counted, in words, and how often it was so."""
    found = []
    for name, live in result.bonafide.items():
        found += [
            (sentence("{kind}: not taken for live (BPCER)", kind=_called(name)), live.bpcer),
            (sentence("{kind}: taken for a picture at once", kind=_called(name)), live.accused),
            (sentence("{kind}: could not be measured", kind=_called(name)), live.no_response),
        ]
    for name, one in result.species.items():
        worst = name == result.worst and len(result.species) > 1
        apcer = (
            sentence("{kind}: taken for live (APCER, the worst)", kind=_called(name))
            if worst
            else sentence("{kind}: taken for live (APCER)", kind=_called(name))
        )
        found += [
            (apcer, one.apcer),
            (sentence("{kind}: not noticed at once", kind=_called(name)), one.unnoticed),
            (sentence("{kind}: could not be measured", kind=_called(name)), one.no_response),
            (sentence("{kind}: would be marked, unchecked", kind=_called(name)), one.named),
            (
                sentence("{kind}: would be marked, observed and unnoticed", kind=_called(name)),
                one.observed,
            ),
            (
                sentence(
                    "{kind}: would be marked, only live ones are (IAPMR)", kind=_called(name)
                ),
                one.iapmr,
            ),
        ]
    return found


def told(one: Rate) -> str:
    """How often, and between which bounds."""
    if one.of == 0:
        return msgid("nothing to count")
    values = {
        "errors": one.errors,
        "all": one.of,
        "share": Figure(100 * one.errors / one.of, 1),
        "low": Figure(100 * one.low, 1),
        "high": Figure(100 * one.high, 1),
    }
    if one.enough:
        return sentence("{errors} of {all} = {share}% (between {low}% and {high}%)", **values)
    return sentence(
        "{errors} of {all} = {share}% (between {low}% and {high}%: insufficient data)", **values
    )
