"""What guardians are asked and told, in their language."""

from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator

VERSION: Final = "1"
"""Of the text that they agree to."""
CONSENT: Final = msgid(
    "I agree that {site} tells me by mail when the person for whom I was entered comes in and "
    "goes out. I can stop this at any time, by the link in every message."
)
_CAME: Final = msgid("{person} came in at {time}")
_WENT: Final = msgid("{person} went out at {time}")


def asked(words: Translator, site: str, link: str) -> tuple[str, str]:
    """Subject and text of the first message. Whoever reads it may be somebody else: it names
    nobody."""
    subject = words.gettext("{site}: may we tell you of coming and going?", site=site)
    lines = [
        words.gettext(
            "{site} can tell you by mail when the person for whom you were entered comes in and "
            "goes out. Nothing is sent before you agree.",
            site=site,
        ),
        "",
        words.gettext("Read more, and agree or refuse, here:"),
        link,
        "",
        words.gettext("If you do not know what this is about, do nothing: you are not told then."),
    ]
    return subject, "\n".join(lines)


def told(words: Translator, person: str, time: str, *, inwards: bool) -> str:
    """What happened, in one sentence."""
    return words.gettext(_CAME if inwards else _WENT, person=person, time=time)


def body(words: Translator, said: str, day: str, link: str) -> str:
    """With the way to stop it."""
    why = words.gettext("You are told because you agreed to it. Stop it at once here:")
    return "\n".join([said, day, "", why, link])
