"""Retention: what is removed when, and what stays."""

from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.pictures import kept_photo
from face_rec.privacy.privacy_service import RetentionSchedule
from tests.fakes.privacy import PrivacyOf
from tests.fakes.private_people import DAY, fake, marked, pictured, subjects, world
from tests.fakes.system import FakeSystem
from tests.redis_servers import wait_until

__all__ = ["fake", "world"]


def test_pictures_are_removed_the_day_they_are_too_old(world: PrivacyOf) -> None:
    ada = world.fake.add_person(1, "Ada")
    kept, gone = marked(world.fake, ada, 30), marked(world.fake, ada, 31)
    world.fake.snapshots.put("unknown/2024/01/01/x.jpg", b"a stranger")
    run = world.privacy.retention.run()
    assert run is not None
    assert run.pictures == 2
    assert set(world.fake.snapshots.jpegs) == {kept.snapshot}
    assert gone.snapshot not in world.fake.snapshots.jpegs
    assert world.privacy.retention.last() == run


def test_photos_of_people_and_other_keys_are_not_taken_for_old_marks(world: PrivacyOf) -> None:
    person = pictured(world.fake, world.fake.add_person(1, "Ada"))
    world.fake.snapshots.put("marks/notes.jpg", b"x")
    world.fake.snapshots.put("marks/2020/99/99/x.jpg", b"x")
    world.fake.snapshots.put("witness/main/2020-01.json", b"{}")
    world.privacy.retention.run()
    assert person.photo in world.fake.snapshots.jpegs
    assert len(world.fake.snapshots.jpegs) == 4


def test_nothing_is_removed_where_no_period_is_set(fake: FakeSystem) -> None:
    world = PrivacyOf(fake)
    marked(fake, pictured(fake, fake.add_person(1, "Ada")), 3000)
    fake.clock.advance(9999 * DAY)
    run = world.privacy.retention.run()
    assert run is not None
    assert (run.pictures, run.people) == (0, 0)
    assert len(fake.snapshots.jpegs) == 2


def test_a_store_that_is_away_is_noted_and_people_are_still_looked_at(world: PrivacyOf) -> None:
    marked(world.fake, world.fake.add_person(1, "Ada"), 31)
    world.fake.snapshots.away = True
    run = world.privacy.retention.run()
    assert run is not None
    assert "switched the store off" in run.problem
    world.fake.snapshots.away = False
    again = world.privacy.retention.run()
    assert again is not None
    assert (again.pictures, again.problem) == (1, "")


def test_two_processes_never_run_at_once(world: PrivacyOf) -> None:
    world.runs.taken = True
    assert world.privacy.retention.run() is None
    assert world.runs.saved == []


def test_the_face_of_somebody_long_unseen_is_forgotten_and_nothing_else(
    world: PrivacyOf,
) -> None:
    ada = pictured(world.fake, world.fake.add_person(1, "Ada", templates=3))
    bob = pictured(world.fake, world.fake.add_person(2, "Bob"))
    world.fake.clock.advance(91 * DAY)
    marked(world.fake, bob, 1)
    carl = pictured(world.fake, world.fake.add_person(3, "Carl"))  # enrolled just now
    run = world.privacy.retention.run()
    assert run is not None
    assert (run.people, run.templates, run.photos) == (1, 3, 1)
    left = world.fake.people.get(ada.subject)
    assert left is not None
    assert (left.templates, left.photo, left.name) == ((), None, "Ada")
    assert subjects(world.fake) == {bob.subject, carl.subject}
    assert ada.photo not in world.fake.snapshots.jpegs


def test_a_correction_is_no_sign_of_life(world: PrivacyOf) -> None:
    ada, bob = world.fake.add_person(1, "Ada"), world.fake.add_person(2, "Bob")
    world.fake.clock.advance(91 * DAY)
    marked(world.fake, bob)
    at = world.fake.clock.now()
    void = Event("c", ada.subject, at, EventKind.VOID, Source.MANUAL, "main", target="e")
    world.fake.attendance.apply(void, 0)
    assert world.privacy.retention.run() is not None
    assert subjects(world.fake) == {bob.subject}


def test_lost_records_do_not_look_like_a_company_that_left(world: PrivacyOf) -> None:
    world.fake.add_person(1, "Ada")
    world.fake.clock.advance(91 * DAY)
    run = world.privacy.retention.run()
    assert run is not None
    assert "looks like lost records" in run.problem
    assert len(subjects(world.fake)) == 1


def test_the_job_runs_after_the_start_and_not_again_that_day(world: PrivacyOf) -> None:
    marked(world.fake, world.fake.add_person(1, "Ada"), 31)
    schedule = RetentionSchedule(
        world.privacy.retention, world.fake.clock, first_after=0.0, look_every=0.01
    )
    schedule.start()
    try:
        wait_until(lambda: len(world.runs.saved) == 1)
        world.fake.clock.advance(23 * 3600)
        threads_turn = [world.runs.last() for _ in range(3)]
        assert len(world.runs.saved) == 1, threads_turn
        world.fake.clock.advance(3600)
        wait_until(lambda: len(world.runs.saved) == 2)
    finally:
        schedule.close()
    assert world.fake.snapshots.jpegs == {}


def test_where_nothing_is_removed_for_its_age_the_kept_photos_are_still_counted(
    fake: FakeSystem,
) -> None:
    world = PrivacyOf(fake)
    schedule = RetentionSchedule(world.privacy.retention, fake.clock, first_after=0.0)
    person = fake.add_person(1, "Ada")
    key = kept_photo(person.subject, "0" * 32)
    fake.snapshots.jpegs |= {key: b"of no template", kept_photo("not-here", "1" * 32): b"12345"}
    schedule.start()
    try:
        wait_until(lambda: bool(world.runs.saved))
    finally:
        schedule.close()
    run = world.runs.saved[0]
    assert (run.photos, run.kept, run.kept_bytes) == (1, 1, 5)
    assert list(fake.snapshots.jpegs) == [kept_photo("not-here", "1" * 32)]
