"""Once, after an update: the day on which people left, for those who left before it was noted.

The audit log knows best. Where it does not reach, the last change is taken, which is what the
days were judged by until then; from now on it no longer moves.
"""

import logging
from datetime import datetime
from typing import Final

from face_rec.access.audit.audit import Action, AuditEntry
from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import Conflict, PersonMissing
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

_DONE: Final = "leaving_days"  # a field beside the rules' version, so that backups carry it
_PAGE: Final = 1000


@redis_errors()
def settle_leaving_days(client: Client, site: str, people: RedisPeople, audit: AuditLog) -> int:
    """Note the day for everybody who has none; the number of them. Does nothing the second
    time; a run that was cut short is finished by the next. Raises StoreUnavailable."""
    key = keys.rules(site)
    if client.hexists(key, _DONE):
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
    client.hset(key, _DONE, "1")
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
