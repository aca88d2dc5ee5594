"""How each value that an admin may choose is read from its text, and which variable goes first."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from face_rec.domain.free_text import free_text
from face_rec.domain.kiosks.look import accent_of, stored_logo, welcome_of
from face_rec.domain.site.first_steps import guide_of
from face_rec.domain.site.own_calibration import calibrations_of
from face_rec.domain.site.own_ways import own_ways_of, swapping_of
from face_rec.domain.site.self_enrolment import self_enrolling_of
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext, sentence
from face_rec.settings.kinds import Cooldown, Days, FewDays, LanguageCode, Title, Zone, parser

LONGEST_VISITOR_TEXT: Final = 2000


_MODEL: Final = re.compile(r"\d{1,9} \S{1,64} \S{1,40} .{1,400}")


def _model(text: str) -> str:
    if not _MODEL.fullmatch(text):
        raise ValueError(msgid("the choice of a pack"))
    return text


_CHANNEL: Final = re.compile(r"[0-9a-f]{12}|")


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise ValueError(msgid("a channel of Notifications"))
    return text


def _on_or_off(text: str) -> str:
    if text not in ("", "on"):
        raise ValueError(msgid("on or off"))
    return text


def _visitor_text(text: str) -> str:
    if len(text) > LONGEST_VISITOR_TEXT:
        raise ValueError(sentence("at most {most} letters", most=LONGEST_VISITOR_TEXT))
    return "\n".join(line for part in text.splitlines() if (line := free_text(part)))


PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "title": parser(Title),
    "timezone": parser(Zone),
    "language": parser(LanguageCode),
    "cooldown": parser(Cooldown),
    "snapshot_days": parser(Days),
    "inactive_days": parser(Days),
    "stranger_days": parser(FewDays),
    "model": _model,
    "accent": accent_of,
    "welcome": welcome_of,
    "logo": stored_logo,
    "sounds": parser(bool),
    "voice": parser(bool),
    "short_names": parser(bool),
    "show_late": parser(bool),
    "calibrations": calibrations_of,
    "first_steps": guide_of,
    "guardians": _channel,
    "own_page": own_ways_of,
    "letters": _channel,
    "self_enrolment": self_enrolling_of,
    "swaps": swapping_of,
    "remind_days": parser(FewDays),
    "badge_days": parser(Days),
    "visitors": _on_or_off,
    "visitor_days": parser(FewDays),
    "visitor_text": _visitor_text,
}


VARIABLES: Final[Mapping[str, str]] = {
    "title": "TITLE",
    "timezone": "TIMEZONE",
    "language": "SITE_LANGUAGE",
    "cooldown": "COOLDOWN_SECONDS",
    "snapshot_days": "SNAPSHOT_DAYS",
    "inactive_days": "INACTIVE_DAYS",
    "stranger_days": "STRANGER_DAYS",
}
NAMES: Final[Mapping[str, str]] = {
    "title": msgid("Name of the site"),
    "timezone": msgid("Time zone"),
    "language": msgid("Language of the kiosks"),
    "cooldown": msgid("Seconds before somebody is marked again"),
    "snapshot_days": msgid("Keep pictures of marks (days)"),
    "inactive_days": msgid("Keep faces of people without a mark (days)"),
    "badge_days": msgid("Badges that are printed now are valid for (days)"),
    "visitor_days": msgid("Erase visits after (days)"),
    "visitor_text": msgid("What visitors agree to"),
    "accent": msgid("Accent colour"),
    "welcome": pgettext("line of text", "Welcome"),
    "logo": msgid("Logo"),
}
"""What a person types, as its field is called."""
