"""What happened that somebody may want to be told: of which kinds, and one such notice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self


class About(StrEnum):
    """What a notice tells of."""

    PERSON = "person"
    KIOSK = "kiosk"
    SITE = "site"


class NoticeKind(StrEnum):
    """Every kind of notice: its value as programs get it, which is never renamed, ``words`` as
    people read it, and what it is about. Nothing else lists them."""

    words: str
    about: About

    MARK = "attendance.mark", "Marked", About.PERSON
    LATE = "attendance.late", "Came late", About.PERSON
    ABSENT = "attendance.absent", "Absent", About.PERSON
    MISSING_OUT = "attendance.missing_out", "Did not check out", About.PERSON
    HELD = "attendance.held", "Not taken for live", About.PERSON
    CORRECTION = "attendance.correction", "Mark corrected", About.PERSON
    KIOSK_SILENT = "kiosk.silent", "Kiosk is silent", About.KIOSK
    KIOSK_BACK = "kiosk.back", "Kiosk is back", About.KIOSK
    PROBLEM = "site.problem", "Something is wrong", About.SITE
    SOLVED = "site.solved", "Is right again", About.SITE
    TEST = "site.test", "A test", About.SITE

    @property
    def plain(self) -> str:
        """Its value within an id, which has no full stop: that parts what a webhook signs."""
        return self.value.replace(".", "-").replace("_", "-")

    def __new__(cls, value: str, words: str, about: About) -> Self:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.words = words
        kind.about = about
        return kind


TOLD: Final = tuple(kind for kind in NoticeKind if kind is not NoticeKind.TEST)
"""What a rule can be about."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened. It names a person by the random subject only, so that nothing of
    it need be erased: name and group are looked up when it is told.

    ``id`` is the same however often it is told. ``event``: the mark or correction it is about.
    ``details``: one line for people, without a name; empty where the kind says it all.
    """

    id: str
    kind: NoticeKind
    at: datetime
    subject: str = ""
    kiosk: str = ""
    event: str = ""
    details: str = ""
