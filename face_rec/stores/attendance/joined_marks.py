"""The events for which another mark stands: they were confirmed, and are not missing while that
one is here."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from face_rec.domain.marks import Event
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.lua import Script

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_JOIN: Final = Script("join_mark")


def member(event: Event) -> str:
    """In the set of events that were seen, of one that another mark stands for."""
    return f"={event.id}"


def note(client: Client, site: str, event: Event, stands_at: datetime) -> None:
    """That the mark of ``stands_at`` stands for ``event``, if it is here still: what Redis lost
    since it said so comes back by itself, and may then be joined to a third one. Redis can lose
    that mark only with what it was told after it."""
    day, noted = event.utc_day, member(event)
    seen, last = keys.seen(site, day), keys.last(site, day)
    stands = str(microseconds(stands_at))
    if stands_at.astimezone(UTC).date() == day:
        names = [event.subject, keys.other_marks(event.subject)]
        _JOIN.run(client, [last, seen], [*names, stands, noted])
    elif _is_here(client, site, event.subject, stands_at):
        client.sadd(seen, noted)
        if not _is_here(client, site, event.subject, stands_at):
            client.srem(seen, noted)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _is_here(client: Client, site: str, subject: str, at: datetime) -> bool:
    """Of a day beside, which may lie in another slot: asked before and after, for Redis loses the
    note as well if it loses the mark in between."""
    last = keys.last(site, at.astimezone(UTC).date())
    found: Any = client.hmget(last, [subject, keys.other_marks(subject)])
    times = b" ".join(filter(None, found)).split()
    return str(microseconds(at)).encode() in times
