"""An app is killed in the middle of what it does when Redis loses something: nothing looks forged
afterwards, and nothing is said twice."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.storage.stores import open_stores
from face_rec.assembly.watches import open_reoffer
from face_rec.clock import SystemClock
from face_rec.domain.marks import Outcome, Source
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain import write_log
from face_rec.stores.chain.ledger import AUDIT
from face_rec.stores.journal.offering import NOTE
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.integration.chain.test_writes_lost import _of, office
from tests.integration.chain.write_machines import Machine, clock, machine
from tests.redis_servers import standalone
from tests.samples import a_chain, an_event

__all__ = ["clock", "machine"]

pytestmark = pytest.mark.usefixtures("cheap_passwords")


class _Killed(BaseException):
    """Stands for SIGKILL."""


def _dies_before_it_says_so(settings: Settings) -> None:
    def told(*_: object) -> None:
        raise _Killed

    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        again: Any = open_reoffer(stores, SystemClock(), lambda: None)
        again._told = told
        with pytest.raises(_Killed):
            again.look()


def _dies_once_it_has_said_so(settings: Settings) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        open_reoffer(stores, SystemClock(), lambda: None).look()
        watch: Any = stores.chain
        watch._append = lambda: None  # it witnesses nothing any more


@pytest.mark.parametrize("dies", [_dies_before_it_says_so, _dies_once_it_has_said_so])
def test_the_chain_holds_though_who_brought_it_back_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: Callable[[Settings], None]
) -> None:
    with standalone(tmp_path / "redis") as server:
        settings = _of(server, tmp_path)
        with office(settings) as at_work:
            at_work.morning()
            at_work.afternoon()
            at_work.stores.chain.copy()
            told, session = at_work.state(), at_work.session
        monkeypatch.setattr(write_log, "UNDER_WAY", 0.0)  # nobody writes from here on
        server.kill()
        server.start()  # it comes back empty
        dies(settings)
        with office(settings) as at_work:
            at_work.session = session
            told |= {"signed in": False, "decided": []}  # both go with an empty Redis
            at_work.holds(told)
        assert not (settings.data_dir / "journal" / NOTE).exists()


def test_a_correction_that_is_made_again_after_a_kill_is_noted_once(
    redis_client: Client, machine: Machine
) -> None:
    """It was noted, and its end was not yet written in the journal; meanwhile Redis lost both."""
    ledger = machine.ledger(AUDIT)
    log = AuditLog(RedisAudit(redis_client, "main", ledger), machine.clock)
    marks = AuditedMarks(RedisAttendance(redis_client, "main", chain=a_chain()), log)
    by_hand = replace(an_event("c1"), source=Source.MANUAL, author="boss")
    for _ in range(2):
        assert marks.apply(by_hand, 0.0, replay=True).outcome is Outcome.MARKED
        redis_client.flushdb()
    machine.offer()
    assert [entry.action for entry in log.newest(9)] == [Action.CORRECTED]
