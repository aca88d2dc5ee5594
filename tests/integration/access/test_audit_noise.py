"""What strangers try is kept apart from what was done: bounded, and counted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import BY_STRANGERS, Action, Refusals
from face_rec.access.audit.audit_log import AuditLog
from face_rec.stores.access import audit_stream
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING, FakeClock

STRANGER = Actor("eve", "visitor", "203.0.113.9")
TODAY = MORNING.date()


class Log:
    """A trail whose minute a test can end."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self.redis = client
        self.clock = FakeClock()
        self.audit_log = AuditLog(RedisAudit(client, "main"), self.clock)

    def refuse(self, times: int, action: Action = Action.SIGN_IN_FAILED) -> None:
        for number in range(times):
            self.audit_log.record(action, f"try {number}", actor=STRANGER)

    def next_minute(self) -> None:
        for action in BY_STRANGERS:
            self.redis.delete(access_keys.tries("main", f"noted-{action}"))


@pytest.fixture(params=["redis_client", "cluster_client"])
def log(request: pytest.FixtureRequest) -> Log:
    client: Client = request.getfixturevalue(request.param)
    return Log(client)


def test_a_flood_of_strangers_pushes_nothing_out_and_costs_no_room(log: Log) -> None:
    log.audit_log.record(Action.ACCOUNT_CREATED, "bob")
    log.refuse(500)
    assert [entry.action for entry in log.audit_log.newest(10)] == [Action.ACCOUNT_CREATED]
    assert len(log.audit_log.refused(1000)) == 60
    assert log.redis.xlen(access_keys.audit("main")) == 1
    assert log.audit_log.refusals() == [Refusals(TODAY, Action.SIGN_IN_FAILED, 500)]


def test_one_kind_of_noise_hides_no_other(log: Log) -> None:
    log.refuse(1, Action.PIN_LOCKED)
    log.refuse(200)
    log.refuse(2, Action.SIGN_IN_LOCKED)
    said = [entry.action for entry in log.audit_log.refused(1000)]
    assert said.count(Action.PIN_LOCKED) == 1
    assert said.count(Action.SIGN_IN_LOCKED) == 2


def test_the_next_minute_is_written_down_again(log: Log) -> None:
    log.refuse(100)
    log.next_minute()
    log.clock.advance(60)
    log.refuse(1)
    assert len(log.audit_log.refused(1000)) == 61
    newest = log.audit_log.refused(1)[0]
    assert (newest.at, newest.who, newest.address) == (
        MORNING + timedelta(seconds=60), "eve", "203.0.113.9",
    )  # fmt: skip


def test_only_the_newest_of_a_kind_are_kept_and_all_are_counted(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_stream, "_KEPT", 100)
    monkeypatch.setattr(audit_stream, "_A_MINUTE", 10_000)
    log.refuse(1000)
    kept = log.redis.xlen(access_keys.refused("main", Action.SIGN_IN_FAILED))
    assert 100 <= kept < 300  # Redis trims whole blocks
    log.clock.advance(86_400)
    log.refuse(2)
    counts = log.audit_log.refusals()
    assert [(one.day, one.count) for one in counts] == [
        (TODAY + timedelta(days=1), 2),
        (TODAY, 1000),
    ]


def test_what_somebody_known_does_wrong_stays_in_the_log(log: Log) -> None:
    log.audit_log.record(Action.PASSWORD_REFUSED, "ada", actor=replace(STRANGER, name="ada"))
    assert [entry.action for entry in log.audit_log.newest(10)] == [Action.PASSWORD_REFUSED]
