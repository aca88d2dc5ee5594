"""The keys of pictures: which texts are any, where each lies, and so whose it is and of which
day."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from face_rec.domain.errors import BadSnapshotKey
from face_rec.domain.marks import Event

MARKS: Final = "marks/"
PEOPLE: Final = "people/"
"""Folder of people's own photos."""
DATED: Final = (MARKS, "unknown/")
"""Folders whose pictures lie by day: of marks, and of faces that nobody was named for."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """Kept enrolment photos: how many there are, their ``bytes`` where they lie, and how many were
    ``removed`` because nobody needs them."""

    photos: int = 0
    bytes: int = 0
    removed: int = 0


_DATED: Final = re.compile(r"[a-z]+/(\d{4})/(\d{2})/(\d{2})/")
_OWNED: Final = re.compile(r"people/([^/]+)/.+|marks/\d{4}/\d{2}/\d{2}/([^/.]+)\.[^/.]+\.jpg")
_KEPT: Final = re.compile(r"people/([^/]+)/enrolment/([0-9a-f]{32})\.jpg")
_ATTACHED: Final = re.compile(r"people/([^/]+)/requests/([A-Za-z0-9_-]+)\.([^/]+)")
_SEGMENT = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_LONGEST = 200  # leaves room for a prefix within the 255 bytes of a file name


def check_key(key: str) -> str:
    """``key`` itself if it is one, a relative POSIX path of our own alphabet; raises
    BadSnapshotKey otherwise.

    Everything else is refused before a disk or a bucket is touched, so that no key can climb out
    of its folder, hide as a dot file or need quoting in a URL.
    """
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise BadSnapshotKey(
            f"{key[:80]!r} is not a snapshot key. Use letters, digits, '-', '_', single dots "
            f"and '/', at most {_LONGEST} characters."
        )
    return key


def key_of(event_id: str, at: datetime, subject: str) -> str:
    """Where the picture of a mark lies. It derives from the event, so that a mark never waits
    for the store; and it says whose it is, so that it is sealed with that person's own key and
    goes with them (see :func:`owner_of`)."""
    return f"{MARKS}{at.astimezone(UTC):%Y/%m/%d}/{subject}.{event_id}.jpg"


def portraits_of(subject: str) -> str:
    """Prefix of a person's own photos."""
    return f"{PEOPLE}{subject}/"


def kept_photo(subject: str, name: str) -> str:
    """Where an accepted enrolment photo lies. ``name`` is made of its content, so that another
    picture in its place is noticed."""
    return f"{portraits_of(subject)}enrolment/{name}.jpg"


def kept_of(key: str) -> tuple[str, str] | None:
    """Whose kept photo lies there, and its name; None for any other picture."""
    found = _KEPT.fullmatch(key)
    return (found[1], found[2]) if found else None


def attachment(subject: str, request_id: str, name: str) -> str:
    """Where a file lies that a person has laid beside a request: among what is theirs."""
    return f"{portraits_of(subject)}requests/{request_id}.{name}"


def attached_of(key: str) -> tuple[str, str, str] | None:
    """Whose attachment lies there, of which request, and its name; None for a picture."""
    found = _ATTACHED.fullmatch(key)
    return (found[1], found[2], found[3]) if found else None


def owner_of(key: str) -> str | None:
    """The subject of who is in a picture; None for one of nobody, and for pictures of marks that
    older versions named by the mark alone."""
    found = _OWNED.fullmatch(key)
    return found and (found[1] or found[2])


def day_of(key: str) -> date | None:
    """The UTC day in the key of a dated picture; None for any other key."""
    found = _DATED.match(key)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def of_events(events: Iterable[Event]) -> list[str]:
    """The pictures of marks, without repetition, in order."""
    return list(dict.fromkeys(event.snapshot for event in events if event.snapshot))


def of_person(
    keys: Callable[[str], Iterable[str]], subject: str, marks: Iterable[Event]
) -> list[str]:
    """The pictures of a person's ``marks`` that are there, and those whose names say that they
    are the person's: a wrong clock may have laid one anywhere, and its mark may be gone. ``keys``
    lists those of a store that begin with a prefix; every picture of a mark is looked at."""
    wanted = set(of_events(marks))
    folders = {key.rpartition("/")[0] for key in wanted if not key.startswith(MARKS)}
    return [
        key
        for prefix in (MARKS, *sorted(folders))
        for key in keys(prefix)
        if key in wanted or (key.startswith(MARKS) and owner_of(key) == subject)
    ]


def late_of_person(
    keys: Callable[[str], Iterable[str]], subject: str, recent: Iterable[Event], now: datetime
) -> list[str]:
    """The pictures of a person's ``recent`` marks, whether they are there or not; all of the
    person's own; and those of marks that nobody knew of, of the days around ``now``: a process
    that was stopped, or somebody who made the person active again, may have had one made."""
    days = [now.astimezone(UTC) + timedelta(days=n) for n in (-1, 0, 1)]
    dated = (key for day in days for key in keys(f"{MARKS}{day:%Y/%m/%d}/"))
    own = (key for key in dated if owner_of(key) == subject)
    return [*of_events(recent), *keys(portraits_of(subject)), *own]
