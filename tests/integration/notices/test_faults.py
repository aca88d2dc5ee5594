"""Processes that die at every step, and a receiver that answers wrongly: nothing is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.notices.notice import NoticeKind
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from tests.integration.notices.a_site import Process, Site
from tests.integration.notices.receiver import Receiver


class Unlucky:
    """An outbox whose process dies before or after a step, now and then."""

    def __init__(self, outbox: RedisOutbox, luck: Callable[[], float]) -> None:
        self._outbox = outbox
        self._luck = luck

    def __getattr__(self, name: str) -> object:
        step = getattr(self._outbox, name)

        def unlucky(*args: object, **more: object) -> object:
            luck = self._luck()
            if luck < 0.05:
                raise StoreUnavailable("killed before")
            done = step(*args, **more)
            if luck < 0.1:
                raise StoreUnavailable("killed after")
            return done

        return unlucky


@contextmanager
def _dying(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Iterator[None]:
    luck, lock = receiver.luck, threading.Lock()

    def drawn() -> float:
        with lock:
            return luck.random()

    real = RedisOutbox

    def made(client: Client, name: str) -> Unlucky:
        return Unlucky(real(client, name), drawn)

    with monkeypatch.context() as patched:
        patched.setattr("tests.integration.notices.a_site.RedisOutbox", made)
        patched.setattr("face_rec.stores.notices.outbox._ABANDONED_MS", 0)
        yield


@pytest.mark.timeout(1800)  # with --thorough
def test_whatever_fails_nothing_is_lost_and_doubles_carry_the_same_id(
    site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    """Two processes die at every step, and the receiver answers wrongly, hangs up, or fails after
    it has taken the notice: 10,000 events with ``--thorough``."""
    site.hook(receiver, NoticeKind.MARK)
    receiver.failing = 0.3
    count, made = 10_000 if thorough else 150, 0
    with _dying(monkeypatch, receiver):
        processes = [site.opened(), site.opened()]
        for round_ in range(4000):
            if made < count:
                _mark(site, [f"e{number}" for number in range(made, made + 50)])
                made += 50
            _survives(processes[round_ % 2])
            site.clock.advance(121)  # leases of the dead are over
            if (
                made >= count
                and not site.client.zcard(outbox_keys.deliveries_due("main"))
                and (len(receiver.got) == count)
            ):
                break
    assert receiver.forged == 0
    assert set(receiver.got) == {f"e{number}" for number in range(count)}
    assert not site.client.hlen(outbox_keys.deliveries_dead("main"))


def _mark(site: Site, names: list[str]) -> None:
    """Again where a busy machine's Redis answered late, as a journal does; each counts once."""
    for name in names:
        while True:
            with suppress(StoreUnavailable):
                site.mark(name)
                break


def _survives(process: Process) -> None:
    for step in (process.look, process.send):
        with suppress(StoreUnavailable):
            step()
