"""The whole journey of a frame, with painted faces."""

from collections.abc import Iterator

import numpy as np
import pytest

from face_rec.domain.errors import PackMissing
from face_rec.domain.faces import Box, Frame
from face_rec.domain.marks import Event, Outcome, Receipt, Source
from face_rec.domain.people import Contract, Person
from face_rec.domain.pictures import key_of
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.detect import FIND_PX, size_for
from face_rec.journey.embed import STALE_NAMED, STALE_UNKNOWN
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.marking.punch import crop
from face_rec.journey.pipeline import RETRY
from face_rec.journey.still import Stills
from tests.fakes.clock import MORNING
from tests.fakes.journey import FRAME_SECONDS, Actor, Stage, a_quality, picture, vector
from tests.fakes.models import blank_frame, fake_models

ANN, BOB, STRANGER = 0, 5, 25


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN)
    stage.enrol("bob", BOB)
    yield stage
    stage.close()


def test_an_enrolled_person_is_named_and_marked_within_three_frames(stage: Stage) -> None:
    label = stage.label(Actor(ANN), frames=3)
    assert label.verdict is Verdict.NAMED
    assert label.name == "Ann"
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.MARKED
    assert stage.marked == ["ann"]


def test_whoever_has_left_is_looked_for_no_closer_than_they_were(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=15)
    before = len(stage.detector.calls)
    stage.show(frames=15)
    sizes = [size for size, _ in stage.detector.calls[before:]]
    assert sizes
    assert max(sizes) <= size_for(Policy().min_face, FIND_PX, 640)


def test_two_frames_do_not_mark(stage: Stage) -> None:
    assert stage.label(Actor(ANN), frames=2).verdict is Verdict.LOOKING
    assert stage.marked == []


def test_a_stranger_is_shown_as_unknown_and_never_named(stage: Stage) -> None:
    for _ in range(120):
        label = stage.label(Actor(STRANGER))
        assert label.verdict in {Verdict.LOOKING, Verdict.UNKNOWN}
        assert label.name == ""
    assert label.verdict is Verdict.UNKNOWN
    assert stage.marked == []


def test_the_event_says_all_that_is_known_of_the_mark(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=3)
    (event,) = stage.attendance.day(MORNING.date())
    assert event.kiosk == "door"
    assert event.source is Source.VIDEO
    assert event.at == stage.clock.now()
    assert event.contract == "fake"
    assert event.score is not None
    assert event.score > 0.9
    assert event.margin is not None
    assert event.margin > 0.1
    assert event.liveness is None
    assert event.snapshot == f"marks/2025/03/10/{event.subject}.{event.id}.jpg"


def test_somebody_who_stands_there_is_marked_once_however_long(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=15 * 90)
    assert stage.marked == ["ann"]
    assert len(stage.board.greetings()) == 1


def test_somebody_who_comes_back_too_soon_is_told_so(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=3)
    stage.show(frames=30)
    label = stage.label(Actor(ANN, left=300), frames=3)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.ALREADY
    assert stage.marked == ["ann"]
    assert [g.receipt.outcome for g in stage.board.greetings()] == ["marked", "already"]


def test_two_people_at_once_are_both_marked(stage: Stage) -> None:
    stage.show(Actor(ANN), Actor(BOB, left=400), frames=3)
    assert sorted(stage.marked) == ["ann", "bob"]


def test_one_identity_is_named_at_most_once_in_a_frame(stage: Stage) -> None:
    for _ in range(20):
        labels = stage.show(Actor(ANN), Actor(ANN, left=400)).labels
        assert [label.name for label in labels].count("Ann") <= 1
    assert [label.name for label in labels].count("Ann") == 1
    assert stage.marked == ["ann"]


def test_a_face_embedded_just_before_another_model_is_in_use_is_not_matched_against_its_gallery(
    stage: Stage,
) -> None:
    """The other model gives bob's templates the very values that the old one gives ann's face:
    each look of before would be somebody else's name."""
    stage.gallery.rows = {"bob": np.stack([vector(ANN)])}
    stage.gallery.contract = Contract("other", 256)
    for _ in range(10):  # the gallery is exchanged, and this stream still has the old model
        assert stage.label(Actor(ANN)).verdict is Verdict.LOOKING
    with pytest.raises(PackMissing, match="again"):
        Stills(stage.services)(picture([Actor(ANN)]), "door")
    assert stage.marked == []
    stage.gallery.rows = {"ann": np.stack([vector(ANN)])}  # as the new model knows her
    stage.models.models = fake_models(digest="other")
    assert stage.label(Actor(ANN), frames=3).name == "Ann"
    assert stage.marked == ["ann"]


def test_a_greeting_carries_the_receipt_and_the_name(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=3)
    (greeting,) = stage.board.greetings()
    assert greeting.name == "Ann"
    assert greeting.receipt.outcome is Outcome.MARKED
    assert stage.board.greetings(since=greeting.shown_from + 1) == ()


def test_the_time_to_mark_counts_from_the_first_frame_with_a_large_enough_face(
    stage: Stage,
) -> None:
    stage.show(Actor(ANN, side=35), frames=20)
    stage.show(Actor(ANN, side=60), frames=4)
    assert stage.marked == ["ann"]
    assert stage.board.time_to_mark is not None
    assert stage.board.time_to_mark < 4 * FRAME_SECONDS


def test_a_face_too_small_is_shown_as_poor(stage: Stage) -> None:
    assert stage.label(Actor(ANN, side=30), frames=10).verdict is Verdict.POOR
    assert stage.embedder.sizes.count(1) == 0


def test_a_blurred_face_is_poor_and_not_embedded(stage: Stage) -> None:
    stage.assess.quality = a_quality(sharpness=0.5)
    assert stage.label(Actor(ANN), frames=10).verdict is Verdict.POOR
    assert set(stage.embedder.sizes) == {0}


def test_a_named_person_is_not_embedded_in_every_frame(stage: Stage) -> None:
    seconds = 10
    stage.show(Actor(ANN), frames=15 * seconds)
    assert sum(stage.embedder.sizes) <= 3 + seconds / STALE_NAMED


def test_a_stranger_is_not_embedded_in_every_frame(stage: Stage) -> None:
    seconds = 10
    stage.show(Actor(STRANGER), frames=15 * seconds)
    assert sum(stage.embedder.sizes) <= 3 + seconds / STALE_UNKNOWN


def test_an_empty_unchanged_scene_costs_about_one_search_a_second(stage: Stage) -> None:
    stage.show(frames=150)
    assert len(stage.detector.calls) <= 12


def test_a_person_who_takes_anothers_place_gets_their_own_name(stage: Stage) -> None:
    """Same spot, no gap: the track goes on, but the looks disagree."""
    stage.show(Actor(ANN), frames=20)
    stage.show(Actor(BOB), frames=80)
    assert stage.label(Actor(BOB)).name == "Bob"
    assert stage.marked == ["ann", "bob"]


def test_when_two_people_cross_nobody_gets_the_others_name(stage: Stage) -> None:
    ann, bob = Actor(ANN, left=60), Actor(BOB, left=460)
    for _ in range(40):
        ann.left, bob.left = ann.left + 10, bob.left - 10
        actors = (ann, bob) if abs(ann.left - bob.left) > 125 else (ann,)
        for label in stage.show(*actors).labels:
            if label.name:
                owner, other = (ann, bob) if label.name == "Ann" else (bob, ann)
                assert abs(label.box.left - owner.left) < abs(label.box.left - other.left)
    assert sorted(stage.marked) == ["ann", "bob"]


def test_while_redis_is_away_the_mark_is_saved_here(stage: Stage) -> None:
    stage.attendance.available = False
    label = stage.label(Actor(ANN), frames=3)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.SAVED_HERE
    assert len(stage.snapshots.offered) == 1


def test_a_full_disk_confirms_nothing_says_so_and_is_tried_again(stage: Stage) -> None:
    stage.journal.full = True
    label = stage.label(Actor(ANN), frames=3)
    assert label.receipt is None
    assert "full" in label.problem
    assert stage.board.greetings() == ()
    assert stage.snapshots.offered == []
    stage.journal.full = False
    label = stage.label(Actor(ANN), frames=int(RETRY / FRAME_SECONDS) + 2)
    assert label.receipt is not None
    assert label.problem == ""


def test_the_snapshot_is_offered_once_and_only_for_a_mark(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=3)
    stage.show(frames=30)
    stage.show(Actor(ANN), frames=5)
    (event,) = stage.attendance.day(MORNING.date())
    ((key, image),) = stage.snapshots.offered
    assert key == event.snapshot
    assert image.shape[2] == 3


def test_a_mark_whose_first_answer_was_lost_keeps_its_picture(stage: Stage) -> None:
    """The client sends the command again, and Redis says that this very event is there."""
    apply = stage.attendance.apply

    def lost(event: Event, cooldown: float, replay: bool = False) -> Receipt:
        apply(event, cooldown, replay)
        return apply(event, cooldown, replay)

    stage.attendance.apply = lost  # type: ignore[method-assign]
    label = stage.label(Actor(ANN), frames=3)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.REPEATED
    assert [key for key, _ in stage.snapshots.offered] == [label.receipt.event.snapshot]


def test_without_snapshots_the_event_has_no_key(stage: Stage) -> None:
    stage.serve(snapshots=None)
    stage.show(Actor(ANN), frames=3)
    (event,) = stage.attendance.day(MORNING.date())
    assert event.snapshot is None


def test_a_dry_run_marks_nothing_and_keeps_no_picture() -> None:
    stage = Stage(marker=DryRunMarker(60))
    stage.enrol("ann", ANN)
    label = stage.label(Actor(ANN), frames=3)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.DRY_RUN
    assert stage.marked == []
    assert stage.snapshots.offered == []
    stage.close()


# --- changes while somebody stands there


def test_without_a_model_the_scene_is_empty_and_says_the_frames_size(stage: Stage) -> None:
    stage.models.models = None
    scene = stage.show(Actor(ANN))
    assert scene.labels == ()
    assert (scene.width, scene.height) == (640, 480)


def test_looks_made_with_another_model_do_not_count(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=2)
    stage.models.models = fake_models(digest="other")
    assert stage.label(Actor(ANN)).verdict is Verdict.LOOKING
    assert stage.marked == []
    stage.show(Actor(ANN), frames=2)
    (event,) = stage.attendance.day(MORNING.date())
    assert event.contract == "other"


def test_somebody_deleted_is_not_named_by_the_looks_before(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=2)
    stage.gallery.remove("ann")
    stage.directory.gone.add("ann")
    stage.show(Actor(ANN), frames=60)
    assert stage.marked == []


def test_a_named_face_loses_its_name_when_the_person_is_deleted(stage: Stage) -> None:
    stage.show(Actor(ANN), frames=5)
    stage.gallery.remove("ann")
    stage.directory.gone.add("ann")
    assert stage.label(Actor(ANN)).name == ""


def test_somebody_deactivated_is_not_marked(stage: Stage) -> None:
    stage.directory.inactive.add("ann")
    assert stage.label(Actor(ANN), frames=10).verdict is Verdict.UNKNOWN
    assert stage.marked == []


def test_somebody_deleted_in_another_process_is_not_named_before_the_gallery_hears_of_it(
    stage: Stage,
) -> None:
    stage.directory.gone.add("ann")
    assert stage.label(Actor(ANN), frames=30).name == ""
    assert stage.marked == []


def test_a_name_on_the_screen_goes_when_the_person_is_deleted_elsewhere(stage: Stage) -> None:
    assert stage.label(Actor(ANN), frames=5).name == "Ann"
    stage.directory.gone.add("ann")
    assert stage.label(Actor(ANN)).name == ""


def test_somebody_deleted_between_name_and_mark_is_not_marked(stage: Stage) -> None:
    latest = stage.directory.latest

    def deleted_then(subject: str, within: float = 0.0) -> Person | None:
        return latest(subject, within) if within else None

    stage.directory.latest = deleted_then  # type: ignore[method-assign]
    assert stage.label(Actor(ANN), frames=10).name == ""
    assert stage.marked == []


def test_a_person_never_asked_for_is_marked_although_redis_is_away(stage: Stage) -> None:
    """Their name cannot be had, but the gallery knows them."""
    stage.directory.away = True
    stage.attendance.available = False
    label = stage.label(Actor(ANN), frames=3)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.SAVED_HERE


def test_an_unknown_face_is_named_soon_after_it_was_enrolled(stage: Stage) -> None:
    stage.show(Actor(STRANGER), frames=45)
    stage.enrol("cyd", STRANGER)
    stage.show(Actor(STRANGER), frames=15)
    assert stage.marked == ["cyd"]


def test_a_higher_threshold_from_the_settings_is_kept() -> None:
    stage = Stage(Policy(threshold=1.5))
    stage.enrol("ann", ANN)
    assert stage.label(Actor(ANN), frames=20).verdict is Verdict.UNKNOWN
    stage.close()


def test_the_scene_has_the_size_of_its_own_frame(stage: Stage) -> None:
    """Browsers send smaller pictures than asked for, and change it midway."""
    assert stage.show().width == 640
    small = Frame(blank_frame(320, 240), 2, stage.clock.monotonic() + 0.1)
    assert stage.journey.process(small).width == 320


@pytest.mark.heavy
def test_memory_stays_bounded_with_people_coming_and_going(stage: Stage) -> None:
    rng = np.random.default_rng(7)
    for _ in range(150):
        spots = rng.permutation(4)[: rng.integers(0, 5)]
        actors = [Actor(int(rng.integers(0, 30)), left=10 + 155 * int(s)) for s in spots]
        stage.show(*actors, frames=3)
    assert len(stage.journey._states) <= 16
    assert len(stage.board.greetings()) <= 50


@pytest.mark.heavy
def test_strangers_among_the_enrolled_are_never_named_over_a_noisy_day() -> None:
    """Fifteen enrolled, fifteen not; everybody flickers, blurs and moves."""
    rng = np.random.default_rng(11)
    stage = Stage()
    for colour in range(15):
        stage.enrol(f"s{colour}", colour)
    for colour in range(30):
        actor = Actor(colour, left=150, side=110)
        for _ in range(25):
            actor.left += float(rng.normal(0, 4))
            actor.side = 110 + float(rng.normal(0, 5))
            stage.assess.quality = a_quality(sharpness=float(rng.choice([1.0, 80.0])))
            visible = [actor] if rng.random() > 0.1 else []
            stage.show(*visible)
        stage.show(frames=15)
    assert set(stage.marked) <= {f"s{colour}" for colour in range(15)}
    assert len(stage.marked) == len(set(stage.marked)) >= 14
    stage.close()


# --- the snapshot's picture


def test_a_crop_shows_the_face_in_its_context_and_is_a_copy() -> None:
    image = blank_frame(640, 480)
    part = crop(image, Box(300, 200, 400, 300))
    assert part.shape == (300, 300, 3)
    part[:] = 0
    assert image.min() == 120


@pytest.mark.parametrize(
    "box", [Box(-50, -50, 40, 40), Box(600, 440, 700, 520), Box(900, 900, 950, 950)]
)
def test_a_crop_at_the_border_is_clipped_and_never_empty(box: Box) -> None:
    part = crop(blank_frame(640, 480), box)
    assert min(part.shape[:2]) >= 1


def test_a_snapshots_key_has_the_utc_day_of_the_mark_and_the_person() -> None:
    assert key_of("abc", MORNING, "s1") == "marks/2025/03/10/s1.abc.jpg"
