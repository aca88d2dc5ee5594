"""What is written to those who decide, and to those whose requests were decided."""

from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator

_BECAME: Final = {
    "approved": msgid("Your request about {date} was approved."),
    "declined": msgid("Your request about {date} was declined."),
    "cancelled": msgid("Your leave from {date} was undone by the office."),
}


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


def decided(words: Translator, what: str, date: str, page: str) -> tuple[str, str]:
    """What became of it, and the whole text with where more stands. "" for what nobody is told
    of."""
    if what not in _BECAME:
        return "", ""
    said = words.gettext(_BECAME[what], date=date)
    more = words.gettext("By whom, and with what note, stands in My attendance:")
    return said, "\n".join([said, "", more, page])
