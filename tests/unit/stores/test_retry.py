"""Trying again: how often, after what, and when not."""

import asyncio
from collections.abc import Callable

import pytest

from face_rec.domain.errors import Conflict, PersonMissing, StoreUnavailable
from face_rec.retry import Backoff, until_back, until_first


class Overtaken:
    """A write that loses so many races before it wins."""

    def __init__(self, losses: int, error: Exception) -> None:
        self.error = error
        self.left = losses
        self.runs = 0

    def __call__(self) -> str:
        self.runs += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "written"


def test_a_lost_race_is_run_again() -> None:
    write = Overtaken(4, Conflict("Somebody was faster."))
    assert until_first(write) == "written"
    assert write.runs == 5


def test_the_last_loss_is_told() -> None:
    write = Overtaken(9, Conflict("Somebody was faster."))
    with pytest.raises(Conflict, match="Somebody was faster"):
        until_first(write, tries=3)
    assert write.runs == 3


def test_without_a_bound_it_takes_as_many_as_it_takes() -> None:
    assert until_first(Overtaken(500, Conflict("Somebody was faster.")), tries=None) == "written"


def test_nothing_else_is_run_again() -> None:
    write = Overtaken(1, PersonMissing("Gone."))
    with pytest.raises(PersonMissing):
        until_first(write)
    assert write.runs == 1


def test_another_kind_of_loss_can_be_named() -> None:
    assert until_first(Overtaken(1, KeyError("moved")), lost=KeyError) == "written"


def test_a_store_that_is_away_is_asked_until_it_is_back() -> None:
    ask = Overtaken(3, StoreUnavailable("Redis is away. Wait."))
    assert asyncio.run(until_back(_in_a_task(ask), every=0.0)) == "written"
    assert ask.runs == 4


def test_waiting_for_a_store_can_be_cancelled() -> None:
    async def give_up() -> None:
        ask = _in_a_task(Overtaken(1, StoreUnavailable("Redis is away. Wait.")))
        waiting = asyncio.ensure_future(until_back(ask, every=600.0))
        await asyncio.sleep(0)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(give_up())


def _in_a_task(ask: Callable[[], str]) -> Callable[[], "asyncio.Future[str]"]:
    async def answer() -> str:
        return ask()

    return lambda: asyncio.ensure_future(answer())


def test_pauses_grow_up_to_a_limit_and_differ_a_little() -> None:
    backoff = Backoff(1.0, 60.0)
    assert [backoff.after(n) for n in (1, 2, 3, 7, 5000)] == [1.0, 2.0, 4.0, 60.0, 60.0]
    some = {backoff.jittered(3) for _ in range(50)}
    assert len(some) > 10
    assert all(3.0 <= pause <= 5.0 for pause in some)
