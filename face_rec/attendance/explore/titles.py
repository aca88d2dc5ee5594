"""Names of people in the titles of views, which are typed freely: somebody who is erased is not
left in one, and somebody who is called otherwise now is called so there, too."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from face_rec.attendance.explore.views import LONGEST, ViewRecords
from face_rec.domain.people import Person
from face_rec.retry import until_first


def names(title: str, person: Person) -> bool:
    """By whole words, so that nobody is in somebody else's name; an ID where it is no number
    that a title has anyway, like a year."""
    return any(_whole(one).search(_alike(title)) for one in _said(person))


def retitled(title: str, was: Person, now: Person) -> str:
    """With the name and the ID of today in the place of those before, by the same rule."""
    said = dict(zip((was.name, was.id), (now.name, now.id), strict=True))
    for old in _said(was):
        if said[old] != old:
            title = _instead(title, old, said[old])
    return title[:LONGEST].rstrip()


def retitle(records: ViewRecords, was: Person, now: Person) -> None:
    """All views that are called by what somebody was called before. May raise StoreUnavailable."""
    for view in records.all():
        if retitled(view.title, was, now) != view.title:
            until_first(partial(_retitle_one, records, view.id, was, now))


def _retitle_one(records: ViewRecords, view_id: str, was: Person, now: Person) -> None:
    view = records.get(view_id)
    if view is not None:
        records.update(replace(view, title=retitled(view.title, was, now)))


def _said(person: Person) -> Iterator[str]:
    yield person.name
    if not person.id.isdecimal():
        yield person.id


def _instead(title: str, old: str, new: str) -> str:
    """A title that says it in letters that only read alike is written in small ones."""
    for text in (_plain(title), _alike(title)):
        if _whole(old).search(text):
            return _whole(old).sub(lambda _: new, text)
    return title


def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(_alike(text))}(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _alike(text: str) -> str:
    """Of texts that read alike the same: a title is typed on another keyboard than the name, and
    keeps no two blanks in a row."""
    return _plain(text).casefold()
