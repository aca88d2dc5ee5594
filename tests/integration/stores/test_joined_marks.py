"""A mark that was confirmed and for which another one stands is not missing while that one is
there, and only then, in a real Redis, alone and as a cluster."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.marks import Event, Outcome
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.fakes.clock import FakeClock
from tests.samples import an_event

COOLDOWN = 60.0
NOON = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2025, 3, 11, 0, 0, 10, tzinfo=UTC)


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


def _two(at: datetime) -> tuple[Event, Event]:
    """The one that stands, and the one half a minute after it."""
    first, second = an_event("first", "ada"), an_event("second", "ada")
    return replace(first, at=at - timedelta(seconds=30)), replace(second, at=at)


class _Forgetful(RedisAudit):
    """Redis dies and comes back empty once the log has told of the mark."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, "main")
        self._redis = client

    def append(self, *_: object, **__: object) -> None:
        self._redis.flushall()


@pytest.mark.parametrize("at", [NOON, MIDNIGHT], ids=["same day", "day beside"])
def test_it_is_not_missing_while_the_other_one_stands(client: Client, at: datetime) -> None:
    store, (first, second) = RedisAttendance(client, "main"), _two(at)
    marks = AuditedMarks(store, AuditLog(RedisAudit(client, "main"), FakeClock()))
    store.apply(first, COOLDOWN)
    assert marks.apply(second, COOLDOWN, replay=True).already
    assert store.missing([first, second]) == []


@pytest.mark.parametrize("at", [NOON, MIDNIGHT], ids=["same day", "day beside"])
def test_it_is_missing_where_redis_lost_both_before_that_was_noted(
    client: Client, at: datetime
) -> None:
    """Else it was lost, where the other one was in its turn found too near to a third."""
    store, (first, second) = RedisAttendance(client, "main"), _two(at)
    marks = AuditedMarks(store, AuditLog(_Forgetful(client), FakeClock()))
    store.apply(first, COOLDOWN)
    assert marks.apply(second, COOLDOWN, replay=True).already
    assert store.missing([first, second]) == [first, second]
    third = replace(first, id="third", at=first.at - timedelta(seconds=40))
    for event in (third, first, second):
        store.apply(event, COOLDOWN, replay=True)
    assert store.missing([second]) == []


def test_nobody_else_has_to_stand_there(client: Client) -> None:
    """Another person's mark of the same moment does not."""
    store, (first, second) = RedisAttendance(client, "main"), _two(NOON)
    assert store.apply(replace(first, subject="bob"), COOLDOWN).outcome is Outcome.MARKED
    store.joined(second, first.at)
    assert store.missing([second]) == [second]
