"""What is drawn into the returned video."""

import numpy as np
import pytest

from face_rec.domain.faces import Box, Image
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Label, Scene
from pages.ui.kiosk.camera import AMBER, GREEN, GREY, Colour, caption, draw_faces
from pages.ui.shared import text_raster
from tests.fakes.clock import FakeClock

NAMES = ["Zoë Müller", "ana@example.org", "Иван Петров", "Eve 🙂", "e\u0301tienne", "x" * 300]


def picture() -> Image:
    return np.full((480, 640, 3), 30, np.uint8)


def label(name: str = "Ana", verdict: Verdict = Verdict.NAMED, box: Box | None = None) -> Label:
    return Label(track=7, box=box or Box(100, 200, 200, 320), verdict=verdict, name=name)


def scene(*labels: Label, width: int = 640, height: int = 480) -> Scene:
    return Scene(frame_number=1, taken_at=0.0, width=width, height=height, labels=labels)


def columns_of(image: Image, colour: Colour, row: int) -> tuple[int, int]:
    """First and last column of ``row`` in which ``colour`` stands."""
    found = np.flatnonzero((np.abs(image[row].astype(int) - colour) < 40).all(axis=1))
    assert found.size, "the colour is not in this row"
    return int(found[0]), int(found[-1])


def test_a_box_is_mirrored_with_the_picture() -> None:
    shown = draw_faces(picture(), scene(label()))
    left, right = columns_of(shown, GREEN, row=290)
    assert (left, right) == pytest.approx((440, 540), abs=3)


def test_a_box_stays_where_it_is_without_a_mirror() -> None:
    shown = draw_faces(picture(), scene(label()), mirror=False)
    assert columns_of(shown, GREEN, row=290) == pytest.approx((100, 200), abs=3)


def test_a_box_of_a_larger_frame_is_scaled_to_the_picture() -> None:
    box = Box(200, 400, 400, 640)
    shown = draw_faces(picture(), scene(label(box=box), width=1280, height=960), mirror=False)
    assert columns_of(shown, GREEN, row=290) == pytest.approx((100, 200), abs=3)


def test_the_frame_that_was_handed_on_is_not_written_to() -> None:
    image = picture()
    for mirror in (True, False):
        shown = draw_faces(image, scene(label()), mirror=mirror)
        assert not np.shares_memory(shown, image)
    assert (image == 30).all()


def test_without_a_scene_the_picture_is_only_mirrored() -> None:
    image = picture()
    image[:, :10] = 200
    assert np.array_equal(draw_faces(image, None), image[:, ::-1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("corner", [(0, 0), (600, 470), (-30, -30), (639, 479)])
def test_any_name_is_drawn_at_any_edge(name: str, corner: tuple[int, int]) -> None:
    left, top = corner
    shown = draw_faces(picture(), scene(label(name, box=Box(left, top, left + 90, top + 90))))
    assert shown.shape == (480, 640, 3)
    assert (shown != 30).any()


def test_a_name_is_drawn_in_white_on_its_plate() -> None:
    shown = draw_faces(picture(), scene(label("Ana")), mirror=False)
    plate = shown[165:198, 100:170]
    assert (plate > 240).all(axis=2).sum() > 20


def test_a_picture_smaller_than_the_plate_is_survived() -> None:
    tiny = np.zeros((12, 16, 3), np.uint8)
    assert (
        draw_faces(tiny, scene(label("A long name indeed"), width=16, height=12)).shape
        == tiny.shape
    )


def test_colours_tell_what_became_of_a_face() -> None:
    event = Event("e", "s", FakeClock().now(), EventKind.PUNCH, Source.VIDEO, "main")
    already = Label(
        1, Box(0, 0, 9, 9), Verdict.NAMED, "Ana", receipt=Receipt(event, Outcome.ALREADY)
    )
    assert caption(label()).colour == GREEN
    assert caption(already).colour == AMBER
    for verdict in (Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING):
        assert caption(label(verdict=verdict)).colour == GREY


def test_an_unnamed_face_never_shows_a_name() -> None:
    for verdict in (Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING):
        assert "Ana" not in caption(label("Ana", verdict)).text


def test_a_name_without_a_font_is_shown_by_its_number() -> None:
    nowhere = "\U0010fffd"
    assert not text_raster.can_draw(nowhere)
    assert caption(label(nowhere)).text == "#7"


def test_emoji_and_accents_are_as_wide_as_they_are_drawn() -> None:
    plain = text_raster.picture("Eve", 20, (255, 255, 255))
    longer = text_raster.picture("Eve é", 20, (255, 255, 255))
    assert longer.shape[1] > plain.shape[1]
    assert plain[:, :, 3].any()


def test_an_empty_name_is_no_error() -> None:
    assert text_raster.picture("", 20, (0, 0, 0)).shape[2] == 4
