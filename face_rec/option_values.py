"""How each value that an admin may choose is read from its text, and which variable goes first."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from face_rec.domain.first_steps import guide_of
from face_rec.domain.free_text import free_text
from face_rec.domain.look import accent_of, stored_logo, welcome_of
from face_rec.domain.own_calibration import calibrations_of
from face_rec.domain.own_ways import own_ways_of, swapping_of
from face_rec.domain.self_enrolment import self_enrolling_of
from face_rec.settings.kinds import Cooldown, Days, FewDays, LanguageCode, Title, Zone, parser

LONGEST_VISITOR_TEXT: Final = 2000


_MODEL: Final = re.compile(r"\d{1,9} \S{1,64} \S{1,40} .{1,400}")


def _model(text: str) -> str:
    if not _MODEL.fullmatch(text):
        raise ValueError("the choice of a pack")
    return text


_CHANNEL: Final = re.compile(r"[0-9a-f]{12}|")


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise ValueError("a channel of Notifications")
    return text


def _on_or_off(text: str) -> str:
    if text not in ("", "on"):
        raise ValueError("on or off")
    return text


def _visitor_text(text: str) -> str:
    if len(text) > LONGEST_VISITOR_TEXT:
        raise ValueError(f"at most {LONGEST_VISITOR_TEXT} letters")
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
