"""What lies in a day's list from before the chain: how much, and a digest of it.

The witness notes both when it begins. Nothing else without a link counts as older afterwards.
"""

import hashlib
from collections.abc import Mapping, Sequence

from face_rec.stores.chain.chain_days import StoredDay
from face_rec.stores.chain.chain_report import Finding, Flaw
from face_rec.stores.chain.links import name_of, parsed


def older_of(stored: StoredDay) -> tuple[int, str]:
    """How many entries before the first link, and their digest."""
    linked = (place for place, raw in enumerate(stored.entries) if parsed(raw) is not None)
    count = next(linked, len(stored.entries))
    return count, _digest(stored.entries[:count])


def accepted(
    stored: StoredDay, older: Mapping[str, tuple[int, str]] | None
) -> tuple[int, list[Finding]]:
    """How many entries of the day may be without a link, and what is wrong with those."""
    count, digest = (older or {}).get(name_of(stored.day), (0, ""))
    if not count or _digest(stored.entries[:count]) == digest:
        return count, []
    detail = (
        f"The {count} entries from before the chain are not what they were when the witness began."
    )
    return count, [Finding(stored.day, Flaw.REWRITTEN, detail)]


def _digest(entries: Sequence[bytes]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(b"%d:" % len(entry) + entry)
    return digest.hexdigest()
