"""Requests of people in a real Redis: sealed, exported, gone with the person, in backups."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from face_rec.assembly.people.keepers import requests_keeper
from face_rec.domain.marks import EventKind
from face_rec.requests.request import (
    KEPT,
    KEPT_BACK,
    LeaveRequest,
    OwnRequest,
    OwnRequests,
    Standing,
    Wish,
)
from face_rec.requests.request_records import RequestRecords
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.clock import FakeClock

REASON = "I was at the doctor"


def test_what_somebody_wrote_is_sealed_exported_erased_and_in_backups(
    redis_client: Client,
) -> None:
    now = FakeClock().now()
    sealer = DataSealer(derived(["a" * 64], "test"))
    book = RequestRecords(RedisRecords(redis_client, "main", OwnRequests), sealer)
    wish = Wish(now - timedelta(hours=1), EventKind.IN)
    made = OwnRequest("r1", wish, book.sealed("r1", REASON), now)
    leave = LeaveRequest(
        "l1", "h", "Sick", now.date(), now.date(), False, 1.0, book.sealed("l1", REASON), now
    )
    book.add("ada", lambda found: OwnRequests(found.id, (made,), found.version, (leave,)))
    (key,) = [one.decode() for one in redis_client.scan_iter(match="*own-requests*")]
    assert BackupKeys("main").kind(key) == "hash"
    assert REASON not in repr(redis_client.hvals(key))
    assert book.of("ada").requests == (made,)
    newer = RequestRecords(
        RedisRecords(redis_client, "main", OwnRequests),
        DataSealer(derived(["b" * 64, "a" * 64], "test")),
    )
    assert newer.reseal() == 2
    only_new = RequestRecords(
        RedisRecords(redis_client, "main", OwnRequests), DataSealer(derived(["b" * 64], "test"))
    )
    kept, of_leave = requests_keeper(only_new).held("ada")
    assert kept["reason"] == of_leave["reason"] == REASON
    assert of_leave["leave"] == "Sick"
    assert requests_keeper(book).forget("ada") == 2
    assert not redis_client.hvals(key)


def test_every_night_old_requests_go_and_those_of_whoever_is_gone(redis_client: Client) -> None:
    now, wanted = FakeClock().now(), list[bool]()
    book = RequestRecords(
        RedisRecords(redis_client, "main", OwnRequests),
        DataSealer(derived(["a" * 64], "test")),
    )
    waits = OwnRequest("waits", Wish(now, EventKind.IN), "", now - 2 * KEPT)
    declined = replace(waits, id="d", standing=Standing.DECLINED, decided_at=now - KEPT)
    back = replace(waits, id="b", standing=Standing.TAKEN_BACK, decided_at=now - KEPT_BACK)
    young = replace(declined, id="young", decided_at=now - KEPT_BACK)
    for subject in ("ada", "gone"):
        book.add(subject, partial(replace, requests=(waits, declined, back, young)))

    def night() -> int:
        return book.tidy(now, lambda _: {"ada"}, lambda: wanted.append(True))

    assert night() == 6
    assert book.of("ada").requests == (waits, young)
    assert [one.id for one in book.all()] == ["ada"]
    assert len(wanted) == 2
    assert night() == 0
    assert len(wanted) == 2


def test_what_is_withdrawn_takes_nothing_else_with_it(redis_client: Client) -> None:
    """Not what the same person asks in another tab, nor in which language they read."""
    now, records = FakeClock().now(), RedisRecords(redis_client, "main", OwnRequests)
    book = RequestRecords(records, DataSealer(derived(["a" * 64], "test")))
    refused = OwnRequest("refused", Wish(now, EventKind.IN), "", now)
    other = replace(refused, id="other")
    book.add("ada", lambda found: replace(found, requests=(refused,), language="de"))

    def late(subject: str) -> bool:
        book.change(subject, lambda found: replace(found, requests=(*found.requests, other)))
        return RedisRecords.remove(records, subject)

    with patch.object(records, "remove", late):
        book.withdraw("ada", "refused", erased=False)
    assert not book.of("ada").all
    assert book.language("ada") == "de"
    book.withdraw("ada", "refused", erased=True)
    assert not book.all()
