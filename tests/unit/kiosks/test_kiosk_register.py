"""Only registered kiosks exist, also while the database is away."""

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.kiosk_register import MAIN, KioskRegister
from tests.fakes.clock import FakeClock


class Rules:
    """Keeps kiosks; away on demand."""

    def __init__(self, *names: str) -> None:
        self.kept = {name: KioskRecord(name) for name in names}
        self.away = False
        self.asked = 0

    def load(self) -> tuple[KioskRecord, ...]:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        return tuple(self.kept.values())

    def save(self, record: KioskRecord) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.kept[record.id] = record


def register(rules: Rules, clock: FakeClock | None = None) -> KioskRegister:
    return KioskRegister(rules.load, rules.save, clock or FakeClock())


def test_an_invented_name_is_no_kiosk_and_makes_none() -> None:
    rules = Rules("door")
    kiosks = register(rules)
    assert kiosks.knows("door")
    assert not any(kiosks.knows(f"invented-{number}") for number in range(100))
    assert set(rules.kept) == {"door"}
    assert rules.asked == 1  # a camera that asks often costs nothing


def test_the_office_s_own_kiosk_is_there_at_its_first_use_and_is_not_watched() -> None:
    rules = Rules()
    assert register(rules).knows(MAIN)
    assert rules.kept[MAIN] == KioskRecord(MAIN, watched=False)


def test_liveness_is_checked_at_the_desk_unless_no_kiosk_checks_it() -> None:
    rules = Rules("door")
    rules.kept["door"] = KioskRecord("door", liveness=Check.OFF)
    assert register(rules).checks(), "the office's own observes until somebody decides otherwise"
    rules.kept[MAIN] = KioskRecord(MAIN, liveness=Check.OFF)
    assert not register(rules).checks()
    rules.kept["door"] = KioskRecord("door", liveness=Check.ENFORCE)
    assert register(rules).checks()


def test_what_was_known_stays_known_while_the_database_is_away() -> None:
    rules, clock = Rules("door"), FakeClock()
    kiosks = register(rules, clock)
    assert kiosks.knows("door")
    rules.away = True
    clock.advance(3600)
    assert kiosks.knows("door")
    assert kiosks.knows(MAIN)
    assert not kiosks.knows("invented")


def test_a_new_kiosk_is_known_within_a_second_and_a_removed_one_is_not() -> None:
    rules, clock = Rules("door"), FakeClock()
    kiosks = register(rules, clock)
    assert not kiosks.knows("gate")
    rules.kept = {"gate": KioskRecord("gate", pin=True)}
    clock.advance(1)
    assert kiosks.knows("gate")
    assert kiosks.record("gate").pin
    assert not kiosks.knows("door")


def test_nobody_waits_for_a_database_that_is_known_to_be_away() -> None:
    rules, clock, away = Rules("door"), FakeClock(), False
    kiosks = KioskRegister(rules.load, rules.save, clock, lambda: away)
    assert kiosks.knows("door")
    away = True
    clock.advance(60)
    assert kiosks.knows("door")
    assert rules.asked == 1
    away = False
    assert kiosks.knows("door")
    assert rules.asked == 2


def test_it_tells_which_kiosks_mark_live_faces_only() -> None:
    rules = Rules("door", "gate")
    rules.save(KioskRecord("door", liveness=Check.ENFORCE))
    assert register(rules).enforcing() == ["door"]
