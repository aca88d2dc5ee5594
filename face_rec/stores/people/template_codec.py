"""How the embeddings of a person become bytes, and back.

Raw little-endian float32, through a :class:`Sealer`, so that encryption at rest is one object
handed in.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from face_rec.domain.errors import PeopleError
from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Template
from face_rec.languages.sentence import sentence
from face_rec.protocols.sealing import Sealer
from face_rec.stores.redis import keys

_ROW = struct.Struct("<BH")  # slot, bytes
_HEAD = _ROW.size


def check_slots(slots: Sequence[int]) -> None:
    """Raises PeopleError for a slot that is taken twice, or is none."""
    if len(set(slots)) != len(slots) or not set(slots) <= set(range(keys.MAX_TEMPLATES)):
        raise PeopleError(
            sentence(
                "A person has at most {most} templates, each in a slot of "
                "its own from 0 to {last}, not {slots}. Remove some first.",
                most=keys.MAX_TEMPLATES,
                last=keys.MAX_TEMPLATES - 1,
                slots=list(slots),
            )
        )


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


def template_context(subject: str, slot: int) -> str:
    """What a sealed embedding is bound to."""
    return f"{subject}/{slot}"
