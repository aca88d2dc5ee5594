"""The measurement itself: it lets through whom the rules let through, and counts them."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Face, Image
from face_rec.domain.liveness import Failure, Side
from face_rec.journey.liveness.challenge import MORE_TURNS, TURNED, TURNS
from face_rec.journey.liveness.heading import Heading, heading_of
from face_rec.journey.liveness.step_ups import TRIES
from face_rec.models.model_service import ModelService
from face_rec.people.photos.quality import pose
from face_rec.protocols.models import Detector
from tests.data import shared_data
from tests.turns.attempts import tries
from tests.turns.measuring import Answered
from tests.turns.movements import ByItself, Obeys, practised, willing
from tests.turns.table import table
from tests.turns.views import DEGREES, Reading, Views


def photo(farthest: float) -> Views:
    """A flat photo that seems turned by a third of what a hand turns it, up to ``farthest``."""
    return Views(
        "",
        {
            one: [Reading(Heading(min(one / 3, farthest), math.cos(math.radians(one))), 1.0)]
            for one in DEGREES
        },
    )


def outcomes(views: Views, obeys: bool, times: int) -> list[list[Failure | None]]:
    random = np.random.default_rng(4)
    far = practised(views)
    movements = (Obeys(far, random) if obeys else ByItself(far, random) for _ in range(times))
    return [[why for why, _ in tries(views, one, random)] for one in movements]


def test_a_head_that_does_as_the_arrows_say_passes_at_the_first_try() -> None:
    assert outcomes(Views.perfect(), obeys=True, times=30) == [[None]] * 30


def test_a_video_that_turns_by_itself_passes_as_often_as_luck_has_it() -> None:
    """Within four standard deviations of 1 in 32 at the first try, and at most of 4.6 % before the
    pause: some tries find it turning already."""
    came = outcomes(Views.perfect(), obeys=False, times=800)
    first = sum(one == [None] for one in came)
    passed = sum(one[-1] is None for one in came)
    assert abs(first / 800 - 1 / 2**TURNS) < 4 * math.sqrt(1 / 2**TURNS / 800)
    luck = 1 - (1 - 1 / 2**TURNS) * (1 - 1 / 2**MORE_TURNS) ** (TRIES - 1)
    assert first < passed
    assert passed / 800 < luck + 4 * math.sqrt(luck / 800)


def test_a_photo_turned_in_a_hand_that_has_practised_never_passes() -> None:
    views = photo(farthest=90)
    assert max(one.heading.yaw for seen in views.by_degrees.values() for one in seen if one) > 20
    came = outcomes(views, obeys=True, times=20)
    assert came == [[Failure.LATE] * TRIES] * 20


def test_a_turned_head_that_is_not_the_persons_own_is_noticed() -> None:
    strange = {
        one: [Reading(seen.heading, 1.0 if one == 0 else 0.1) for seen in readings if seen]
        for one, readings in Views.perfect().by_degrees.items()
    }
    random = np.random.default_rng(1)
    came = tries(Views("", strange), Obeys(willing(), random), random)
    assert [why for why, _ in came] == [Failure.SWAPPED] * TRIES


def test_the_table_counts_tries_people_and_whom_nobody_recognised() -> None:
    answered = [
        Answered("live", "ann", [(None, 9.0)]),
        Answered("live", "ann", [(Failure.LATE, 5.0), (None, 12.0)]),
        Answered("live", "bob", [(Failure.WRONG, 3.0)] * TRIES),
        Answered("live", "cy", []),
    ]
    last = table(answered).splitlines()[-1]
    assert "| live | 3 of 4 | 1 of 3 (33.3%" in last
    assert "| 2 of 3 (66.7%" in last
    assert "| 1 of 2 | 10.5 |" in last


# --- real people


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder: Path = tmp_path_factory.mktemp("models")
    return ModelService(folder, str(shared_data("models/buffalo_sc"))).load().detector


def heads(detector: Detector, video: Path, pictures: range) -> list[Face]:
    """The largest face in each of these pictures."""
    capture, found, number = cv2.VideoCapture(str(video)), list[Face](), 0
    while (seen := capture.read())[0]:
        image: Image = np.asarray(seen[1], np.uint8)
        if number in pictures and (faces := detector.detect(image, 640)):
            found.append(max(faces, key=lambda one: one.box.area))
        number += 1
    return found


@pytest.mark.models
def test_a_real_head_that_turns_is_read_as_deep_in_every_picture(detector: Detector) -> None:
    """Somebody in a film who looks to the camera and aside, again and again."""
    faces = heads(detector, shared_data("videos/short_hamilton.mp4"), range(90, 210, 3))
    looks = [heading_of(face, pose(face.landmarks)[0]) for face in faces]
    front = Heading(0.0, float(np.median([one.wide for one in looks if abs(one.yaw) < 10])))
    aside = [one for one in looks if TURNED <= abs(one.yaw) < 40]
    assert len(aside) >= 10
    assert {Side.LEFT if one.yaw > 0 else Side.RIGHT for one in aside} >= {Side.RIGHT}
    assert [one for one in aside if not one.deep(front)] == []
