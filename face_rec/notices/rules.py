"""Whether a rule can be kept as somebody wants it."""

from dataclasses import replace
from typing import Final

from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import sentence
from face_rec.notices import templates
from face_rec.notices.channel import DAY_MINUTES, NoticeRule, Step

_STEPS: Final = 5


def checked(rule: NoticeRule, known: frozenset[str]) -> NoticeRule:
    """The same without channels that are not ``known`` (any more); raises NoticeRefused, in words,
    for what is none."""
    steps = tuple(replace(one, channels=one.channels & known) for one in rule.steps)
    whole = replace(rule, channels=rule.channels & known, steps=steps)
    if not whole.kinds or not whole.channels:
        raise NoticeRefused(msgid("A rule says what is told and by which channel. Choose both."))
    if not (0 <= whole.cooldown <= DAY_MINUTES and 0 <= whole.digest <= DAY_MINUTES):
        raise NoticeRefused(
            sentence(
                "Choose at most {day_minutes} minutes, which is a day.", day_minutes=DAY_MINUTES
            )
        )
    if whole.language and whole.language not in LANGUAGES:
        raise NoticeRefused(msgid("This language is not known here. Choose one of the list."))
    _check_steps(whole)
    wordings = tuple(templates.checked(one) for one in whole.wordings if one.kind in whole.kinds)
    return replace(whole, wordings=wordings)


def _check_steps(rule: NoticeRule) -> None:
    if rule.steps and rule.digest:
        raise NoticeRefused(
            msgid(
                "What waits to be acknowledged is told one by one. Set “Collect "
                "for minutes” to 0, or take the next steps out."
            )
        )
    if len(rule.steps) > _STEPS:
        raise NoticeRefused(sentence("A rule has at most {steps} next steps.", steps=_STEPS))
    for number, step in enumerate(rule.steps, 1):
        _check_step(step, number)


def _check_step(step: Step, number: int) -> None:
    if not step.channels:
        raise NoticeRefused(
            sentence(
                "Step {number} names nobody. Choose a channel, or take it out.", number=number
            )
        )
    if not 1 <= step.after <= DAY_MINUTES:
        raise NoticeRefused(
            sentence(
                "Step {number} comes after 1 to {day_minutes} minutes, a day.",
                number=number,
                day_minutes=DAY_MINUTES,
            )
        )
