"""How a person becomes the fields of a hash, and back.

JSON for what is text, raw little-endian float32 for embeddings; never a
separator inside a string. Embeddings pass through a :class:`Sealer`, so that
encryption at rest is one object handed in.
"""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
import numpy as np

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Consent, Moved, Pause, Person, Template, TemplateInfo
from face_rec.protocols.sealing import Sealer
from face_rec.stores.redis import keys
from face_rec.stores.stored_json import Reader, beyond, in_utc, time_to_text, written

_ROW = struct.Struct("<BH")  # slot, bytes
_HEAD = _ROW.size
Fields = Mapping[str, bytes | None]


class Unsealed:
    """Stores as it is: no key is set."""

    def seal(self, plain: bytes, context: str) -> bytes:  # noqa: ARG002
        return plain

    def open(self, sealed: bytes, context: str) -> bytes:  # noqa: ARG002
        return sealed


# --- a person -------------------------------------------------------------------

LEFT = "deactivated_at"
"""In ``about``; absent from what older versions wrote."""


@dataclass(frozen=True, slots=True)
class Over:
    """The record that is written over: what a later version has added to it stays."""

    about: bytes
    templates: bytes


def person_fields(person: Person, over: Over | None = None) -> dict[str, bytes]:
    """All fields but the version and the embeddings."""
    about = beyond(over.about, _About.__struct_fields__) if over else {}
    added = _added(over.templates) if over else {}
    infos = [{**_info(one), **added.get(_name_of(one), {})} for one in person.templates]
    return {
        keys.ID: person.id.encode(),
        keys.INDEXED: keys.indexed(person.id),
        keys.ABOUT: written({**_about(person), **about}),
        keys.TEMPLATES: written(infos),
        keys.ROWS: written(_rows(person)),
    }


def _name_of(info: TemplateInfo) -> tuple[int, datetime | None]:
    return info.slot, info.added_at


def _added(templates: bytes) -> dict[tuple[int, datetime | None], dict[str, Any]]:
    """What a later version says of templates: which one, and what."""
    known = {field.name for field in fields(TemplateInfo)}
    stored = json.loads(templates)
    return {
        _name_of(info): beyond(written(one), known)
        for info, one in zip(_read_templates(templates), stored, strict=True)
    }


PERSON_FIELDS = (keys.VERSION, keys.ID, keys.ABOUT, keys.TEMPLATES)
"""What :func:`person_of` reads."""


def person_of(subject: str, stored: Fields) -> Person | None:
    """The person in ``stored`` (PERSON_FIELDS); None if there is none. Raises ValueError for
    what is not understood."""
    version, person_id = stored[keys.VERSION], stored[keys.ID]
    if version is None or person_id is None:
        return None
    about = _read_about(stored[keys.ABOUT] or b"{}")
    return Person(
        subject=subject,
        id=person_id.decode(),
        name=about.name,
        group=about.group,
        email=about.email,
        active=about.active,
        consent=_consent_of(about.consent),
        photo=about.photo,
        created_at=_moment(about.created_at),
        updated_at=_moment(about.updated_at),
        version=int(version),
        templates=_read_templates(stored[keys.TEMPLATES] or b"[]"),
        deactivated_at=_left_of(about),
        pauses=tuple(Pause(since, until) for since, until in about.pauses),
        moved=tuple(Moved(group, until) for group, until in about.moved),
        resembles=about.resembles,
        vouched=about.vouched,
    )


class _Consent(msgspec.Struct):
    text: str
    version: str
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None


class _About(msgspec.Struct):
    """What ABOUT holds; what older versions did not write has a default."""

    name: str = ""
    group: str = ""
    email: str = ""
    active: bool = True
    consent: _Consent | None = None
    photo: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deactivated_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    moved: tuple[tuple[str, datetime], ...] = ()
    resembles: str = ""
    vouched: str = ""


_read_about: Final = Reader(_About)
_read_templates: Final[Reader[tuple[TemplateInfo, ...]]] = Reader(tuple[TemplateInfo, ...])
_read_rows: Final[Reader[dict[str, tuple[int, ...]]]] = Reader(dict[str, tuple[int, ...]])


def _about(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": person.active,
        "consent": None if person.consent is None else _consent(person.consent),
        "photo": person.photo,
        "created_at": time_to_text(person.created_at),
        "updated_at": time_to_text(person.updated_at),
        LEFT: time_to_text(person.deactivated_at),
        "pauses": [[time_to_text(p.since), time_to_text(p.until)] for p in person.pauses],
        "moved": [[one.group, time_to_text(one.until)] for one in person.moved],
        **({"resembles": person.resembles} if person.resembles else {}),
        **({"vouched": person.vouched} if person.vouched else {}),
    }


def _left_of(about: _About) -> datetime | None:
    """Older versions noted no such day; the last change was taken for it."""
    if about.deactivated_at is not msgspec.UNSET:
        return _moment(about.deactivated_at)
    return None if about.active else _moment(about.updated_at)


def _moment(stored: datetime | None) -> datetime | None:
    return None if stored is None else in_utc(stored)


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "text": consent.text,
        "version": consent.version,
        "given_at": time_to_text(consent.given_at),
        "withdrawn_at": time_to_text(consent.withdrawn_at),
    }


def _consent_of(stored: _Consent | None) -> Consent | None:
    given_at = None if stored is None else _moment(stored.given_at)
    if stored is None or given_at is None:
        return None
    return Consent(stored.text, stored.version, given_at, _moment(stored.withdrawn_at))


# --- templates --------------------------------------------------------------------


def _info(info: TemplateInfo) -> dict[str, Any]:
    photo = {"photo": info.photo} if info.photo else {}
    weak = {"weak": info.weak} if info.weak else {}
    life = {"life": info.life} if info.life else {}
    return {
        "slot": info.slot,
        "view": info.view.value,
        "quality": info.quality,
        "contract": info.contract,
        "added_at": time_to_text(info.added_at),
        **photo,
        **weak,
        **life,
    }


def _rows(person: Person) -> dict[str, list[int]]:
    """Which slots the gallery may hold, by contract; none of somebody not matchable.

    Apart from ``about``, so that loading a large gallery decodes next to nothing.
    """
    rows: dict[str, list[int]] = {}
    for info in person.templates if person.matchable else ():
        rows.setdefault(info.contract, []).append(info.slot)
    return rows


@lru_cache(maxsize=1024)  # most people have the same few slots
def slots_of(rows: bytes, contract: str) -> tuple[int, ...]:
    """The slots that ROWS names for ``contract``."""
    return _read_rows(rows).get(contract, ())


def vector_fields(sealer: Sealer, subject: str, templates: Sequence[Template]) -> dict[str, bytes]:
    """One sealed binary field a template."""
    return {
        keys.vector(template.info.slot): sealer.seal(
            template.vector.astype("<f4").tobytes(), template_context(subject, template.info.slot)
        )
        for template in templates
    }


def vector_of(sealer: Sealer, subject: str, slot: int, stored: bytes) -> Vector:
    """(D,) float32, read-only."""
    return np.frombuffer(sealer.open(stored, template_context(subject, slot)), dtype="<f4")


def matrix_of(sealer: Sealer, subject: str, stored: Iterable[tuple[int, bytes]]) -> Matrix:
    """(N, D) float32, read-only, from slots and their fields; raises ValueError
    when the rows are not of one length."""
    return joined([sealer.open(raw, template_context(subject, slot)) for slot, raw in stored])


def joined(rows: Sequence[bytes]) -> Matrix:
    """(N, D) float32, read-only; raises ValueError when the rows are not of one length."""
    if len({len(row) for row in rows}) != 1:
        raise ValueError("templates of one contract differ in length")
    return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), -1)


def packed(templates: Sequence[Template]) -> bytes:
    """All embeddings in one, each after its slot and its length: one seal instead of many."""
    return packed_rows({t.info.slot: t.vector.astype("<f4").tobytes() for t in templates})


def packed_rows(rows: Mapping[int, bytes]) -> bytes:
    """The same of embeddings as they are stored, by slot."""
    return b"".join(_ROW.pack(slot, len(row)) + row for slot, row in rows.items())


def unpacked(faces: bytes) -> dict[int, bytes]:
    """The embeddings in ``faces`` by slot; raises ValueError for what is cut."""
    found, place = {}, 0
    while place < len(faces):
        try:
            slot, length = _ROW.unpack_from(faces, place)
        except struct.error as error:
            raise ValueError("the embeddings are cut") from error
        place += _ROW.size
        found[slot] = faces[place : place + length]
        if len(found[slot]) != length:
            raise ValueError("the embeddings are cut")
        place += length
    return found


def rows_of(faces: bytes, slots: Sequence[int]) -> Matrix | None:
    """(N, D) float32, read-only: those of ``slots`` that there are; None without any. Raises
    ValueError when they are not of one length."""
    if _all_of_one_length(faces, slots):
        step = len(faces) // len(slots)
        rows = [faces[place + _HEAD : place + step] for place in range(0, len(faces), step)]
        return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(slots), -1)
    by_slot = unpacked(faces)
    rows = [by_slot[slot] for slot in slots if slot in by_slot]
    return joined(rows) if rows else None


def _all_of_one_length(faces: bytes, slots: Sequence[int]) -> bool:
    """Whether ``slots`` are just those in ``faces``, in order and of one length, as they nearly
    always are: known without a loop, for a gallery of 100,000 people is read so."""
    count = len(slots)
    if not count or len(faces) < _HEAD:
        return False
    step = _HEAD + _ROW.unpack_from(faces)[1]
    return (
        len(faces) == step * count
        and faces[::step] == bytes(slots)
        and faces[1::step] == faces[1:2] * count  # the bytes of the length
        and faces[2::step] == faces[2:3] * count
    )


def faces_context(subject: str) -> str:
    """What all embeddings of a person, sealed in one, are bound to."""
    return f"{subject}/faces"


def about_context(subject: str) -> str:
    """What a sealed profile is bound to."""
    return f"{subject}/about"


def template_context(subject: str, slot: int) -> str:
    """What a sealed embedding is bound to."""
    return f"{subject}/{slot}"
