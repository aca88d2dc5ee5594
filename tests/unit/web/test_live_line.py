"""A live line as its browser sees it: when it hears of what, and what it never hears of."""

from dataclasses import fields

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.domain.recognition import Verdict
from face_rec.web.live import line as line_module
from face_rec.web.live import live
from face_rec.web.live.shown import Shown
from tests.fakes.live import FakeLive
from tests.gate_app import listen
from tests.redis_servers import wait_until
from tests.unit.web.live_lines import browser, event_of, fake, greeting_of, opened, scene_of, until

__all__ = ["browser", "fake"]


def test_a_line_begins_with_everything_and_goes_on_with_what_changes(
    browser: TestClient, fake: FakeLive
) -> None:
    with opened(browser) as socket:
        first = socket.receive_json()
        assert set(first) == {"at", *(part.name for part in fields(Shown))}
        assert set(socket.receive_json()) == {"at"}, "a beat, as nothing has changed"
        fake.waiting = 3
        told = socket.receive_json()
    assert set(told) == {"at", "state"}
    assert told["state"]["waiting"] == 3


def test_a_new_scene_and_a_greeting_are_told_when_they_come_not_at_the_next_look(
    browser: TestClient, fake: FakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "_TICK", 3600.0)
    monkeypatch.setattr(line_module, "BEAT", 3600.0)
    with opened(browser) as socket:
        socket.receive_json()
        fake.show("front-door", scene_of(fake, 7, Verdict.UNKNOWN))
        scene = until(socket, "scene", bool)
        assert (scene["number"], len(scene["faces"])) == (7, 1)
        fake.greet("front-door", greeting_of(fake, event_of(fake)))
        assert until(socket, "banners", bool)[0]["title"] == "Ana"


@pytest.mark.parametrize("slow", [False, True])
def test_under_too_much_load_the_view_keeps_a_gap_of_its_own(
    browser: TestClient, fake: FakeLive, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """The gap of the other state would let nothing more through."""
    monkeypatch.setattr(live, "GAP" if slow else "_SLOW_GAP", 3600.0)
    fake.is_slow = slow
    with opened(browser) as socket:
        socket.receive_json()
        fake.show("front-door", scene_of(fake, 7, Verdict.UNKNOWN))
        assert until(socket, "scene", bool)["number"] == 7


def test_a_line_that_is_over_is_called_no_more(browser: TestClient, fake: FakeLive) -> None:
    with opened(browser) as socket:
        socket.receive_json()
        assert fake.listeners._of
    assert not fake.listeners._of


def test_an_open_line_renews_its_screen_s_lease(browser: TestClient, fake: FakeLive) -> None:
    with opened(browser) as socket:
        socket.receive_json()
        socket.receive_json()
        assert fake.seats.leased("front-door", "s1")
        assert not fake.seats.leased("front-door", "s2")


@pytest.mark.parametrize(
    ("code", "feeds"), [(1008, False), (1000, True), (1006, True)],
    ids=["the right is lost", "closed", "cut off"],
)  # fmt: skip
def test_the_video_of_a_page_that_lost_its_right_feeds_no_more_and_of_one_cut_off_it_does(
    browser: TestClient, fake: FakeLive, code: int, feeds: bool
) -> None:
    with opened(browser) as socket:
        socket.receive_json()
        assert fake.seats.leased("front-door", "s1")
        socket.close(code)
        wait_until(lambda: not fake.listeners._of)  # the line is over
    assert fake.seats.leased("front-door", "s1") is feeds


def test_the_video_of_a_kiosk_that_is_removed_or_closes_feeds_no_more(
    browser: TestClient, fake: FakeLive
) -> None:
    with opened(browser) as socket:
        socket.receive_json()
        fake.shut("front-door")
        until(socket, "state", lambda state: state["closed"])
        assert not fake.seats.leased("front-door", "s1")
    with opened(browser, "s2") as other:
        other.receive_json()
        fake.records.pop("front-door")
        with pytest.raises(WebSocketDisconnect):
            listen(other)
    assert not fake.seats.leased("front-door", "s2")


@pytest.mark.parametrize("away", [False, True], ids=["database there", "database away"])
def test_outside_the_hours_nothing_is_shown_and_no_lease_renewed(
    browser: TestClient, fake: FakeLive, away: bool
) -> None:
    fake.is_away = away
    fake.shut("front-door")
    fake.show("front-door", scene_of(fake, 1, Verdict.NAMED))
    fake.greet("front-door", greeting_of(fake, event_of(fake)))
    with opened(browser) as socket:
        first = socket.receive_json()
        socket.receive_json()
    assert first["state"]["closed"]
    assert not first["scene"]["faces"]
    assert not first["banners"]
    assert not fake.seats.leased("front-door", "s1")


def test_a_screen_that_is_replaced_is_told(browser: TestClient, fake: FakeLive) -> None:
    fake.seats.take("front-door", "s1")
    with opened(browser) as old, opened(browser, "s2") as new:
        assert not old.receive_json()["state"]["replaced"]
        assert not new.receive_json()["state"]["replaced"]
        fake.seats.take("front-door", "s2")  # its first picture
        assert until(old, "state", lambda state: state["replaced"])
