"""Views and filters that are kept: each one's own, and those that somebody shares."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from face_rec.attendance.explore.view import View
from face_rec.clock import Clock
from face_rec.domain.errors import NotAllowed, ViewRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

LONGEST: Final = 60
MOST: Final = 50
"""Views of a page that one account may keep."""


class ViewRecords(Protocol):
    """Where they rest. All may raise StoreUnavailable."""

    def get(self, record_id: str) -> View | None: ...
    def all(self) -> list[View]: ...
    def create(self, record: View, only_first: bool = False) -> bool: ...
    def update(self, record: View) -> View: ...
    def remove(self, record_id: str) -> bool: ...


Note = Callable[[View, bool], None]
"""Writes into the audit log that a view was saved (True) or removed."""


class Views:
    """Safe to call from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        records: ViewRecords,
        clock: Clock,
        *,
        ended: Callable[[str], bool],
        note: Note,
        may: Callable[[View], bool] = lambda _: True,
    ) -> None:
        """``ended``: whether an account was switched off, with which its views go. ``may``:
        whether a view's owner may open its page at this moment: else they share nothing on it."""
        self._records = records
        self._clock = clock
        self._ended = ended
        self._note = note
        self._may = may

    def of(self, reader: str, page: str = "") -> list[View]:
        """Those of ``page`` that ``reader`` may open: their own by title, then what others share.
        Views of accounts that have ended are removed, whoever asks."""
        owners: dict[str, bool] = {}
        found = []
        for view in self._records.all():
            if view.owner not in owners:
                owners[view.owner] = self._ended(view.owner)
            if owners[view.owner]:
                self._forget(view)
            elif view.page == page and view.known and self._open_to(reader, view):
                found.append(view)
        return sorted(found, key=lambda one: (one.owner != reader, one.title.casefold(), one.id))

    def _open_to(self, reader: str, view: View) -> bool:
        return view.owner == reader or (view.shared and self._may(view))

    def save(self, view: View) -> View:
        """Keep it for its owner, in the place of one of theirs that has the same title. Raises
        ViewRefused."""
        named = replace(view, title=" ".join(view.title.split()))
        if not named.title or len(named.title) > LONGEST:
            raise ViewRefused(
                sentence("Give the view a name of 1 to {longest} letters.", longest=LONGEST)
            )
        if not named.known:
            raise ViewRefused(
                msgid("This cannot be asked. Choose what it is broken down by anew.")
            )
        mine = (one for one in self._records.all() if one.owner == named.owner)
        own = [one for one in mine if one.page == named.page]
        same = [one for one in own if one.title.casefold() == named.title.casefold()]
        if same:
            kept = self._records.update(
                replace(named, id=same[0].id, made_at=same[0].made_at, version=same[0].version)
            )
        elif len(own) >= MOST:
            raise ViewRefused(
                sentence("You keep {most} views already. Remove one first.", most=MOST)
            )
        else:
            kept = replace(named, id=secrets.token_hex(6), made_at=self._clock.now(), version=1)
            self._records.create(kept)
        self._note(kept, True)
        return kept

    def remove(self, view_id: str, reader: str, *, anybodys: bool) -> None:
        """No error if there is none. ``anybodys``: whether ``reader`` may remove what others
        share; NotAllowed is raised where not."""
        view = self._records.get(view_id)
        if view is None:
            return
        if view.owner != reader and not (anybodys and view.shared):
            raise NotAllowed(msgid("This view is somebody else's. Ask them to remove it."))
        self._forget(view)

    def _forget(self, view: View) -> None:
        if self._records.remove(view.id):
            self._note(view, False)
