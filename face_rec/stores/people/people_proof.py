"""Proof of who is who: a keyed digest of a person's record, kept beside it and in the chain.

The digest is over subject, ID, name, group, e-mail, whether active, consent and the templates
themselves, with a random salt that is renewed at each write and lies in the person's record
only. So two people cannot be exchanged, by name or by face, without the key; and once a record
is erased, what the chain keeps of it is a number that nothing can be compared with.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from face_rec.domain.faces import Vector
from face_rec.domain.people import Person, Template, TemplateInfo
from face_rec.stores.chain.links import Chain
from face_rec.stores.stored_json import compact, time_to_text

_SEPARATOR: Final = b"/"


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands in the person's record: ``digest`` is signed, over ``salt`` and ``faces``."""

    salt: str
    faces: str
    digest: str

    def stored(self) -> bytes:
        return _SEPARATOR.join(part.encode() for part in (self.salt, self.faces, self.digest))


def proof_of(stored: bytes | None) -> Proof | None:
    """A stored proof; None where there is none, or none of ours."""
    parts = (stored or b"").decode("ascii", "replace").split(_SEPARATOR.decode())
    return Proof(*parts) if len(parts) == 3 else None


def made(chain: Chain, person: Person, faces: str) -> Proof:
    """A new proof of ``person``; ``faces`` as :func:`digest_of` has it."""
    salt = secrets.token_hex(16)
    return Proof(salt, faces, chain.sign(_text(salt, faces, person)))


def fits(chain: Chain, person: Person, proof: Proof | None) -> bool:
    """Whether ``proof`` was made for ``person`` as they are; False for an unknown key, too."""
    if proof is None:
        return False
    return chain.signed(_text(proof.salt, proof.faces, person), proof.digest) is True


def faces_of(templates: Iterable[Template]) -> str:
    """The digest of embeddings, as they are when opened."""
    return digest_of((template.info.slot, template.vector) for template in templates)


def digest_of(vectors: Iterable[tuple[int, Vector]]) -> str:
    digest = hashlib.sha256()
    for slot, vector in sorted(vectors, key=lambda one: one[0]):
        digest.update(b"%d:" % slot + vector.astype("<f4").tobytes())
    return digest.hexdigest()


def _text(salt: str, faces: str, person: Person) -> str:
    """Named fields, not all that a record has: a field that a later version adds must not make
    the proofs of older ones fail."""
    about: Sequence[Any] = [
        "person", salt, faces, person.subject, person.id, person.name, person.group,
        person.email, person.active, _consent(person),
        [_template(info) for info in person.templates],
    ]  # fmt: skip
    return compact(about).decode()


def _template(info: TemplateInfo) -> list[int | str]:
    """With its photo, which a later embedding is made of: it cannot be exchanged either."""
    photo = [info.photo] if info.photo else []
    return [info.slot, info.contract, *photo]


def _consent(person: Person) -> list[str | None]:
    given = person.consent
    if given is None:
        return []
    return [given.version, time_to_text(given.given_at), time_to_text(given.withdrawn_at)]
