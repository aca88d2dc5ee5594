"""The heartbeat of the kiosks: what it notes, and that nothing stops it."""

from datetime import datetime
from threading import Event

from face_rec.domain.errors import StoreUnavailable
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.kiosk_register import Heartbeat
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.rules import FakeRules

LONG = 3600.0  # seconds: the thread itself never beats in these tests


def test_each_kiosk_with_a_picture_gives_a_sign_of_life() -> None:
    rules, clock = FakeRules(KioskRecord("gate"), KioskRecord("yard")), FakeClock()
    heart = Heartbeat(
        lambda: ["gate", "yard", "invented"],
        lambda kiosk, at, waiting: rules.beat(kiosk, at, waiting=waiting),
        clock, LONG, waiting=lambda: 3,
    )  # fmt: skip
    heart.beat_once()
    heart.close()
    assert set(rules.beats([MORNING.date()])) == {"gate", "yard"}
    assert {kiosk.id for kiosk in rules.load().kiosks} == {"gate", "yard"}
    assert rules.waiting(MORNING.date()) == {"gate": 3, "yard": 3}


def test_a_store_that_is_away_costs_the_beat_of_one_kiosk_only() -> None:
    noted: list[str] = []

    def beat(kiosk: str, _: datetime, __: int) -> None:
        if kiosk == "gate":
            raise StoreUnavailable("The fake store is away. Switch it on.")
        noted.append(kiosk)

    heart = Heartbeat(lambda: ["gate", "yard"], beat, FakeClock(), LONG)
    heart.beat_once()
    heart.close()
    assert noted == ["yard"]


def test_no_kiosk_gives_a_sign_of_life_while_nobody_can_be_marked() -> None:
    noted: list[str] = []
    obstacle = "the disk is full"
    heart = Heartbeat(
        lambda: ["gate", "yard"], lambda kiosk, *_: noted.append(kiosk), FakeClock(), LONG,
        obstacle=lambda: obstacle,
    )  # fmt: skip
    heart.beat_once()
    assert noted == []
    obstacle = ""
    heart.beat_once()
    heart.close()
    assert noted == ["gate", "yard"]


def test_without_a_picture_nobody_is_asked_whether_marks_could_be_kept() -> None:
    asked: list[str] = []

    def obstacle() -> str:
        asked.append("")
        return ""

    heart = Heartbeat(list, lambda *_: None, FakeClock(), LONG, obstacle=obstacle)
    heart.beat_once()
    heart.close()
    assert asked == []


def test_the_heart_goes_on_after_a_bug() -> None:
    beaten = Event()
    answers: list[Exception | list[str]] = [ValueError("a bug"), ["gate"]]

    def alive() -> list[str]:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    heart = Heartbeat(alive, lambda *_: beaten.set(), FakeClock(), every=0.001)
    assert beaten.wait(10)
    heart.close()
