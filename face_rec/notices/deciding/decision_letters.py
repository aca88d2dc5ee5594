"""What is written to those who decide, to those whose requests were decided, and to colleagues who
are asked to swap shifts."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.notices.notice import NoticeKind

_BECAME: Final = {
    "approved": msgid("Your request about {date} was approved."),
    "declined": msgid("Your request about {date} was declined."),
    "cancelled": msgid("Your leave from {date} was undone by the office."),
}
_SETTLED: Final = {
    "approved": msgid("The swap of the shift of {date}, to which you agreed, was approved."),
    "declined": msgid("The swap of the shift of {date}, to which you agreed, was declined."),
    "taken back": msgid(
        "The swap of the shift of {date}, to which you agreed, was taken back by your colleague."
    ),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a colleague is asked: by whom, for the shift of which day, in exchange for theirs of
    ``back``; None: for nothing."""

    name: str
    day: date
    back: date | None


def asked(words: Translator, said: str, link: str) -> str:
    """The text: what is asked for, in one sentence, and where it is decided. It names no reason
    and no kind of leave: mail lies about."""
    return "\n".join(
        [
            said,
            "",
            words.gettext("Read it, and approve or decline, here:"),
            link,
            "",
            words.gettext("The link decides this once, in your name. Do not pass it on."),
        ]
    )


def offered(words: Translator, one: Offered, page: str) -> tuple[str, str]:
    """What it is, which names nobody, and the whole text with where it is answered. Why it is
    asked stands there alone."""
    day = words.day(one.day)
    said = words.gettext("{name} asks you to take the shift of {date}.", name=one.name, date=day)
    if one.back is not None:
        said = words.gettext(
            "{name} asks you to take the shift of {date}, and takes yours of {back}.",
            name=one.name, date=day, back=words.day(one.back),
        )  # fmt: skip
    answer = words.gettext("Agree or decline in My attendance:")
    return words.gettext(NoticeKind.OFFERED.words), "\n".join([said, "", answer, page])


def settled(words: Translator, what: str, date: str, page: str) -> tuple[str, str]:
    """The same of a swap, for the colleague who had agreed to it."""
    if what not in _SETTLED:
        return "", ""
    said = words.gettext(_SETTLED[what], date=date)
    more = words.gettext("Your week stands in My attendance:")
    return said, "\n".join([said, "", more, page])


def decided(words: Translator, what: str, date: str, page: str) -> tuple[str, str]:
    """What became of it, and the whole text with where more stands. "" for what nobody is told
    of."""
    if what not in _BECAME:
        return "", ""
    said = words.gettext(_BECAME[what], date=date)
    more = words.gettext("By whom, and with what note, stands in My attendance:")
    return said, "\n".join([said, "", more, page])
