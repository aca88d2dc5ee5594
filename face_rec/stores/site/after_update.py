"""Once, at the first start after an update: what older versions left is brought to what this
one expects. Each says how much it changed, and does nothing the second time."""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.access.audit.audit import Action, AuditEntry
from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import Conflict, PersonMissing
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal_segment import BadLine, event_line, parsed, settled_line
from face_rec.stores.journal.line_seal import Checksum, LineSeal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

_SIGNED: Final = "journal"
"""Name of the file, beside the keys, that says which unsigned files may still be signed."""
_LEFT: Final = "leaving_days"  # a field beside the rules' version, so that backups carry it
_PAGE: Final = 1000


def sign_leftovers(folder: Path, seal: LineSeal, beside: Path) -> int:
    """Sign what older versions left in the journal's ``folder``; how many events that were.

    Files of a version that still runs beside this one are noted in ``beside``, and signed at the
    start after it has ended. Whatever is unsigned later was put there by somebody else. Raises
    OSError; nothing is lost then.
    """
    note = beside / _SIGNED
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
            files.make_folder(beside)
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
            found = parsed(line, known)
        except BadLine:
            continue
        if found.event is not None:
            return event_line(found.event, seal)
        return settled_line(found.settled, seal)
    return line + b"\n"


@redis_errors()
def settle_leaving_days(client: Client, site: str, people: RedisPeople, audit: AuditLog) -> int:
    """Note the day on which people left, for those who left before it was noted; the number of
    them.

    The audit log knows best. Where it does not reach, the last change is taken, which is what
    the days were judged by until then; from now on it no longer moves. A run that was cut short
    is finished by the next. Raises StoreUnavailable.
    """
    key = keys.rules(site)
    if client.hexists(key, _LEFT):
        return 0
    settled, known = 0, None
    for person in people.all():
        if person.active or people.leaving_noted(person.subject):
            continue
        known = _from_audit(audit) if known is None else known
        try:
            people.note_leaving(person.subject, known.get(person.id) or person.deactivated_at)
        except (Conflict, PersonMissing):
            continue  # written meanwhile, with what was read of it
        settled += 1
    client.hset(key, _LEFT, "1")
    log.info("leaving_days_settled people=%d", settled)
    return settled


def _from_audit(audit: AuditLog) -> dict[str, datetime]:
    """By ID, when somebody was last switched off."""
    found: dict[str, datetime] = {}
    page = audit.newest(_PAGE)
    while page:
        for entry in page:
            if _switched_off(entry):
                found.setdefault(entry.target, entry.at)
        page = audit.newest(_PAGE, page[-1].number)
    return found


def _switched_off(entry: AuditEntry) -> bool:
    return entry.action == Action.PERSON_EDITED and entry.after.get("active") == "no"
