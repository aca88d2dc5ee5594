"""A closed day's marks in a file of its own, of which one person's are read without the others'.

A line of JSON (with its CRC-32 before it) says what the file holds; then come the subjects, where
the marks of each begin, and the marks. People lie in buckets by a digest of their subject; each
bucket has a checksum, so that whoever reads one proves that one, and nothing else is touched.
Subjects and times lie in it, and no names.
"""

import json
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.mark_columns import MARK, Codes, MarkColumns, Marks
from face_rec.files import make_folder, write_durable

SUFFIX: Final = ".day"
_VERSION: Final = 3
_IN_A_BUCKET: Final = 64


class Damaged(ValueError):
    """The file is not what was written."""


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What a file consists of. ``bounds``: where the people of each bucket begin, and
    ``sums``: its checksum. ``begins``: where the marks of each person do, one more than there are
    people. ``kiosk`` in ``marks`` is a place in the head's list of them; what it calls
    ``strangers``, as files always have, are the orphans of the columns."""

    head: dict[str, Any]
    bounds: npt.NDArray[np.int32]
    sums: npt.NDArray[np.uint32]
    subjects: npt.NDArray[np.bytes_]
    begins: npt.NDArray[np.int32]
    marks: Marks

    def people(self, bucket: int) -> slice:
        """Those of one bucket, which is proved; raises Damaged."""
        who = slice(int(self.bounds[bucket]), int(self.bounds[bucket + 1]))
        if _sum(self, who) != int(self.sums[bucket]):
            raise Damaged("its checksum is another one")
        return who


def write(path: Path, made: MarkColumns, codes: Codes) -> None:
    """Raises OSError."""
    used, of = np.unique(made.marks["subject"], return_inverse=True)
    texts, sums = codes.sums(used.tolist())
    kiosks, kiosk_of = np.unique(made.marks["kiosk"], return_inverse=True)
    buckets = max(1, len(texts) // _IN_A_BUCKET)
    bucket_of = np.array(sums, np.int64) % buckets
    order = np.argsort(bucket_of, kind="stable")
    place = np.empty(len(texts), np.int32)
    place[order] = np.arange(len(texts))
    marks = made.marks.copy()
    marks["subject"], marks["kiosk"] = place[of], kiosk_of
    marks = marks.take(np.argsort(marks["subject"], kind="stable"))
    width = max(map(len, texts), default=1)
    parts = _Parts(
        {
            "version": _VERSION, "length": made.length, "strangers": made.orphans,
            "held": made.held, "kiosks": [codes.text(code) for code in kiosks.tolist()],
            "people": len(texts), "marks": len(marks), "buckets": buckets, "width": width,
        },
        np.searchsorted(bucket_of[order], np.arange(buckets + 1)).astype(np.int32),
        np.empty(buckets, np.uint32),
        np.array([texts[n] for n in order.tolist()], dtype=f"S{width}"),
        np.searchsorted(marks["subject"], np.arange(len(texts) + 1)).astype(np.int32),
        marks,
    )  # fmt: skip
    for bucket in range(buckets):
        who = slice(int(parts.bounds[bucket]), int(parts.bounds[bucket + 1]))
        parts.sums[bucket] = _sum(parts, who)
    make_folder(path.parent)
    write_durable(path, _bytes(parts), sync=False)


def whole(path: Path, length: int, codes: Codes) -> MarkColumns | None:
    """All of it; None if it was made from a list of another length or by another version. Raises
    OSError, Damaged."""
    parts = _opened(path, length)
    if parts is None:
        return None
    for bucket in range(parts.head["buckets"]):
        parts.people(bucket)
    here = codes.many([text.decode() for text in parts.subjects.tolist()])
    marks = _with_codes(parts.marks, np.array(here, np.int32), _kiosks(parts, codes))
    ordered = marks.take(np.argsort(marks["subject"], kind="stable"))
    return MarkColumns(length, ordered, parts.head["strangers"], parts.head["held"])


def holds(path: Path, length: int) -> bool:
    """Whether it was made from a list of this length, by this version; its people are not proved.
    The same errors."""
    return _opened(path, length) is not None


def own(path: Path, length: int, subject: str, codes: Codes) -> Marks | None:
    """One person's marks, by time; the same of None and errors."""
    parts = _opened(path, length)
    if parts is None:
        return None
    who = parts.people(crc32(subject.encode()) % parts.head["buckets"])
    found = np.flatnonzero(parts.subjects[who] == subject.encode())
    if not len(found):
        return np.empty(0, MARK)
    place = who.start + int(found[0])
    mine = parts.marks[parts.begins[place] : parts.begins[place + 1]]
    here = np.full(place + 1, codes.code(subject), np.int32)
    return _with_codes(mine, here, _kiosks(parts, codes))


def _opened(path: Path, length: int) -> _Parts | None:
    with path.open("rb") as file:
        line = file.readline(1 << 20)
        begin = file.tell()
        proof, _, text = line.partition(b" ")
        if proof != b"%08x" % crc32(text):
            raise Damaged("its head is damaged")
        head = json.loads(text)
        if head["version"] != _VERSION or head["length"] != length:
            return None
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(content) != begin + _size(head):
        raise Damaged("it has another size")
    arrays, at = [], begin
    for dtype, count in _layout(head):
        arrays.append(np.frombuffer(content, dtype, count, at))
        at += np.dtype(dtype).itemsize * count
    bounds, sums, *rest = arrays
    if head["table"] != crc32(bounds.tobytes() + sums.tobytes()):
        raise Damaged("its table is damaged")
    return _Parts(head, bounds, sums, *rest)


def _layout(head: dict[str, Any]) -> list[tuple[Any, int]]:
    people, buckets = head["people"], head["buckets"]
    return [
        (np.int32, buckets + 1), (np.uint32, buckets), (f"S{head['width']}", people),
        (np.int32, people + 1), (MARK, head["marks"]),
    ]  # fmt: skip


def _size(head: dict[str, Any]) -> int:
    return sum(np.dtype(dtype).itemsize * count for dtype, count in _layout(head))


def _bytes(parts: _Parts) -> bytes:
    head = {**parts.head, "table": crc32(parts.bounds.tobytes() + parts.sums.tobytes())}
    text = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    arrays = (parts.bounds, parts.sums, parts.subjects, parts.begins, parts.marks)
    return b"".join([b"%08x " % crc32(text), text, *(one.tobytes() for one in arrays)])


def _sum(parts: _Parts, who: slice) -> int:
    begins = parts.begins[who.start : who.stop + 1]
    marks = parts.marks[begins[0] : begins[-1]] if len(begins) else parts.marks[:0]
    return crc32(marks.tobytes(), crc32(begins.tobytes(), crc32(parts.subjects[who].tobytes())))


def _kiosks(parts: _Parts, codes: Codes) -> npt.NDArray[np.int32]:
    return np.array([codes.code(text) for text in parts.head["kiosks"]], np.int32)


def _with_codes(
    marks: Marks, subjects: npt.NDArray[np.int32], kiosks: npt.NDArray[np.int32]
) -> Marks:
    made = marks.copy()
    if len(made):
        made["subject"], made["kiosk"] = subjects[marks["subject"]], kiosks[marks["kiosk"]]
    return made
