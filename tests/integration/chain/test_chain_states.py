"""The chain of a day in a real Redis, written to by several processes that know old heads, through
losses and restarts: it holds after every step, and no change by another program goes unseen."""

import logging
from collections.abc import Callable, Iterator
from typing import Final
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from face_rec.stores.attendance import attendance
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain.links import Chain, DayHeads, Head, Stream
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.verify.chain_days import ChainDays, StoredDay
from face_rec.stores.verify.walk import Walk
from tests.fakes.clock import MORNING
from tests.redis_servers import Server
from tests.samples import a_chain, an_event
from tests.states import BROKEN_STATES, STATES

DAY: Final = MORNING.date()
KEY, HEAD, SEEN = keys.attendance("main", DAY), keys.head("main", DAY), keys.seen("main", DAY)
LAST: Final = keys.last("main", DAY)
COOLDOWN: Final = 60.0

Tampering = Callable[[list[bytes], int], list[bytes]]
TAMPERED: Final[dict[str, Tampering]] = {
    "edited": lambda e, n: [*e[:n], e[n].replace(b'"score":0.7', b'"score":0.8'), *e[n + 1 :]],
    "removed": lambda e, n: [*e[:n], *e[n + 1 :]],
    "doubled": lambda e, n: [*e[: n + 1], *e[n:]],
    "moved": lambda e, n: [*e[:n], *e[n + 1 :], e[n]],
    "unlinked": lambda e, n: [*e[:n], e[n].split(b',"n":')[0] + b"}", *e[n + 1 :]],
    "all but the first gone": lambda e, _: e[:1],
}


class ChainStates(RuleBasedStateMachine):
    """``address`` is set by the test: hypothesis makes the machines."""

    address: RedisAddress

    def __init__(self) -> None:
        super().__init__()
        self._client: Client = connect(self.address)
        self._client.flushall()
        self._stores: list[RedisAttendance] = []
        self._backups: list[tuple[bytes | None, ...]] = []
        self._count = 0

    @initialize()
    def begin(self) -> None:
        self._stores = [self._store() for _ in range(3)]

    def _store(self) -> RedisAttendance:
        return RedisAttendance(self._client, "main", chain=a_chain(), heads=DayHeads())

    @rule(who=st.integers(0, 2), count=st.integers(1, 3), replay=st.booleans())
    def marks(self, who: int, count: int, replay: bool) -> None:
        for _ in range(count):
            self._count += 1
            event = an_event(f"e{self._count}", f"s{self._count % 4}", 20 * self._count)
            self._stores[who].apply(event, COOLDOWN, replay)

    @precondition(lambda self: self._count)
    @rule(who=st.integers(0, 2), data=st.data())
    def marks_again(self, who: int, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self._count))
        event = an_event(f"e{number}", f"s{number % 4}", 20 * number)
        self._stores[who].apply(event, COOLDOWN, replay=True)

    @rule(who=st.integers(0, 2))
    def restarts(self, who: int) -> None:
        self._stores[who] = self._store()

    @rule()
    def what_a_replica_has(self) -> None:
        self._backups.append(tuple(self._client.dump(key) for key in (KEY, HEAD, SEEN, LAST)))

    @precondition(lambda self: self._backups)
    @rule(data=st.data())
    def fails_over(self, data: st.DataObject) -> None:
        """The database is as it was at an earlier moment; the processes know newer heads."""
        state = data.draw(st.sampled_from(self._backups))
        for key, value in zip((KEY, HEAD, SEEN, LAST), state, strict=True):
            self._client.delete(key)
            if value is not None:
                self._client.restore(key, 0, value)

    @precondition(lambda self: len(self._read().entries) > 2)
    @rule(how=st.sampled_from(sorted(TAMPERED)), data=st.data())
    def is_tampered_with(self, how: str, data: st.DataObject) -> None:
        """Found, whichever entry it was; then it is put right again."""
        stored = self._read()
        place = data.draw(st.integers(0, len(stored.entries) - 2))
        other = StoredDay(DAY, TAMPERED[how](stored.entries, place), stored.head)
        assert Walk(a_chain(), other, older=99).findings, how

    @invariant()
    def holds(self) -> None:
        stored = self._read()
        assert Walk(a_chain(), stored, older=0).findings == []
        ids = [event.id for event in self._stores[0].day(DAY)] if self._stores else []
        assert len(ids) == len(set(ids)) == len(stored.entries)

    def teardown(self) -> None:
        self._client.close()

    def _read(self) -> StoredDay:
        return ChainDays(self._client, "main").read(DAY)


@pytest.fixture
def states(redis_server: Server) -> Iterator[type[ChainStates]]:
    logging.getLogger("face_rec").setLevel(logging.CRITICAL)
    ChainStates.address = RedisAddress(nodes=(("127.0.0.1", redis_server.port),))
    # Who has lost a race gives up after half a second, which a busy machine may take for one try:
    # the journal sends it again, but here there is none.
    with mock.patch.object(attendance, "_LONGEST", float("inf")):
        yield ChainStates
    logging.getLogger("face_rec").setLevel(logging.NOTSET)


def test_the_chain_holds_whoever_writes_and_whatever_is_lost(states: type[ChainStates]) -> None:
    run_state_machine_as_test(states, settings=STATES)


def _skips_a_link(self: Chain, day: Stream, head: Head, event: bytes) -> tuple[bytes, Head]:
    entry, after = _APPEND(self, day, head, event)
    return (entry, after) if head.length % 3 else _APPEND(self, day, Head(head.length), event)


def _believes_every_link(self: Walk, place: int, entry: object) -> Iterator[object]:
    return iter(())


_APPEND = Chain.append
BROKEN: Final[dict[str, tuple[type, str, Callable[..., object]]]] = {
    "skips a link": (Chain, "append", _skips_a_link),
    "believes every link": (Walk, "_checked", _believes_every_link),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_chain_broken_on_purpose_is_noticed(states: type[ChainStates], broken: str) -> None:
    place, name, other = BROKEN[broken]
    with mock.patch.object(place, name, other), pytest.raises(AssertionError):
        run_state_machine_as_test(states, settings=BROKEN_STATES)
