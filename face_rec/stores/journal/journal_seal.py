"""A ``LineSeal`` that only this site can make: nobody's file in the journal's folder is adopted.

Lines that carry none, or a wrong one, are set aside in the quarantine, where ``doctor`` shows
them. Those that versions before this one left are signed once, at the first start after the
update; see :func:`sign_leftovers`.
"""

import hashlib
import hmac
import json
import logging
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal_segment import BadLine, Checksum, LineSeal
from face_rec.stores.sealing.keyring import Keyring

log = logging.getLogger(__name__)

_SIGNED: Final = "journal"
"""Name of the file, beside the keys, that says which unsigned files may still be signed."""


class JournalSeal:
    """HMAC-SHA256 over the site and the line. Safe from any thread."""

    def __init__(self, site: str, keyring: Keyring) -> None:
        self._site = site.encode()
        self._keyring = keyring

    def sign(self, line: bytes) -> str:
        key = self._keyring.current
        if key is None:  # the chain has no key either, and the app does not start
            return ""
        return f"{key.id}:{self._mac(key.secret, line)}"

    def check(self, line: bytes, seal: str) -> bool:
        key_id, _, mac = seal.partition(":")
        key = self._keyring.get(key_id)
        return key is not None and hmac.compare_digest(
            self._mac(key.secret, line).encode(), mac.encode("utf-8", "replace")
        )

    def _mac(self, secret: bytes, line: bytes) -> str:
        return hmac.digest(secret, b"journal\n" + self._site + b"\n" + line, hashlib.sha256).hex()


def sign_leftovers(folder: Path, seal: LineSeal, keys: Path) -> int:
    """Sign what older versions left in ``folder``; how many events that were.

    Files of a version that still runs beside this one are noted in ``keys``, and signed at the
    start after it has ended. Whatever is unsigned later was put there by somebody else. Raises
    OSError; nothing is lost then.
    """
    note = keys / _SIGNED
    files.make_folder(folder)
    with files.exclusive(folder / "lock"):
        names = _allowed(note, folder)
        signed, later = 0, []
        for name in names:
            count = _sign(folder / name, seal)
            if count is None:
                later.append(name)
            else:
                signed += count
        if names or not note.exists():
            files.make_folder(keys)
            files.write_durable(note, json.dumps({"unsigned": later}).encode())
    if signed:
        log.warning("journal_accepted_unsigned events=%d", signed)
    return signed


def _allowed(note: Path, folder: Path) -> list[str]:
    """The files that may be signed: all at the first start, then those that were in use."""
    try:
        found = json.loads(note.read_bytes())["unsigned"]
        return [str(name) for name in found if Path(str(name)).name == name]
    except FileNotFoundError:
        return [path.name for path in folder.glob(f"*{journal_segment.SUFFIX}")]
    except (ValueError, KeyError, TypeError):
        log.error("journal_note_damaged file=%s", note)
        return []


def _sign(path: Path, seal: LineSeal) -> int | None:
    """Sign the lines of a file that nobody uses; None while somebody does."""
    try:
        segment = journal_segment.take_over(path, seal)
    except OSError as error:
        log.error("journal_file_unreadable file=%s reason=%s", path.name, error)
        return None
    if segment is None:
        return None if path.exists() else 0
    try:
        lines = [_signed(line, seal) for line in path.read_bytes().split(b"\n") if line.strip()]
        files.write_durable(path, b"".join(lines))
        return len(lines)
    finally:
        segment.close()


def _signed(line: bytes, seal: LineSeal) -> bytes:
    """The line with our seal; one that is none stays as it is, to be set aside."""
    for known in (seal, Checksum()):
        try:
            found = journal_segment.parsed(line, known)
        except BadLine:
            continue
        if found.event is not None:
            return journal_segment.event_line(found.event, seal)
        return journal_segment.settled_line(found.settled, seal)
    return line + b"\n"
