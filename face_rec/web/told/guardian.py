"""``/guardian/TOKEN``."""

from typing import Final

from face_rec.languages.language import msgid

_LABELS: Final = {
    "agree": msgid("I agree"),
    "refuse": msgid("No, do not write to me"),
    "stop": msgid("Stop these messages"),
}
_AGREED: Final = msgid("Thank you. From now on you are told.")
_STOPPED: Final = msgid("You are not written to any more.")
_SINCE: Final = msgid("You agreed to it on {date}.")
