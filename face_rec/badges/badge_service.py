"""The office prints badges, for one or many; each has a new code, which voids the one before."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import cv2

from face_rec.access.devices.badge import Badge
from face_rec.access.devices.badges import Badges
from face_rec.access.rights import Act
from face_rec.badges.card import Card, Look
from face_rec.badges.printed import Printed, Wanted
from face_rec.domain.errors import FaceRecError
from face_rec.domain.people import Person
from face_rec.people.photos.photos import decode, thumbnail
from face_rec.people.photos.portraits import middle
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

_SIDE: Final = 320
"""Pixels of a photo on a badge: 400 an inch."""


class BadgeService:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        badges: Badges,
        people: PeopleReader,
        picture: Callable[[str], bytes],
        *,
        look: Callable[[], Look],
        day: Callable[[datetime], str],
        demand: Callable[[Act], None],
    ) -> None:
        """``picture``: what is kept under a photo's key. ``look``: of the site's badges at this
        moment. ``day``: a date of the site, in words. ``demand`` raises ProofNeeded where whoever
        acts must first prove who they are."""
        self._badges = badges
        self._people = people
        self._picture = picture
        self._look = look
        self._day = day
        self._demand = demand

    def of(self, subject: str) -> Badge | None:
        return self._badges.of(subject)

    def withdraw(self, person: Person) -> None:
        """Their badge is void from now on."""
        self._badges.withdraw(person)

    def print_for(
        self,
        subjects: Sequence[str],
        by: str,
        wanted: Wanted,
        progress: Progress | None = None,
    ) -> Printed:
        """Badges of those of them who are there and active, in this order; the ones that they had
        are void, also where the rest is stopped. Raises ProofNeeded."""
        self._demand(Act.BADGES)
        cards, of, refused = list[Card](), list[str](), list[str]()
        for number, subject in enumerate(dict.fromkeys(subjects), 1):
            person = self._people.get(subject)
            card = self._card(person, by, wanted) if person and person.active else None
            if card is not None:
                cards.append(card)
                of.append(subject)
            else:
                refused.append(person.id if person else "")
            if progress is not None:
                progress(number, len(subjects))
        return Printed(self._printed(cards, wanted), frozenset(of), by, tuple(refused))

    def _printed(self, cards: Sequence[Card], wanted: Wanted) -> bytes:
        from face_rec.badges.cards import sheets, single

        make = sheets if wanted.sheet else single
        return make(self._look(), cards) if cards else b""

    def _card(self, person: Person, by: str, wanted: Wanted) -> Card | None:
        """None where they were erased meanwhile: then nothing is left of it."""
        code, until = self._badges.print_for(person, by)
        if self._people.get(person.subject) is None:
            self._badges.forget(person.subject)
            return None
        lines = (person.id, person.group, f"– {self._day(until)}" if until else "")
        photo = self._photo(person.photo) if wanted.photo else None
        return Card(person.name, lines, code, photo)

    def _photo(self, key: str | None) -> bytes | None:
        """A store that does not answer costs the badge its photo."""
        if key is None:
            return None
        try:
            image = thumbnail(middle(decode(self._picture(key))), _SIDE)
        except FaceRecError as error:
            log.info("badge_without_photo key=%s error=%s", key, error)
            return None
        return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
