"""Consent: withdrawn at any time, given again with the text that stands then."""

import logging
from collections.abc import Callable
from dataclasses import replace

from face_rec.clock import Clock
from face_rec.domain.errors import PersonMissing
from face_rec.domain.people import Consent, Person
from face_rec.languages.language import msgid
from face_rec.privacy.ports import Note, unnoted
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

log = logging.getLogger(__name__)


class ConsentService:
    """Whoever has not consented is in no gallery, so nobody can match them: the store leaves
    them out of the rows, and every process hears of it by the change stream within a second.

    Safe from any thread; all methods may raise PersonMissing and StoreUnavailable.
    """

    def __init__(
        self, people: PeopleReader, writer: PeopleWriter, clock: Clock, note: Note = unnoted
    ) -> None:
        self._people = people
        self._writer = writer
        self._clock = clock
        self._note = note

    def withdraw(self, subject: str) -> Person:
        """End the consent. Templates and photos stay until they are erased; a second call
        changes nothing."""
        return self._changed(subject, "consent withdrawn", self._withdrawn)

    def give(self, subject: str, text: str, version: str) -> Person:
        """Record a consent to ``text``, from now on."""
        given = Consent(text, version, self._clock.now())
        return self._changed(subject, "consent given", lambda _: given)

    def _withdrawn(self, consent: Consent | None) -> Consent | None:
        if consent is None or not consent.valid:
            return consent
        return replace(consent, withdrawn_at=self._clock.now())

    def _changed(
        self, subject: str, what: str, change: Callable[[Consent | None], Consent | None]
    ) -> Person:
        def write() -> Person:
            person = self._people.get(subject)
            if person is None:
                raise PersonMissing(msgid("This person was deleted meanwhile. Reload the page."))
            consent = change(person.consent)
            if consent == person.consent:
                return person
            saved = self._writer.update(replace(person, consent=consent))
            log.info("%s subject=%s", what.replace(" ", "_"), subject)
            self._note(what, person, {"version": consent.version if consent else ""})
            return saved

        return until_first(write)
