"""What versions before 2 kept of the chain outside Redis: a JSON document a month.

Read only, and once more signed when the witness's log begins; see witness_log.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final

from face_rec.domain.errors import StoreError
from face_rec.stores.people.person_codec import text_to_time
from face_rec.stores.witness.witness_entry import Seen

BEGAN: Final = "began"
"""Name of the document that says since when there is a chain."""

NAME: Final = re.compile(rf"{BEGAN}|\d{{4}}-\d{{2}}")

Document = dict[str, Any]
Read = Callable[[str], bytes | None]
"""The bytes of the document of a name; None if there is none."""


def began(read: Read) -> datetime | None:
    """Since when there is a chain, if one of these documents says so."""
    content = read(BEGAN)
    return None if content is None else text_to_time(_decoded(content, BEGAN).get("at"))


def all_seen(names: list[str], read: Read) -> Iterator[Seen]:
    """Every day that was ever seen. Raises StoreError."""
    for name in names:
        content = read(name) if name != BEGAN else None
        if content is not None:
            yield from _seen_in(_decoded(content, name))


def _seen_in(document: Document) -> list[Seen]:
    try:
        return [
            Seen(
                date.fromisoformat(day),
                int(fields["count"]),
                str(fields["link"]),
                datetime.fromisoformat(fields["at"]),
                str(fields["signature"]),
            )
            for day, fields in sorted(document.items())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"A witness of the chain is damaged ({error!r}). Restore it from a backup."
        ) from error


def _decoded(content: bytes, name: str) -> Document:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise StoreError(f"The witness {name} is damaged. Restore it from a backup.")
    return document
