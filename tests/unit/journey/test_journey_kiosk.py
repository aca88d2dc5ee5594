"""Kiosks: names, and whose camera feeds one."""

from face_rec.kiosks.seats import Seats


def test_whoever_comes_newest_feeds_the_kiosk() -> None:
    seats = Seats()
    assert seats.take("door", "a")
    assert seats.take("door", "b")
    assert not seats.take("door", "a")
    assert seats.take("door", "b")
    assert not seats.holds("door", "a")
    assert seats.holds("door", "b")


def test_asking_takes_no_seat() -> None:
    seats = Seats()
    assert seats.holds("door", "a")
    seats.take("door", "b")
    assert seats.holds("door", "a")  # it has not come yet
    assert seats.take("door", "b")


def test_kiosks_do_not_mind_each_other() -> None:
    seats = Seats()
    assert seats.take("door", "a")
    assert seats.take("gate", "b")
    assert seats.take("door", "a")


def test_memory_stays_flat_however_many_names_come() -> None:
    seats = Seats()
    for number in range(2000):
        seats.take(f"kiosk-{number}", "a")
        seats.take("door", f"screen-{number}")
    assert len(seats._screens) <= 256
    assert max(len(screens) for screens in seats._screens.values()) <= 32
    assert seats.take("door", "screen-1999")
