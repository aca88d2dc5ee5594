"""One line of the journal: an event, or that one is settled, and a seal over it.

``{"event": …, "seal": "…"}`` or ``{"settled": id, "seal": "…"}``. Lines without a seal were
written by versions before this one, and are read alike.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any, Final, Protocol

from face_rec.domain.marks import Event
from face_rec.stores.attendance import event_codec
from face_rec.stores.people.person_codec import compact

_MARK: Final = b',"seal":"'  # inside a JSON text a quote has a backslash before it
_END: Final = b'"}'


class BadLine(ValueError):
    """A line that is none of ours, or no longer as it was written."""


class LineSeal(Protocol):
    """Makes and checks what stands behind a line. Called by any thread; must not raise."""

    def sign(self, line: bytes) -> str:
        """Printable ASCII without quotes and backslashes."""
        ...

    def check(self, line: bytes, seal: str) -> bool:
        """Whether ``line`` is as it was signed; ``seal`` is empty where there is none."""
        ...


class Checksum:
    """CRC-32: finds what a disk did to a line, not what a person did."""

    def sign(self, line: bytes) -> str:
        return f"{zlib.crc32(line):08x}"

    def check(self, line: bytes, seal: str) -> bool:
        return not seal or seal == self.sign(line)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says: an event, or the id of a settled one."""

    event: Event | None = None
    settled: str = ""


def of_event(event: Event, seal: LineSeal) -> bytes:
    return _sealed(b'{"event":' + event_codec.encode(event) + b"}", seal)


def of_settled(event_id: str, seal: LineSeal) -> bytes:
    return _sealed(compact({"settled": event_id}), seal)


def parse(line: bytes, seal: LineSeal) -> Line:
    """What ``line``, without its end, says. Raises BadLine."""
    body, signature = _parted(line)
    if not seal.check(body, signature):
        raise BadLine("the line was changed since it was written")
    try:
        record: dict[str, Any] = json.loads(body)
        if "event" in record:
            return Line(event=event_codec.event_of(record["event"]))
        return Line(settled=str(record["settled"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadLine(f"not an entry of the journal: {error!r}") from error


def _sealed(body: bytes, seal: LineSeal) -> bytes:
    return body[:-1] + _MARK + seal.sign(body).encode("ascii") + _END + b"\n"


def _parted(line: bytes) -> tuple[bytes, str]:
    body, mark, signature = line.rpartition(_MARK)
    if not mark or not signature.endswith(_END):
        return line, ""
    return body + b"}", signature[: -len(_END)].decode("ascii", "replace")
