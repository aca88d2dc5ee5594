"""Who brings back what Redis has lost, and dies before they have said so, leaves no forgery
behind: the next one says it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from face_rec.assembly.storage.stores import open_stores
from face_rec.assembly.watches import open_reoffer
from face_rec.clock import SystemClock
from face_rec.stores.chain import write_log
from face_rec.stores.journal.offering import NOTE
from tests.integration.chain.test_writes_lost import _of, office
from tests.redis_servers import standalone

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


def test_the_chain_holds_though_who_brought_it_back_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_log, "UNDER_WAY", 0.0)  # nobody writes meanwhile
    with standalone(tmp_path / "redis") as server:
        settings = _of(server, tmp_path)
        with office(settings) as at_work:
            at_work.morning()
            at_work.afternoon()
            at_work.stores.chain.copy()
            told, session = at_work.state(), at_work.session
        server.kill()
        server.start()  # it comes back empty
        _dies_before_it_says_so(settings)
        with office(settings) as at_work:
            at_work.session = session
            told["signed in"] = False
            at_work.holds(told)
        assert not (settings.data_dir / "journal" / NOTE).exists()
