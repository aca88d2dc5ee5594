"""Which pictures are whose, and of which day: all of it is in their keys."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from face_rec.domain.marks import Event
from face_rec.protocols.snapshots import SnapshotStore

MARKS: Final = "marks/"
DATED: Final = (MARKS, "unknown/")
"""Folders whose pictures lie by day: of marks, and of faces that nobody was named for."""

_DATED: Final = re.compile(r"[a-z]+/(\d{4})/(\d{2})/(\d{2})/")
_OWNED: Final = re.compile(r"people/([^/]+)/.+|marks/\d{4}/\d{2}/\d{2}/([^/.]+)\.[^/.]+\.jpg")


def portraits_of(subject: str) -> str:
    """Prefix of a person's own photos."""
    return f"people/{subject}/"


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


def existing(store: SnapshotStore, wanted: Iterable[str]) -> list[str]:
    """Those of ``wanted`` that are there; looks through the months they lie in."""
    left = set(wanted)
    return [key for prefix in sorted(_months(left)) for key in store.keys(prefix) if key in left]


def _months(keys: Iterable[str]) -> Iterator[str]:
    """``marks/2025/03/`` of each; of a key of another form its folder."""
    seen: set[str] = set()
    for key in keys:
        parts = key.split("/")
        prefix = "/".join(parts[:3]) + "/" if day_of(key) else key.rpartition("/")[0]
        if prefix not in seen:
            seen.add(prefix)
            yield prefix
