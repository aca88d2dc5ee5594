"""Hashing in a few threads with few places to wait, known browsers, and networks."""

import os
import sys
import threading
from collections.abc import Callable

import pytest

from face_rec.access.accounts.hashing import Hashing
from face_rec.access.accounts.known_browsers import LIFE, KnownBrowsers, cookie_of
from face_rec.access.limits.pace import network_of
from face_rec.access.limits.room import Room
from face_rec.domain.errors import TryLater
from tests.fakes.clock import FakeClock


def test_who_finds_no_place_is_refused_at_once_and_told_when_to_come_back() -> None:
    room = Room(2)
    with room.place("a"), room.place("b"):
        with pytest.raises(TryLater, match="few seconds") as refused, room.place("c"):
            pass
        assert refused.value.seconds > 0
    with room.place("c"):
        pass


def test_some_places_are_kept_for_browsers_that_are_known() -> None:
    room = Room(1, reserved=1)
    with room.place("a"):
        with pytest.raises(TryLater), room.place("b"):
            pass
        with room.place("b", known=True), pytest.raises(TryLater), room.place("c", known=True):
            pass


def test_one_network_cannot_take_all_places() -> None:
    room = Room(8, a_lane=2)
    with room.place("one"), room.place("one"):
        with pytest.raises(TryLater), room.place("one"):
            pass
        with room.place("another"):
            pass


def test_hashes_wait_for_their_turn_and_no_more_than_a_few_do() -> None:
    hashing, gate, done = Hashing(at_once=1, waiting=1), threading.Event(), list[int]()

    def work() -> None:
        assert gate.wait(20)
        done.append(1)

    threads = [threading.Thread(target=hashing.run, args=(work,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    while hashing._room._lanes.total() < 2:
        threading.Event().wait(0.001)
    with pytest.raises(TryLater):
        hashing.run(work)
    gate.set()
    for thread in threads:
        thread.join()
    assert len(done) == 2


def test_a_failure_gives_its_place_back() -> None:
    hashing = Hashing(at_once=1, waiting=0)

    def fails() -> None:
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            hashing.run(fails)
    assert hashing.run(lambda: "done") == "done"


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
     ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
     ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient"), ("", "")],
)  # fmt: skip
def test_an_ipv6_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


# --- known browsers ------------------------------------------------------------------------


def _known(key: str = "k" * 43, clock: FakeClock | None = None) -> KnownBrowsers:
    return KnownBrowsers(lambda: key, clock or FakeClock())


def test_a_browser_is_known_to_the_account_it_signed_in_to_only() -> None:
    known = _known()
    shown = known.remember("ada")
    number = known.browser("ada", shown)
    assert number
    assert not known.browser("eve", shown)
    assert known.browser("ada", known.remember("ada", shown)) == number
    assert cookie_of("ADA ") == cookie_of("ada") != cookie_of("eve")
    assert cookie_of("<b>") == ""


@pytest.mark.parametrize(
    "spoil",
    [lambda _: "", lambda s: s[:-1] + "0" + "1", lambda s: "x" + s, lambda s: s + ".a",
     lambda s: s.replace(".", "..", 1), lambda _: "a.ä.b", lambda s: s * 9,
     lambda s: ".".join([s.split(".")[0], "9" * 12, s.split(".")[2]])],
)  # fmt: skip
def test_a_forged_token_makes_nobody_known(spoil: Callable[[str], str]) -> None:
    known = _known()
    assert not known.browser("ada", spoil(known.remember("ada")))
    assert not _known("another key").browser("ada", known.remember("ada"))


def test_a_browser_that_stays_away_is_forgotten() -> None:
    clock = FakeClock()
    known = _known(clock=clock)
    shown = known.remember("ada")
    clock.advance(LIFE.total_seconds() - 1)
    assert known.browser("ada", shown)
    clock.advance(2)
    assert not known.browser("ada", shown)


@pytest.mark.skipif(sys.platform != "linux", reason="a thread's niceness is Linux's")
def test_hashes_of_sign_ins_stand_back_and_those_that_somebody_waits_for_do_not() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = niceness()
    assert Hashing().run(niceness) > own
    assert Hashing(stand_back=False).run(niceness) == own
