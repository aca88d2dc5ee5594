"""Reading people in Redis: one hash a person, with what is known of them and their templates."""

import logging
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, Final

import numpy as np

from face_rec.domain.people import Change, Everybody, Person, Template
from face_rec.protocols.sealing import Sealer
from face_rec.stores.people import people_proof, person_codec, template_codec
from face_rec.stores.people.gallery_feed import GalleryFeed
from face_rec.stores.people.people_proof import Proof
from face_rec.stores.people.person_keys import OWN, PersonKey, PersonKeys, PersonSealer
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.sealing.sealer import SealBroken

log = logging.getLogger(__name__)

_AT_ONCE: Final = 500  # people a round trip
_FOLLOWED: Final = 500
"""Changes after which everybody is read anew."""
_subject: Final = attrgetter("subject")


class RedisPeopleReader(GalleryFeed):
    """A ``PeopleReader``; it can write nothing. Safe to call from several threads and processes
    at once.

    ``sealer`` opens what it has sealed at rest; with ``own`` profiles and embeddings are sealed
    with the person's own key, and it opens what is older.
    """

    def __init__(
        self, client: Client, site: str, sealer: Sealer, own: PersonKeys | None = None
    ) -> None:
        super().__init__(client, site, sealer, own)
        self._everybody = Everybody(-1)  # no revision yet
        self._newest: Change | None = None  # the change that made it
        self._reading = threading.Lock()

    @redis_errors()
    def get(self, subject: str) -> Person | None:
        return self.many([subject]).get(subject)

    @redis_errors()
    def by_id(self, person_id: str) -> Person | None:
        """The person with this ID; texts that look the same are the same."""
        subject: Any = self._client.hget(keys.ids(self._site), keys.indexed(person_id))
        return None if subject is None else self.get(subject.decode())

    @redis_errors()
    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Those that exist, by subject, in one round trip."""
        pipeline = self._client.pipeline(transaction=False)
        for subject in subjects:
            pipeline.hmget(
                keys.person(self._site, subject), [*person_codec.PERSON_FIELDS, keys.ALIAS]
            )
        answers = pipeline.execute() if subjects else []
        own = self._keys_of([values[-1] for values in answers])
        found = {}
        for subject, (*values, alias) in zip(subjects, answers, strict=True):
            person = self._opened(subject, values, own.get(alias.decode()) if alias else None)
            if person is not None:
                found[subject] = person
        return found

    @redis_errors()
    def recorded(self, subjects: Sequence[str]) -> set[str]:
        """Those who have a record, whether it opens here or not; in round trips of 500."""
        found = set[str]()
        for start in range(0, len(subjects), _AT_ONCE):
            batch = subjects[start : start + _AT_ONCE]
            pipeline = self._client.pipeline(transaction=False)
            for subject in batch:
                pipeline.exists(keys.person(self._site, subject))
            found |= {one for one, there in zip(batch, pipeline.execute(), strict=True) if there}
        return found

    def _keys_of(self, aliases: Sequence[bytes | None]) -> dict[str, PersonKey]:
        wanted = {alias.decode() for alias in aliases if alias}
        return self._own.many(wanted) if self._own and wanted else {}

    def _opened(
        self, subject: str, values: Sequence[bytes | None], own: PersonKey | None
    ) -> Person | None:
        """The person in PERSON_FIELDS; None if there is none, or they are erased just now."""
        fields = dict(zip(person_codec.PERSON_FIELDS, values, strict=True))
        about = fields[keys.ABOUT]
        if about is not None and about.startswith(OWN):
            try:
                sealer = PersonSealer(own, self._sealer)
                fields[keys.ABOUT] = sealer.open(about, person_codec.about_context(subject))
            except SealBroken as error:
                if own is not None:
                    log.error("person_unreadable subject=%s reason=%s", subject, error)
                return None
        return person_codec.person_of(subject, fields)

    def _open_about(self, subject: str, alias: bytes | None, about: bytes) -> bytes:
        if not about.startswith(OWN):
            return about
        own = self._keys_of([alias]).get(alias.decode()) if alias else None
        return PersonSealer(own, self._sealer).open(about, person_codec.about_context(subject))

    def all(self) -> Iterator[Person]:
        """Everybody, streamed; each person once."""
        for subjects in self.subjects():
            yield from self.many(subjects).values()

    def everybody(self) -> Everybody:
        """All as of the newest revision; while one thread reads them, others wait for it. Of what
        is known only those are read again who have changed."""
        revision = self.revision()
        if self._everybody.revision == revision:
            return self._everybody
        with self._reading:
            if self._everybody.revision != revision and not self._follow():
                self._read_whole(revision)
            return self._everybody

    def _read_whole(self, revision: int) -> None:
        people = sorted(self.all(), key=_subject)
        self._everybody, self._newest = Everybody(revision, tuple(people)), self._change(revision)

    def _follow(self) -> bool:
        """Take in what has changed since; False where that is not known, or the changes are not
        those of the people that are known: a database that was restored counts anew."""
        known, newest = self._everybody, self._newest
        changes = self.changes(known.revision - 1) if newest is not None else None
        if not changes or changes[0] != newest or len(changes) > _FOLLOWED:
            return False
        people = list(known.people)
        for subject, now in self._now(changes[1:]).items():
            at = bisect_left(people, subject, key=_subject)
            there = at < len(people) and people[at].subject == subject
            people[at : at + there] = [now] if now is not None else []
        if len(people) != self.count():
            return False
        self._newest = changes[-1]
        self._everybody = Everybody(changes[-1].revision, tuple(people))
        return True

    def _now(self, changes: Sequence[Change]) -> dict[str, Person | None]:
        subjects = list(dict.fromkeys(change.subject for change in changes))
        found = self.many(subjects)
        return {subject: found.get(subject) for subject in subjects}

    def _change(self, revision: int) -> Change | None:
        """The one that made this revision, while it is still told of."""
        changes = self.changes(revision - 1) if revision > 0 else None
        return changes[0] if changes else None

    @redis_errors()
    def count(self) -> int:
        return int(self._client.hlen(keys.ids(self._site)))

    @redis_errors()
    def templates(self, subject: str) -> list[Template]:
        """The templates of all contracts, by slot; none for a stranger."""
        wanted = [*person_codec.PERSON_FIELDS, keys.ALIAS, keys.FACES, *keys.VECTORS]
        values: Any = self._client.hmget(keys.person(self._site, subject), wanted)
        fields: Any = dict(zip(wanted, values, strict=True))
        alias = fields[keys.ALIAS]
        own = self._keys_of([alias]).get(alias.decode()) if alias else None
        person = self._opened(subject, [fields[name] for name in person_codec.PERSON_FIELDS], own)
        sealer = PersonSealer(own, self._sealer)
        faces = fields[keys.FACES]
        if faces is not None and person is not None:
            rows = template_codec.unpacked(
                sealer.open_own(faces, template_codec.faces_context(subject))
            )
            return [
                Template(info, np.frombuffer(rows[info.slot], dtype="<f4"))
                for info in person.templates
            ]
        return [
            Template(
                info,
                template_codec.vector_of(
                    sealer, subject, info.slot, fields[keys.vector(info.slot)]
                ),
            )
            for info in (person.templates if person else ())
        ]

    # --- the chain's view

    @redis_errors()
    def proof(self, subject: str) -> Proof | None:
        """The proof in a person's record."""
        stored: Any = self._client.hget(keys.person(self._site, subject), keys.PROOF)
        return people_proof.proof_of(stored)

    def faces(self, subject: str) -> str:
        """The digest of the templates as they are."""
        return people_proof.faces_of(self.templates(subject))

    def stored(self) -> Iterator[Person]:
        """Everybody who has a record, whether an ID leads to it or not; looks through all keys
        of the database."""
        prefix = keys.person(self._site, "")
        with redis_errors():
            found = {key.decode(errors="replace") for key in self._scan(prefix)}
        subjects = sorted(key.removeprefix(prefix) for key in found)
        for start in range(0, len(subjects), _AT_ONCE):
            yield from self.many(subjects[start : start + _AT_ONCE]).values()

    def _scan(self, prefix: str) -> Iterator[bytes]:
        return iter(self._client.scan_iter(f"{prefix}*", count=1000))

    @redis_errors()
    def indexed(self) -> dict[bytes, str]:
        """Which subject each ID leads to."""
        found: Any = self._client.hgetall(keys.ids(self._site))
        return {
            person_id: subject.decode(errors="replace") for person_id, subject in found.items()
        }
