"""What an open line shows, and to whom."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
from starlette.testclient import TestClient

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Box
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Label, Scene
from face_rec.domain.recognition import Verdict
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.web.live.shown import Shown
from face_rec.web.live.today import Today
from face_rec.web.live.view import View
from tests.fakes.clock import FakeClock
from tests.fakes.live import FakeLive
from tests.unit.web.live_lines import (
    browser,
    event_of,
    fake,
    greeting_of,
    marked_now,
    opened,
    scene_of,
    until,
)

__all__ = ["browser", "fake"]


def ends(text: str) -> Callable[[Any], bool]:
    """Whether the first banner does: what the day says of the mark is read beside the telling."""
    return lambda banners: bool(banners) and banners[0]["text"].endswith(text)


def test_names_of_the_day_are_told_where_the_kiosk_may_show_them_only(
    browser: TestClient, fake: FakeLive
) -> None:
    marked_now(fake, event_of(fake, "maria"), event_of(fake, "bo"))
    fake.directory.gone.add("bo")
    with opened(browser) as socket:
        first = socket.receive_json()
        assert first["marks"] == {"count": 2, "list": None}
        assert "Maria" not in str(first)
        fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
        listed = until(socket, "marks", lambda marks: marks["list"])["list"]
        assert [one["title"] for one in listed] == ["Deleted person", "Maria"]
        assert listed[1]["note"] == "id-maria"
        fake.records["front-door"] = KioskRecord("front-door")
        told = until(socket, "marks", lambda marks: marks["list"] is None)
        assert told["count"] == 2


def test_who_is_erased_goes_from_the_list_of_an_open_line(
    browser: TestClient, fake: FakeLive
) -> None:
    marked_now(fake, event_of(fake, "maria"))
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    with opened(browser) as socket:
        assert "Maria" in str(until(socket, "marks", lambda marks: marks["list"]))
        fake.directory.gone.add("maria")
        assert "Maria" not in str(until(socket, "marks", lambda marks: marks["list"]))


def test_the_list_is_the_newest_forty(browser: TestClient, fake: FakeLive) -> None:
    marked_now(fake, *(event_of(fake, f"p{number}") for number in range(50)))
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    with opened(browser) as socket:
        marks = until(socket, "marks", lambda marks: marks["list"])
    assert (marks["count"], len(marks["list"])) == (50, 40)
    assert marks["list"][0]["title"] == "P49"


def test_a_greeting_says_what_the_mark_means(browser: TestClient, fake: FakeLive) -> None:
    with opened(browser) as socket:
        socket.receive_json()
        event = event_of(fake)
        marked_now(fake, event)
        fake.greet("front-door", greeting_of(fake, event))
        (said,) = until(socket, "banners", ends("· In: welcome"))
    assert said["sound"] == f"marked:{event.id}"


def test_a_change_of_the_look_is_on_an_open_screen_without_a_reload(
    browser: TestClient, fake: FakeLive
) -> None:
    with opened(browser) as socket:
        assert not socket.receive_json()["site"]["voice"]
        fake.look = Look(accent="#1d4ed8", welcome="Good morning", voice=True)
        site = until(socket, "site", bool)
        assert (site["accent"], site["welcome"], site["voice"]) == (
            "#1d4ed8",
            "Good morning",
            True,
        )
        fake.records["front-door"] = KioskRecord("front-door", voice=False)
        assert not until(socket, "site", bool)["voice"]


def _of_maria(fake: FakeLive) -> None:
    """Marked, greeted, seen and in the list."""
    event = event_of(fake, "maria")
    fake.directory.called["maria"] = "Maria Kern"
    marked_now(fake, event)
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    fake.greet("front-door", replace(greeting_of(fake, event), name="Maria Kern"))
    seen = Label(1, Box(1, 2, 3, 4), Verdict.NAMED, "Maria Kern", problem="The disk is full.")
    fake.show("front-door", Scene(1, fake.clock.monotonic(), 640, 480, (seen,)))


def test_with_short_names_no_full_one_leaves_the_server(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.look = Look(short_names=True)
    _of_maria(fake)
    with opened(browser) as socket:
        heard = [socket.receive_json() for _ in range(4)]
    first = heard[0]
    assert [one["name"] for one in first["scene"]["faces"]] == ["Maria K."]
    assert [one["title"] for one in first["banners"]] == ["Maria K."]
    lists = [told["marks"]["list"] for told in heard if told.get("marks", {}).get("list")]
    assert [(one["title"], one["note"]) for one in lists[-1]] == [("Maria K.", "")]
    assert "Kern" not in str(heard)


def test_a_kiosk_of_its_own_may_show_full_names_and_the_other_way_round(
    browser: TestClient, fake: FakeLive
) -> None:
    _of_maria(fake)
    fake.look = Look(short_names=True)
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True, short_names=False)
    with opened(browser) as socket:
        assert "Maria Kern" in str(socket.receive_json())
        fake.records["front-door"] = KioskRecord("front-door", short_names=True)
        assert until(socket, "banners", bool)[0]["title"] == "Maria K."


def test_a_kiosk_speaks_its_own_language_else_the_sites_list_and_clock_included() -> None:
    fake = FakeLive(clock=FakeClock())
    _of_maria(fake)
    view = View(fake.sources, Today(fake.sources), "front-door", "s1")

    def shown(language: str | None) -> Shown:
        fake.records["front-door"] = KioskRecord("front-door", show_marks=True, language=language)
        anyio.run(view.refresh, 0.0)
        return view.now()

    own = shown("de")
    assert own.site.language == "de"
    assert re.fullmatch(r"Um \d\d:\d\d gebucht · Kommen: willkommen", own.banners[0].text)
    fake.language = "en-US"
    sites = shown(None)
    assert sites.site.language == "en-US"
    assert re.match(r"Marked at \d+:\d\d\u202f[AP]M · In: welcome", sites.banners[0].text)
    assert sites.marks.list
    assert re.fullmatch(r"\d+:\d\d\u202f[AP]M", sites.marks.list[0].right)


def test_until_the_kiosk_s_record_is_read_full_names_are_not_told(fake: FakeLive) -> None:
    _of_maria(fake)
    view = View(fake.sources, Today(fake.sources), "front-door", "s1")
    assert "Maria Kern" not in str(view.now())
    anyio.run(view.refresh, 0.0)
    assert "Maria Kern" in str(view.now())


def test_who_comes_late_is_told_by_how_much_where_the_site_wants_it_and_it_is_asked_once(
    browser: TestClient, fake: FakeLive
) -> None:
    event = event_of(fake)
    fake.late[event.id] = 720
    with opened(browser) as socket:
        socket.receive_json()
        marked_now(fake, event)
        fake.greet("front-door", greeting_of(fake, event))
        until(socket, "banners", ends("In: welcome"))
        assert not fake.judged, "it costs nothing where nobody wants it"
        fake.look = Look(show_late=True)
        until(socket, "banners", ends("In: welcome · Late by 12 min"))
    assert fake.judged == [event.id]


def test_a_greeting_does_not_wait_for_a_database_that_hangs(
    browser: TestClient, fake: FakeLive
) -> None:
    going_on = threading.Event()
    with opened(browser) as socket:
        socket.receive_json()
        fake.hold = lambda: wait_for(going_on)
        event = event_of(fake)
        marked_now(fake, event)
        fake.greet("front-door", greeting_of(fake, event))
        (said,) = until(socket, "banners", bool)
        assert said["text"].startswith("Marked at")
        assert "welcome" not in said["text"]
        going_on.set()
        assert "welcome" in until(socket, "banners", bool)[0]["text"]


def wait_for(event: threading.Event) -> None:
    event.wait(20)


def test_while_the_database_is_away_the_line_stays_and_says_so(
    browser: TestClient, fake: FakeLive
) -> None:
    def fail() -> None:
        raise StoreUnavailable("away")

    marked_now(fake, event_of(fake))
    with opened(browser) as socket:
        assert socket.receive_json()["marks"]["count"] == 1
        fake.hold, fake.is_away = fail, True
        assert until(socket, "state", lambda state: state["away"])
        fake.show("front-door", scene_of(fake, 1, Verdict.UNKNOWN))
        assert until(socket, "scene", lambda scene: scene["faces"]), "and it goes on looking"
        fake.hold, fake.is_away = lambda: None, False
        assert until(socket, "state", lambda state: not state["away"])


def test_lines_share_what_they_read(browser: TestClient, fake: FakeLive) -> None:
    marked_now(fake, event_of(fake))
    with (
        opened(browser, "a") as first,
        opened(browser, "b") as second,
        opened(browser, "c") as third,
    ):
        for socket in (first, second, third) * 3:
            socket.receive_json()
    assert fake.asked == 1, "the day has not changed, so it was worked out once"
