"""What happened that somebody may want to be told: of which kinds, and one such notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from face_rec.languages.language import msgid

Facts = Mapping[str, str | int]
"""What a kind says beyond whom, where and when, by name."""


class About(StrEnum):
    """What a notice tells of."""

    PERSON = "person"
    KIOSK = "kiosk"
    SITE = "site"
    UNKNOWN = "unknown"
    """Somebody who is not registered."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts of a kind: its name, what it is, in words, and its type."""

    name: str
    words: str
    kind: type[str] | type[int] = str


_KIND: Final = Fact("kind", "punch, in, out or break")
_MINUTES: Final = Fact("minutes", "how many minutes late, begun ones whole", int)
_DAY: Final = Fact("day", "the local day, YYYY-MM-DD")
_WHY: Final = Fact("why", "what spoke against the face, in English")
_WHAT: Final = Fact("what", "void, retype or confirm")
_STANDING: Final = Fact("what", "approved, declined or cancelled")
_BY: Final = Fact("by", "the account, kiosk or token that did it")
_TIMES: Final = Fact("times", "how often they were seen", int)
_SINCE: Final = Fact("since", "the UTC day of the first time, YYYY-MM-DD")
_COUNT: Final = Fact("count", "how many wait", int)
_REPORT: Final = Fact("schedule", "what is sent again and again")
_DUE: Final = Fact("day", "the local day on which it was due, YYYY-MM-DD")
_CHECK: Final = Fact("check", "the check of /readyz")


class NoticeKind(StrEnum):
    """Every kind of notice: its value as programs get it, which is never renamed, ``words`` as
    people read it, what it is about, its ``facts``, and the broader kind that it is ``within``:
    who is told of that is told of this as well. Nothing else lists them, so that a new one is a
    line here and whatever publishes it."""

    words: str
    about: About
    facts: tuple[Fact, ...]
    within: str

    MARK = "attendance.mark", msgid("Marked"), About.PERSON, (_KIND,)
    LATE = "attendance.late", msgid("Came late"), About.PERSON, (_MINUTES,)
    ABSENT = "attendance.absent", msgid("Absent"), About.PERSON, (_DAY,)
    MISSING_OUT = "attendance.missing_out", msgid("Did not check out"), About.PERSON, (_DAY,)
    HELD = "attendance.held", msgid("Not taken for live"), About.PERSON, (_WHY,)
    SPOOF = (
        "attendance.spoof", msgid("A picture before the camera"), About.PERSON, (_WHY,),
        "attendance.held",
    )  # fmt: skip
    CORRECTION = "attendance.correction", msgid("Mark corrected"), About.PERSON, (_WHAT, _BY)
    DISPUTED = (
        "attendance.disputed", msgid("Mark disputed"), About.PERSON, (_BY,),
        "attendance.correction",
    )  # fmt: skip
    ENROLMENT = "person.enrolment", msgid("Registration to approve"), About.SITE, (_COUNT,)
    REQUEST = "attendance.request", msgid("Correction asked for"), About.PERSON, (_DAY,)
    LEAVE = "attendance.leave", msgid("Leave asked for"), About.PERSON, (_DAY,)
    SWAP = "attendance.swap", msgid("Swap of shifts asked for"), About.PERSON, (_DAY,)
    WAITS = "attendance.waits", msgid("A request still waits"), About.PERSON, (_DAY,)
    KIOSK_SILENT = "kiosk.silent", msgid("Kiosk is silent"), About.KIOSK
    KIOSK_BACK = "kiosk.back", msgid("Kiosk is back"), About.KIOSK
    CAMERA_SILENT = "camera.silent", msgid("Camera is silent"), About.KIOSK
    CAMERA_BACK = "camera.back", msgid("Camera is back"), About.KIOSK
    CAMERA_BLIND = "camera.blind", msgid("Camera sees nothing"), About.KIOSK
    CAMERA_SEES = "camera.sees", msgid("Camera sees again"), About.KIOSK
    CAMERA_ALARM = "camera.alarm", msgid("Somebody at an alarm camera"), About.KIOSK
    PROBLEM = "site.problem", msgid("Something is wrong"), About.SITE, (_CHECK,)
    DISK = "site.disk", msgid("Disk is full or failing"), About.SITE, (_CHECK,), "site.problem"
    CHAIN = (
        "site.chain_broken", msgid("The chain of marks is broken"), About.SITE, (_CHECK,),
        "site.problem",
    )  # fmt: skip
    SOLVED = "site.solved", msgid("Is right again"), About.SITE, (_CHECK,)
    STRANGER_CAME = "stranger.came", msgid("Unknown person"), About.UNKNOWN
    STRANGER = (
        "stranger.seen", msgid("Unknown person seen again"), About.UNKNOWN, (_TIMES, _SINCE)
    )  # fmt: skip
    BLOCKED = "person.blocked", msgid("Blocked person"), About.UNKNOWN
    VISITOR = "visitor.came", msgid("A visitor is here"), About.PERSON
    VISITOR_STAYS = "visitor.stays", msgid("A visitor is still here"), About.SITE
    TEST = "site.test", msgid("A test"), About.SITE
    GUARDIAN = "guardian.asked", msgid("Asks whether somebody may be told"), About.PERSON
    LETTER = "person.letter", msgid("A letter to the person"), About.PERSON
    REPORT = "report.mail", msgid("A report by mail"), About.SITE, (_REPORT, _DUE)
    DECIDED = "own.decided", msgid("Your request was decided"), About.PERSON, (_DAY, _STANDING)
    OFFERED = "own.swap_offered", msgid("A colleague asks you to swap"), About.PERSON, (_DAY,)
    SETTLED = (
        "own.swap_settled", msgid("A swap that you agreed to was decided"), About.PERSON,
        (_DAY, _STANDING),
    )  # fmt: skip

    @property
    def plain(self) -> str:
        """Its value within an id, which has no full stop: that parts what a webhook signs."""
        return self.value.replace(".", "-").replace("_", "-")

    def __new__(
        cls, value: str, words: str, about: About, facts: tuple[Fact, ...] = (), within: str = ""
    ) -> Self:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.words = words
        kind.about = about
        kind.facts = facts
        kind.within = within
        return kind


_ITS_OWN: Final = frozenset(
    {
        NoticeKind.TEST, NoticeKind.GUARDIAN, NoticeKind.LETTER, NoticeKind.DECIDED,
        NoticeKind.REPORT, NoticeKind.OFFERED, NoticeKind.SETTLED,
    }
)  # fmt: skip
TOLD: Final = tuple(kind for kind in NoticeKind if kind not in _ITS_OWN)
"""What a rule can be about."""


def words_of(kind: str) -> str:
    """A kind in words; as it is if a later version wrote it."""
    known = {one.value: one.words for one in NoticeKind}
    return known.get(kind, f"{kind} (of a later version)")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened. It names a person by the random subject only, so that nothing of
    it need be erased: name and group are looked up when it is told.

    ``id`` is the same however often it is told. ``event``: the mark or correction it is about.
    ``details``: one line for people, in English, without a name; empty where the kind says it
    all. ``facts``: those of its kind, for programs and other languages.
    """

    id: str
    kind: NoticeKind
    at: datetime
    subject: str = ""
    kiosk: str = ""
    event: str = ""
    details: str = ""
    facts: Facts = field(default_factory=dict)
