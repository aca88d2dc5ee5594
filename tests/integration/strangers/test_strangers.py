"""Who is kept as unknown, who comes again, and how they are forgotten; in memory and in Redis."""

from datetime import timedelta

import numpy as np
import pytest

from face_rec.domain.errors import Conflict, PeopleError, ProofNeeded, StoreUnavailable
from face_rec.domain.faces import Vector
from face_rec.domain.strangers import MOST_VISITS, Passing, Standing, Stranger
from face_rec.strangers import keeper
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.storage import Change, StrangerStore
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.fakes.strangers import MemoryStrangers, StrangerWorld, a_passing, away
from tests.integration.strangers.conftest import a_world
from tests.samples import a_vector

WHO = "ada"


def face(seed: int, look: int = 0) -> Vector:
    """One of somebody's looks: alike, and never the same."""
    found = a_vector(seed, 256) + 0.2 * a_vector(1000 + 97 * seed + look, 256)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def several(world: StrangerWorld, seed: int, times: int) -> Stranger:
    for look in range(times):
        world.comes(face(seed, look))
        away(world.clock)
    found, _ = world.index.alike(face(seed), world.contract(), 0.8)[0]
    return found


def _told(world: StrangerWorld) -> list[str]:
    """Whatever is told besides that somebody unknown is there."""
    return [kind for kind in world.outbox.kinds if kind != "stranger.came"]


def test_who_comes_three_times_is_one_person_seen_three_times_and_told_of_once(
    world: StrangerWorld,
) -> None:
    several(world, 1, 2)
    assert _told(world) == []
    found = several(world, 1, 3)
    assert (found.times, len(found.visits)) == (5, 5)
    assert _told(world) == ["stranger.seen"]
    assert several(world, 2, 1).id != found.id
    assert len(world.index.people()) == 2
    assert world.store.count() == len(list(world.pictures.keys("unknown/"))) == 6


def test_who_stays_or_turns_away_for_a_moment_makes_one_visit(world: StrangerWorld) -> None:
    world.comes(face(1, 0))
    away(world.clock, 60)
    world.comes(face(1, 1))
    (one,) = world.index.people()
    assert (one.times, world.store.count(), one.ended) == (1, 1, world.clock.now())
    world.comes(face(1, 2), kiosk="yard")
    assert world.index.people()[0].times == 2
    assert world.index.people()[0].kiosks == ("door", "yard")


def test_whoever_is_unknown_is_told_of_at_once_and_not_for_every_look(
    world: StrangerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.comes(face(1), over=False)
    assert world.outbox.kinds == ["stranger.came"]
    world.comes(face(1, 1), first=False)  # the same has left
    world.comes(face(2), over=False)  # another, beside them
    assert world.outbox.kinds == ["stranger.came"]
    world.comes(face(3), kiosk="yard", over=False)
    assert [one.kiosk for one in world.outbox.told.values()] == ["door", "yard"]
    monkeypatch.setattr(world.store, "lately", lambda _: False)  # a minute is over
    away(world.clock, 90)
    world.comes(face(1, 2), over=False)  # turned away for a moment
    assert len(world.outbox.told) == 2
    away(world.clock)
    world.comes(face(1, 3), over=False)
    assert len(world.outbox.told) == 3


def test_who_was_blocked_once_is_somebody_unknown_again(world: StrangerWorld) -> None:
    found = several(world, 1, 1)
    world.strangers.service.block([found.id], WHO, 90)
    away(world.clock, 91 * 86_400)
    world.comes(face(1, 9), kiosk="yard", over=False)
    assert world.outbox.kinds == ["stranger.came", "stranger.came"]


def test_nobody_is_kept_while_it_is_off(world: StrangerWorld) -> None:
    world.options.decide("stranger_days", "0")
    assert not world.strangers.keeper.wants("door")
    world.comes(face(1))
    assert world.store.count() == 0
    assert not list(world.pictures.keys())


def test_who_may_be_registered_is_not_kept(world: StrangerWorld) -> None:
    world.gallery.put("s1", face(1))  # type: ignore[attr-defined]
    world.comes(face(1, 3))
    assert world.store.count() == 0
    assert world.strangers.keeper.counts.registered == 1


def test_a_model_that_was_exchanged_meanwhile_keeps_nobody_and_compares_with_nobody_of_before(
    world: StrangerWorld,
) -> None:
    assert isinstance(world.models, FakeModelSource)
    before = several(world, 1, 3)
    late = world.contract()
    world.models.models = fake_models("newer")
    world.strangers.keeper.take(_of(world, late))
    assert world.store.count() == 3
    world.comes(face(1, 9))
    assert {one.contract for one in world.index.people()} == {late, "newer"}
    assert world.index.get(before.id) == before


def _of(world: StrangerWorld, contract: str) -> Passing:
    return a_passing(face(1, 8), world.clock, contract)


def test_a_blocked_person_at_one_kiosk_is_told_of_once_in_a_while(store: StrangerStore) -> None:
    assert store.first("ada:door", 300)
    assert not store.first("ada:door", 300)
    assert store.first("ada:yard", 300)


def test_a_blocked_person_is_told_of_while_they_are_still_there_and_once(
    world: StrangerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.store, "first", lambda *_: True)  # Redis has its own clock
    found = several(world, 1, 1)
    world.strangers.service.block([found.id], WHO, 90)
    world.comes(face(1, 7), over=False)
    assert _told(world) == ["person.blocked"]
    world.comes(face(1, 7))
    assert _told(world) == ["person.blocked"]
    away(world.clock)
    world.comes(face(1, 8), over=False)
    assert _told(world) == ["person.blocked"] * 2
    away(world.clock, 90 * 86_400)
    world.comes(face(1, 9), over=False)
    assert _told(world) == ["person.blocked"] * 2, "the block has ended"


def test_a_blocked_person_is_told_of_although_the_first_try_broke_off(
    world: StrangerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = several(world, 1, 1)
    world.strangers.service.block([found.id], WHO, 90)
    with monkeypatch.context() as broken:
        broken.setattr(world.outbox, "publish_once", _away)
        with pytest.raises(StoreUnavailable):
            world.comes(face(1, 7), over=False)
    world.comes(face(1, 7))
    assert _told(world) == ["person.blocked"]


def _away(*_: object, **__: object) -> None:
    raise StoreUnavailable("The outbox does not answer.")


def test_of_two_pages_that_decide_at_once_the_second_changes_nothing(world: StrangerWorld) -> None:
    found = several(world, 1, 1)
    service = world.strangers.service
    service.block([found.id], WHO, 90)
    for late in (
        lambda: service.dismiss([found.id], WHO),
        lambda: service.block([found.id], WHO, 1),
        lambda: service.assign([found.id], "s1", WHO),
    ):
        with pytest.raises(PeopleError, match="Somebody else has decided"):
            late()
    service.enrolled([found.id, "gone"], "s1", WHO)
    assert world.index.people()[0].standing is Standing.BLOCKED


def test_who_is_forgotten_leaves_the_memory_of_processes_before_which_nobody_is(
    world: StrangerWorld,
) -> None:
    found = several(world, 1, 2)
    other = StrangerIndex(world.store)
    other.refresh()
    assert vars(other)["_revision"] < 0, "who never asked reads nothing"
    assert other.nearest(face(1), world.contract())
    world.forgetting.people([found.id])
    other.refresh()
    assert not vars(other)["_rows"].any()
    assert not vars(other)["_known"]


def test_nothing_more_is_kept_of_who_was_dismissed(world: StrangerWorld) -> None:
    found = several(world, 1, 2)
    world.strangers.service.dismiss([found.id], WHO)
    came = len(world.outbox.told)
    several(world, 1, 3)
    (one,) = world.index.people()
    assert (one.times, len(one.visits), world.store.count()) == (5, 2, 2)
    assert len(world.outbox.told) == came
    assert world.strangers.service.take_back([one.id], WHO) == 1
    several(world, 1, 1)
    assert world.index.people()[0].standing is Standing.OPEN
    assert _told(world) == ["stranger.seen"]


def test_visits_are_forgotten_after_their_days_but_for_the_last_of_who_is_blocked(
    world: StrangerWorld,
) -> None:
    blocked, other = several(world, 1, 5), several(world, 2, 2)
    world.strangers.service.block([blocked.id], WHO, 60)
    assert world.forgetting.older(30) == 0
    away(world.clock, 31 * 86_400)
    assert world.forgetting.older(30) == 4
    assert world.index.get(other.id) is None
    left = world.index.get(blocked.id)
    assert left is not None
    assert left.visits == blocked.visits[-3:]
    assert len(list(world.pictures.keys())) == 3
    away(world.clock, 31 * 86_400)
    assert world.forgetting.older(30) == 3
    assert not world.index.people()
    assert not list(world.pictures.keys())


def test_who_is_forgotten_leaves_nothing_and_it_takes_a_proof(world: StrangerWorld) -> None:
    found = several(world, 1, 3)
    world.strangers.service._demand = _refusing
    with pytest.raises(ProofNeeded):
        world.strangers.service.forget([found.id])
    world.strangers.service._demand = lambda _: None
    assert world.strangers.service.forget([found.id]) == 1
    assert (world.store.count(), world.index.people()) == (0, [])
    assert not world.store.faces(found.visits)
    assert not list(world.pictures.keys())
    assert world.strangers.service.forget([found.id]) == 0, "a second press finds nobody"


def _refusing(_: object) -> None:
    raise ProofNeeded("Prove it.")


def test_switching_it_off_erases_all(world: StrangerWorld) -> None:
    several(world, 1, 3)
    world.strangers.service.block([several(world, 2, 1).id], WHO, 90)
    world.options.decide("stranger_days", "0")
    world.strangers.upkeep.look()
    assert (world.store.count(), world.store.all()[1], list(world.pictures.keys())) == (0, [], [])
    world.options.decide("stranger_days", "7")
    world.comes(face(1))
    assert world.store.count() == 1


def test_a_kiosk_on_a_street_does_not_fill_everything(
    world: StrangerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "HOURLY", 5)
    for seed in range(9):
        world.comes(face(seed))
    assert world.store.count() == 5
    assert world.strangers.keeper.counts.dropped == 4
    world.comes(face(30), kiosk="yard")
    away(world.clock, 3601)
    world.comes(face(31))
    assert world.store.count() == 7


def test_of_who_comes_every_day_the_newest_visits_are_kept(
    world: StrangerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "MOST_VISITS", 4)
    found = several(world, 1, 7)
    assert (found.times, len(found.visits)) == (7, 4)
    assert world.store.count() == len(list(world.pictures.keys())) == 4
    assert MOST_VISITS == 100


def test_one_who_was_taken_for_two_is_put_together(world: StrangerWorld) -> None:
    first, second = several(world, 1, 3), several(world, 2, 3)
    visits = world.store.visits(second.visits)
    others = world.store.faces(first.visits)
    change = [(visit, others[first.visits[n]]) for n, visit in enumerate(visits.values())]
    world.store.write(Change(put=(second,), kept=tuple(change)))  # both have one face now
    assert world.strangers.upkeep.group() == 1
    (one,) = world.index.people()
    assert (one.id, one.times, len(one.visits)) == (first.id, 6, 6)
    assert {visit.group for visit in world.store.visits(one.visits).values()} == {first.id}


def test_who_was_decided_about_is_put_together_with_nobody(world: StrangerWorld) -> None:
    first, second = several(world, 1, 3), several(world, 2, 3)
    visits, others = world.store.visits(second.visits), world.store.faces(first.visits)
    change = [(visit, others[first.visits[n]]) for n, visit in enumerate(visits.values())]
    world.store.write(Change(put=(second,), kept=tuple(change)))
    world.strangers.service.dismiss([second.id], WHO)
    assert world.strangers.upkeep.group() == 0


def test_two_who_write_at_once_do_not_overwrite_each_other(
    world: StrangerWorld, store: StrangerStore
) -> None:
    found = several(world, 1, 1)
    store.write(Change(put=(found,)))
    with pytest.raises(Conflict):
        store.write(Change(put=(found,), forgotten=found.visits))
    assert store.count() == 1


def test_another_process_sees_what_this_one_did(
    world: StrangerWorld, store: StrangerStore
) -> None:
    beside = a_world(store, world.clock)
    beside.comes(face(1, 0))
    away(world.clock)
    world.comes(face(1, 1))
    away(world.clock)
    beside.comes(face(1, 2))
    (one,) = beside.index.people()
    assert one.times == 3
    world.strangers.service.forget([one.id])
    assert beside.index.people() == []
    assert beside.index.nearest(face(1), world.contract()) is None


def test_a_queue_that_is_full_drops_and_counts_and_never_waits(clock: FakeClock) -> None:
    world = a_world(MemoryStrangers(clock), clock)
    for seed in range(keeper.WAITING + 5):
        world.strangers.keeper.offer(_of(world, world.contract()))
        assert seed >= 0
    assert world.strangers.keeper.counts.dropped == 5


def test_pictures_of_visits_that_are_gone_are_swept(world: StrangerWorld) -> None:
    found = several(world, 1, 1)
    world.pictures.put("unknown/2025/03/10/feed.jpg", b"left by a crash")
    assert world.forgetting.stray_pictures() == 1
    (visit,) = world.store.visits(found.visits).values()
    assert list(world.pictures.keys()) == [visit.picture]
    assert visit.ended - visit.began == timedelta(seconds=4)
