"""Under too much load pages give way first, then the live view, then pictures; marks never."""

import pytest

from face_rec.web.gate.shedding import FROM, LOOKS, Overload, Shed, level_after
from face_rec.web.ops.machine_checks import load_check


def loaded(late: float) -> Overload:
    load = Overload()
    for _ in range(LOOKS):
        load.note(late)
    return load


@pytest.mark.parametrize(
    ("late", "gives_way"),
    [
        (0.0, Shed.NOTHING),
        (0.24, Shed.NOTHING),
        (0.25, Shed.PAGES),
        (0.5, Shed.VIEW),
        (1.0, Shed.PICTURES),
        (60.0, Shed.PICTURES),
    ],
)
def test_the_later_the_loop_the_more_gives_way(late: float, gives_way: Shed) -> None:
    assert level_after(Shed.NOTHING, late) is gives_way
    assert loaded(late).level is gives_way


def test_what_gives_way_later_never_goes_before_what_gives_way_first() -> None:
    order = sorted(FROM, key=FROM.__getitem__)
    assert order == [Shed.PAGES, Shed.VIEW, Shed.PICTURES]
    assert list(FROM) == sorted(FROM)


@pytest.mark.parametrize("shed", FROM)
def test_what_gave_way_is_back_at_half_of_its_limit_and_not_at_each_tremor(shed: Shed) -> None:
    limit = FROM[shed]
    assert level_after(shed, limit * 0.9) is shed
    assert level_after(shed, limit * 0.51) is shed
    assert level_after(shed, limit * 0.49) < shed
    assert level_after(shed, 0.0) is Shed.NOTHING


def test_one_long_pause_is_no_overload() -> None:
    load = loaded(0.01)
    for late in (3.0, 3.0, 0.01, 3.0, 3.0):
        load.note(late)
        assert load.level is Shed.NOTHING


def test_a_few_looks_after_the_start_say_nothing() -> None:
    load = Overload()
    for _ in range(LOOKS - 1):
        load.note(5.0)
    assert not load.gives_way(Shed.PAGES)
    load.note(5.0)
    assert load.level is Shed.PICTURES


def test_only_what_gives_way_is_counted() -> None:
    load = loaded(0.3)
    assert load.turn_away(Shed.PAGES)
    assert not load.turn_away(Shed.VIEW)
    assert load.turned_away() == {Shed.PAGES: 1, Shed.VIEW: 0, Shed.PICTURES: 0}


def test_the_state_of_the_system_says_what_waits_and_stays_ready() -> None:
    calm, busy = load_check(loaded(0.0))(), load_check(loaded(0.7))()
    assert (calm.ok, calm.warning) == (True, False)
    assert (busy.ok, busy.warning) == (True, True)
    assert "0.70 s late" in busy.detail
    assert "kiosks show less often" in busy.detail
    assert busy.advice
