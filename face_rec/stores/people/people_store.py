"""Writing people in Redis: one hash a person; every write is one atomic script."""

import dataclasses
import json
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from face_rec.clock import Clock
from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person, Template
from face_rec.people.details import as_changed, as_created
from face_rec.protocols.sealing import Sealer
from face_rec.stores.chain.ledger import PEOPLE, Ledger
from face_rec.stores.chain.linking import Linking, or_earlier
from face_rec.stores.chain.statements import COMPLETE, UNPROVED, States
from face_rec.stores.people import people_proof, person_codec, template_codec
from face_rec.stores.people.people_proof import Proof
from face_rec.stores.people.people_reader import RedisPeopleReader
from face_rec.stores.people.person_codec import Over
from face_rec.stores.people.person_keys import PersonKey, PersonKeys, PersonSealer
from face_rec.stores.people.refusals import refusal
from face_rec.stores.people.template_codec import check_slots
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script

log = logging.getLogger(__name__)

CHANGES_KEPT: Final = 10_000
"""About so many changes; who has been away for longer rebuilds."""

_PUT = Script("put_person")
_DELETE = Script("delete_person")
_PROVE = Script("prove_person")


class RedisPeople(RedisPeopleReader):
    """A ``PeopleStore``. Safe to call from several threads and processes at once.

    ``sealer`` encrypts embeddings at rest; with ``own`` they and the profile are sealed with the
    person's own key instead, and it opens what is older. With a ``ledger`` every write of a
    person is linked to the one before it, and carries a proof of who they are (see
    people_proof).
    """

    def __init__(
        self,
        client: Client,
        site: str,
        clock: Clock,
        sealer: Sealer | None = None,
        ledger: Ledger | None = None,
        *,
        own: PersonKeys | None = None,
    ) -> None:
        super().__init__(client, site, sealer or person_codec.Unsealed(), own)
        self._clock = clock
        self._ledger = ledger
        self._files = keys.gallery_files(site)

    # --- writes

    @redis_errors()
    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        """Add ``person`` with version 1; raises Conflict, IdTaken (see ``PeopleStore``)."""
        created = person.created_at or self._clock.now()
        fresh = dataclasses.replace(person, version=0, created_at=created)
        own = self._own.reserve(person.subject) if self._own else None
        try:
            begun = as_created(fresh, self._clock.now())
            return self._write(begun, templates, seen_revision, own)
        except PeopleError:
            if self._own and own:
                self._own.drop(own)
            raise

    @redis_errors()
    def update(self, person: Person) -> Person:
        """Write all but the templates; raises Conflict, IdTaken, PersonMissing."""
        stored = self._at_version(person.subject, person.version)
        kept = dataclasses.replace(
            person, templates=stored.templates, created_at=stored.created_at
        )
        return self._write(as_changed(stored, kept, self._clock.now()))

    @redis_errors()
    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        """Replace all templates; raises Conflict, PersonMissing."""
        return self._write(self._at_version(subject, version), templates, seen_revision)

    @redis_errors()
    def delete(self, subject: str) -> Person | None:
        """Remove the person, templates and ID mapping; returns what was there. Somebody who is
        not there may have been lost by Redis a moment ago: what is kept of them goes all the same,
        and does not bring them back."""
        seen = self.get(subject)
        status, *was = self._linked(
            {subject: None},
            Linking(
                _DELETE, [*self._keys(subject), keys.person_keys(self._site), self._files],
                [subject, CHANGES_KEPT], person_codec.PERSON_FIELDS, erases=subject,
            ),
        )  # fmt: skip
        # missing: the answer was lost and the script sent again, or another was faster.
        if status == b"ok" and self._own is None:
            return _person(subject, was[0])
        return seen  # what was sealed does not open any more

    # --- for those who left before it was noted when (see after_update)

    @redis_errors()
    def leaving_noted(self, subject: str) -> bool:
        """Whether the person's record says when they left, or that they have not."""
        key = keys.person(self._site, subject)
        alias, about = cast("Any", self._client.hmget(key, [keys.ALIAS, keys.ABOUT]))
        if about is None:
            return True
        return person_codec.LEFT in json.loads(self._open_about(subject, alias, about))

    @redis_errors()
    def note_leaving(self, subject: str, at: datetime | None) -> None:
        """Write down when somebody left. Raises Conflict, PersonMissing."""
        stored = self.get(subject)
        if stored is None:
            raise refusal("missing", subject)
        self._write(dataclasses.replace(stored, deactivated_at=at))

    def _at_version(self, subject: str, version: int) -> Person:
        stored = self.get(subject)
        if stored is None:
            raise refusal("missing", subject)
        if stored.version != version:
            raise refusal("changed", stored.id)
        return stored

    def _write(
        self,
        person: Person,
        templates: Sequence[Template] | None = None,
        seen_revision: int | None = None,
        own: PersonKey | None = None,
    ) -> Person:
        """Write ``person`` over version ``person.version``; None leaves the templates. ``own``:
        the key of somebody new."""
        ordered = sorted(templates or (), key=lambda template: template.info.slot)
        if templates is not None:
            check_slots([template.info.slot for template in ordered])
            person = dataclasses.replace(person, templates=tuple(t.info for t in ordered))
        person = dataclasses.replace(person, updated_at=self._clock.now())
        cleared = (*keys.VECTORS, keys.FACES) if templates is not None else ()
        proof, flags = self._proof(person, None if templates is None else ordered)
        about: list[Argument] = [
            secrets.token_hex(8),
            person.version,
            "" if seen_revision is None else seen_revision,
            person.subject,
            keys.indexed(person.id),
            CHANGES_KEPT,
        ]
        fields = self._fields_of(person, ordered, own)
        if proof is not None:
            fields[keys.PROOF] = proof.stored()
        rest: list[Argument] = [len(cleared), *cleared, *_flat(fields)]
        status, version, *_ = self._linked(
            {person.subject: proof.digest if proof else None},
            Linking(
                _PUT,
                [*self._keys(person.subject), self._files],
                about,
                rest,
                about=[person.subject],
                again=([about[0], or_earlier(person.version), "", *about[3:]], rest),
                erases=person.subject if person.version and cleared and not ordered else "",
                knows_again=True,
            ),
            *flags,
        )
        if status != b"ok":
            raise refusal(status.decode(), person.id)
        return dataclasses.replace(person, version=int(version))

    def _fields_of(
        self, person: Person, templates: Sequence[Template], own: PersonKey | None
    ) -> dict[str, bytes]:
        """All fields, sealed as they are to be."""
        subject = person.subject
        fields = person_codec.person_fields(
            person, self._over(subject) if person.version else None
        )
        if self._own is None:
            return {**fields, **template_codec.vector_fields(self._sealer, subject, templates)}
        own = own or self._own.of(subject)
        if own is None:
            raise refusal("missing", person.id)
        fields[keys.ALIAS] = own.alias.encode()
        sealer = PersonSealer(own, self._sealer)
        fields[keys.ABOUT] = sealer.seal(fields[keys.ABOUT], person_codec.about_context(subject))
        if templates:
            faces = template_codec.packed(templates)
            fields[keys.FACES] = sealer.seal(faces, template_codec.faces_context(subject))
        return fields

    def _over(self, subject: str) -> Over | None:
        """What is there, opened; a write that another one overtakes is refused."""
        key = keys.person(self._site, subject)
        names = [keys.ALIAS, keys.ABOUT, keys.TEMPLATES]
        alias, about, templates = cast("Any", self._client.hmget(key, names))
        if about is None:
            return None
        return Over(self._open_about(subject, alias, about), templates or b"[]")

    def _linked(self, states: States, linking: Linking, *flags: str) -> Sequence[Any]:
        """What the script answers, with the link that it writes, if there is a chain."""
        if self._ledger is None:
            return cast("Sequence[Any]", linking.run(self._client, ["", "", 0, ""]))
        entry = self._ledger.entry(states, *flags)
        return cast("Sequence[Any]", self._ledger.linked(entry, linking))

    def _proof(
        self, person: Person, templates: Sequence[Template] | None
    ) -> tuple[Proof | None, tuple[str, ...]]:
        """A new proof of ``person``, and what the chain must say of the one before: a record
        that another program changed must not become genuine by the next edit."""
        if self._ledger is None:
            return None, ()
        chain = self._ledger.chain
        faces = people_proof.faces_of(templates) if templates is not None else None
        if not person.version:
            return people_proof.made(chain, person, faces or people_proof.faces_of(())), ()
        before = self.proof(person.subject)
        stored = self.get(person.subject)
        genuine = stored is not None and people_proof.fits(chain, stored, before)
        if faces is None:
            faces = before.faces if before and genuine else self.faces(person.subject)
        unproved = (UNPROVED,) if before is not None and not genuine else ()
        return people_proof.made(chain, person, faces), unproved

    def _keys(self, subject: str) -> list[str]:
        shared = (keys.ids, keys.revision, keys.changes)
        chain = [keys.chain(self._site, PEOPLE), keys.chain_head(self._site, PEOPLE)]
        return [keys.person(self._site, subject), *(name(self._site) for name in shared), *chain]

    # --- the chain's view

    def begin(self) -> None:
        """Give everybody of before the chain a proof; nothing to do if all have one."""
        if self._ledger is None or self._ledger.complete():
            return
        accepted = sum(self._begun(self._ledger, person) for person in self.all())
        self._ledger.write({}, (), None, COMPLETE)
        log.warning("chain_begins stream=%s accepted=%d", PEOPLE, accepted)

    @redis_errors()
    def _begun(self, ledger: Ledger, person: Person) -> bool:
        if self.proof(person.subject) is not None:
            return False
        proof = people_proof.made(ledger.chain, person, self.faces(person.subject))
        key = keys.person(self._site, person.subject)
        answer = ledger.linked(
            ledger.entry({person.subject: proof.digest}),
            Linking(
                _PROVE, [key, ledger.list_key, ledger.head_key],
                [person.version, keys.PROOF, proof.stored()], about=[person.subject],
            ),
        )  # fmt: skip
        return bool(answer[0] == b"done")  # else they were changed just now, with a proof


def _person(subject: str, values: Sequence[bytes | None]) -> Person | None:
    return person_codec.person_of(
        subject, dict(zip(person_codec.PERSON_FIELDS, values, strict=True))
    )


def _flat(fields: dict[str, bytes]) -> list[Argument]:
    return [part for pair in fields.items() for part in pair]
