"""The same face from frame to frame."""

from hypothesis import given, settings
from hypothesis import strategies as st

from face_rec.domain.faces import Face
from face_rec.journey.track import GONE_AFTER, LOST_AFTER, Track, Tracker, assign
from tests.fakes.journey import a_face

STEP = 1 / 15


def follow(tracker: Tracker, frames: list[list[Face] | None], start: float = 0.0) -> list[Track]:
    tracks: tuple[Track, ...] = ()
    for number, faces in enumerate(frames):
        tracks = tracker(faces, start + number * STEP)
    return list(tracks)


def test_a_standing_face_keeps_its_number() -> None:
    tracker = Tracker()
    (track,) = follow(tracker, [[a_face()]] * 30)
    assert track.id == 1
    assert track.fresh


def test_a_walking_face_keeps_its_number() -> None:
    tracks = follow(Tracker(), [[a_face(left=20.0 * n)] for n in range(25)])
    assert [track.id for track in tracks] == [1]


def test_a_face_walking_faster_than_its_own_width_is_followed_by_its_speed() -> None:
    """After six frames, only every sixth one is searched: 0.9 widths between two."""
    walk: list[list[Face] | None] = [
        [a_face(left=15.0 * n)] if n < 6 or n % 6 == 0 else None for n in range(30)
    ]
    assert [track.id for track in follow(Tracker(), walk)] == [1]


def test_two_faces_keep_their_numbers_whatever_order_they_are_found_in() -> None:
    left, right = a_face(left=50), a_face(left=400)
    tracks = follow(Tracker(), [[left, right], [right, left], [left, right], [right, left]])
    assert {t.id: t.face.box.left for t in tracks} == {1: 50, 2: 400}


def test_between_searches_the_box_moves_on() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face(left=10.0 * n)] for n in range(10)])
    (carried,) = tracker(None, 10 * STEP)
    assert not carried.fresh
    assert 92 < carried.face.box.left < 102
    assert carried.face.landmarks[0, 0] > carried.measured.landmarks[0, 0]


def test_a_standing_box_does_not_drift() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face()]] * 5)
    (carried,) = tracker(None, 5 * STEP + 0.2)
    assert carried.face.box == a_face().box


def test_a_box_is_not_carried_far() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face(left=10.0 * n)] for n in range(10)])
    (soon,) = tracker(None, 9 * STEP + 0.3)
    (late,) = tracker(None, 9 * STEP + 2)
    assert soon.face.box == late.face.box


def test_one_missed_search_does_not_end_a_track() -> None:
    (track,) = follow(Tracker(), [[a_face()], [a_face()], [], [], [a_face()]])
    assert track.id == 1
    assert track.misses == 0


def test_a_track_ends_soon_after_the_face_is_gone() -> None:
    gone: list[list[Face] | None] = [[] for _ in range(int((LOST_AFTER + 0.2) / STEP))]
    assert follow(Tracker(), [[a_face()], *gone]) == []


def test_after_a_gap_in_the_stream_nobody_is_taken_for_who_stood_there_before() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face()]] * 3)
    (track,) = tracker([a_face()], GONE_AFTER + 5)
    assert track.id == 2


def test_a_track_does_not_outlive_a_gap_in_the_stream() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face()]] * 3)
    assert tracker(None, GONE_AFTER + 5) == ()


def test_a_face_far_away_is_another_one() -> None:
    tracks = follow(Tracker(), [[a_face(left=0)], [a_face(left=400)]])
    assert {t.id for t in tracks} == {1, 2}


def test_a_face_of_another_size_in_the_same_place_is_another_one() -> None:
    assert assign([a_face(side=100)], [a_face(left=130, top=130, side=40)]) == {}


def test_assignment_takes_the_cheapest_pairs_overall() -> None:
    known = [a_face(left=0), a_face(left=60)]
    found = [a_face(left=50), a_face(left=110)]
    assert assign(known, found) == {0: 0, 1: 1}


def test_numbers_are_never_used_again() -> None:
    tracker = Tracker()
    follow(tracker, [[a_face()]])
    follow(tracker, [[]] * 12, start=1.0)
    (track,) = tracker([a_face()], 9.0)
    assert track.id == 2


def test_crossing_faces_are_contested_and_begin_a_new_epoch() -> None:
    tracker = Tracker()
    walk: list[list[Face] | None] = [
        [a_face(left=10.0 * n), a_face(left=300 - 10.0 * n)] for n in range(31)
    ]
    seen = [tracker(faces, n * STEP) for n, faces in enumerate(walk)]
    assert not any(track.contested for track in seen[5])
    assert all(track.contested for track in seen[15])
    assert not any(track.contested for track in seen[-1])
    assert all(track.epoch >= 1 for track in seen[-1])


def test_faces_side_by_side_are_not_contested() -> None:
    tracks = follow(Tracker(), [[a_face(left=100), a_face(left=205)]] * 5)
    assert not any(track.contested or track.epoch for track in tracks)


def test_a_face_that_vanishes_behind_another_contests_it() -> None:
    frames: list[list[Face] | None] = [
        [a_face(left=100), a_face(left=300 - 20.0 * n)] for n in range(8)
    ]
    tracks = follow(Tracker(), [*frames, [a_face(left=100)], [a_face(left=100)]])
    assert {track.id: track.contested for track in tracks}[1]


positions = st.tuples(st.floats(0, 1800), st.floats(0, 1000), st.floats(12, 400))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(positions, max_size=8), max_size=12))
def test_whatever_is_found_each_face_is_in_exactly_one_track(
    frames: list[list[tuple[float, float, float]]],
) -> None:
    tracker = Tracker()
    for number, spots in enumerate(frames):
        faces = [a_face(*spot) for spot in spots]
        tracks = tracker(faces, number * STEP)
        fresh = [track for track in tracks if track.fresh]
        assert len({track.id for track in tracks}) == len(tracks)
        assert sorted(id(t.face) for t in fresh) == sorted(id(f) for f in faces)
