"""What somebody decided about an unknown person, and that one is forgotten, outlives a Redis that
loses it; the person themselves do not, and no face of theirs is kept beside it."""

from dataclasses import replace

import pytest

from face_rec.domain.errors import Conflict, JournalError
from face_rec.domain.strangers import Decision, Standing, Stranger, Visit
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.redis.client import Client
from face_rec.strangers.storage import Change
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import Machine, clock, machine, other, remembered
from tests.samples import a_vector

__all__ = ["clock", "machine", "other"]

DISMISSED = Decision(Standing.DISMISSED, "boss", MORNING)
ODD = Decision(Standing.BLOCKED, 'max "{" decision', MORNING)
"""By a name in which stands what JSON is made of."""


def _seen(machine: Machine, *visits: str) -> Stranger:
    """Somebody unknown, who comes again with each visit."""
    known = machine.strangers().many(["s"]).get("s")
    for name in visits:
        before = known.visits if known else ()
        visit = Visit(name, "s", "door", "c", MORNING, MORNING)
        made = Stranger(
            "s", "c", MORNING, MORNING, "door", len(before) + 1, ("door",), (*before, name),
            known.decision if known else Decision(), version=known.version if known else 0,
        )  # fmt: skip
        machine.strangers().write(Change(put=(made,), kept=((visit, a_vector(1)),)))
        known = machine.strangers().many(["s"])["s"]
    assert known is not None
    return known


def _standing(machine: Machine) -> list[Standing]:
    return [one.standing for one in machine.strangers().all()[1]]


@pytest.mark.parametrize("decision", [DISMISSED, ODD], ids=["dismissed", "of an odd name"])
def test_a_decision_stands_again_and_who_came_since_is_counted_still(
    machine: Machine, redis_client: Client, decision: Decision
) -> None:
    known = _seen(machine, "v1")
    put_back = remembered(redis_client)
    revision, _ = machine.strangers().all()
    machine.strangers().decide(known, decision)
    put_back()
    _seen(machine, "v2")
    assert _standing(machine) == [Standing.OPEN]
    machine.offer()
    (back,) = machine.strangers().all()[1]
    assert (back.decision, back.visits, back.times) == (decision, ("v1", "v2"), 2)
    assert machine.strangers().changes(revision) == (revision + 2, frozenset({"s"}))
    machine.strangers().decide(back, Decision())
    with pytest.raises(Conflict):
        machine.strangers().decide(back, DISMISSED)


def test_what_was_taken_back_stays_so_whoever_brings_the_first_one_back(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    machine.strangers().decide(_seen(machine, "v1"), DISMISSED)
    put_back = remembered(redis_client)
    other.clock.advance(1)
    other.strangers().decide(_seen(other), Decision(Standing.OPEN, "boss", MORNING))
    put_back()
    for one in (machine, other, machine):
        one.offer()
    assert _standing(machine) == [Standing.OPEN]


def test_who_was_forgotten_stays_forgotten_on_every_machine(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    known = _seen(machine, "v1", "v2")
    put_back = remembered(redis_client)
    other.strangers().decide(known, DISMISSED)
    after = remembered(redis_client)
    gone = _seen(machine)
    machine.strangers().write(Change(gone=(gone,), forgotten=gone.visits))
    machine.strangers().stay_forgotten([gone])
    other.offers.look()
    assert not any(b"dismissed" in one for one in other.said())
    for lose in (put_back, after):
        lose()
        for one in (other, machine, other):
            one.offer()
        strangers = machine.strangers()
        assert strangers.all()[1] == []
        assert (strangers.count(), strangers.faces(["v1", "v2"])) == (0, {})
        assert strangers.visits(["v1", "v2"]) == {}


def test_an_empty_redis_gets_no_unknown_person_back_and_no_face_is_kept(
    machine: Machine, redis_client: Client
) -> None:
    machine.strangers().decide(_seen(machine, "v1"), DISMISSED)
    assert len(machine.said()) == 1
    assert a_vector(1).astype("<f4").tobytes() not in machine.said()[0]
    redis_client.flushdb()
    machine.offer()
    assert machine.strangers().all()[1] == []


def test_an_assignment_is_not_kept_once_the_person_is_erased(
    machine: Machine, other: Machine
) -> None:
    ada = machine.register()
    other.strangers().decide(
        _seen(machine, "v1"), replace(DISMISSED, standing=Standing.ASSIGNED, subject=ada.subject)
    )
    machine.people.delete(ada.subject)
    other.offers.look()
    assert not any(ada.subject.encode() in one for one in other.said())


def test_a_full_disk_takes_no_decision_and_forgets_all_the_same(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = _seen(machine, "v1")

    def full(_: WriteLog, write: KeptWrite, about: object = ()) -> None:
        raise JournalError("No space left on device")

    monkeypatch.setattr(WriteLog, "put", full)
    with pytest.raises(JournalError):
        machine.strangers().decide(known, DISMISSED)
    assert _standing(machine) == [Standing.OPEN]
    machine.strangers().stay_forgotten([known])
    assert machine.strangers().all()[1] == []
