"""A live line as its browser sees it: when it hears of what, and what it never hears of."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from face_rec.access.accounts.passwords import Passwords
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.visit import Stays, visits
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Box
from face_rec.domain.look import Look
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Greeting, Label, Scene
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord
from face_rec.kiosks.screen_status import digest_of
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.live import line as line_module
from face_rec.web.live import live
from face_rec.web.live.live import KioskLine
from face_rec.web.live.shown import Shown
from face_rec.web.live.today import Today
from face_rec.web.live.view import View
from tests.fakes.access import CHEAP
from tests.fakes.clock import FakeClock
from tests.fakes.live import FakeLive
from tests.samples import a_person

URL = "ws://localhost/live?kiosk=front-door&screen=s1"
ORIGIN = {"origin": "http://localhost"}
PART = dict[str, Any]
LONG = '{"beat":{"transport":"http"}}' + " " * 4096


@pytest.fixture
def fake() -> FakeLive:
    return FakeLive()


@pytest.fixture
def browser(fake: FakeLive) -> Iterator[TestClient]:
    routes = live.routes(lambda: fake.sources)
    app = Starlette(routes=routes, middleware=[Middleware(GateOff)])
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def _open(browser: TestClient, screen: str = "s1") -> WebSocketTestSession:
    return browser.websocket_connect(URL.replace("s1", screen), headers=ORIGIN)


def _until(socket: WebSocketTestSession, part: str, fits: Callable[[Any], bool]) -> Any:  # noqa: ANN401
    """The first value of the part that fits; the messages before are heard and forgotten."""
    while True:
        told: PART = socket.receive_json()
        if part in told and fits(told[part]):
            return told[part]


def _ends(text: str) -> Callable[[Any], bool]:
    """Whether the first banner does: what the day says of the mark is read beside the telling."""
    return lambda banners: bool(banners) and banners[0]["text"].endswith(text)


def _event(fake: FakeLive, subject: str = "ana", number: int = 1) -> Event:
    return Event(
        f"{subject}-{number}", subject, fake.clock.now(), EventKind.PUNCH, Source.VIDEO,
        "front-door",
    )  # fmt: skip


def _marked(fake: FakeLive, *events: Event) -> None:
    entries = [Entry(event, event.kind) for event in events]
    fake.marks.extend(visits(entries, Stays()))


def _greeting(fake: FakeLive, event: Event) -> Greeting:
    return Greeting(Receipt(event, Outcome.MARKED), "Ana", fake.clock.monotonic())


def _scene(fake: FakeLive, number: int, *verdicts: Verdict) -> Scene:
    labels = tuple(Label(n, Box(1, 2, 3, 4), one, "Ana") for n, one in enumerate(verdicts))
    return Scene(number, fake.clock.monotonic(), 640, 480, labels)


# --- when


def test_a_line_begins_with_everything_and_goes_on_with_what_changes(
    browser: TestClient, fake: FakeLive
) -> None:
    with _open(browser) as socket:
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
    with _open(browser) as socket:
        socket.receive_json()
        fake.show("front-door", _scene(fake, 7, Verdict.UNKNOWN))
        scene = _until(socket, "scene", bool)
        assert (scene["number"], len(scene["faces"])) == (7, 1)
        fake.greet("front-door", _greeting(fake, _event(fake)))
        assert _until(socket, "banners", bool)[0]["title"] == "Ana"


@pytest.mark.parametrize("slow", [False, True])
def test_under_too_much_load_the_view_keeps_a_gap_of_its_own(
    browser: TestClient, fake: FakeLive, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """The gap of the other state would let nothing more through."""
    monkeypatch.setattr(live, "GAP" if slow else "_SLOW_GAP", 3600.0)
    fake.is_slow = slow
    with _open(browser) as socket:
        socket.receive_json()
        fake.show("front-door", _scene(fake, 7, Verdict.UNKNOWN))
        assert _until(socket, "scene", bool)["number"] == 7


def test_a_line_that_is_over_is_called_no_more(browser: TestClient, fake: FakeLive) -> None:
    with _open(browser) as socket:
        socket.receive_json()
        assert fake.listeners._of
    assert not fake.listeners._of


def test_an_open_line_renews_its_screen_s_lease(browser: TestClient, fake: FakeLive) -> None:
    with _open(browser) as socket:
        socket.receive_json()
        socket.receive_json()
        assert fake.seats.leased("front-door", "s1")
        assert not fake.seats.leased("front-door", "s2")


@pytest.mark.parametrize("away", [False, True], ids=["database there", "database away"])
def test_outside_the_hours_nothing_is_shown_and_no_lease_renewed(
    browser: TestClient, fake: FakeLive, away: bool
) -> None:
    fake.is_away = away
    fake.shut("front-door")
    fake.show("front-door", _scene(fake, 1, Verdict.NAMED))
    fake.greet("front-door", _greeting(fake, _event(fake)))
    with _open(browser) as socket:
        first = socket.receive_json()
        socket.receive_json()
    assert first["state"]["closed"]
    assert not first["scene"]["faces"]
    assert not first["banners"]
    assert not fake.seats.leased("front-door", "s1")


def test_a_screen_that_is_replaced_is_told(browser: TestClient, fake: FakeLive) -> None:
    fake.seats.take("front-door", "s1")
    with _open(browser) as old, _open(browser, "s2") as new:
        assert not old.receive_json()["state"]["replaced"]
        assert not new.receive_json()["state"]["replaced"]
        fake.seats.take("front-door", "s2")  # its first picture
        assert _until(old, "state", lambda state: state["replaced"])


# --- what


def test_names_of_the_day_are_told_where_the_kiosk_may_show_them_only(
    browser: TestClient, fake: FakeLive
) -> None:
    _marked(fake, _event(fake, "maria"), _event(fake, "bo"))
    fake.directory.gone.add("bo")
    with _open(browser) as socket:
        first = socket.receive_json()
        assert first["marks"] == {"count": 2, "list": None}
        assert "Maria" not in str(first)
        fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
        listed = _until(socket, "marks", lambda marks: marks["list"])["list"]
        assert [one["title"] for one in listed] == ["Deleted person", "Maria"]
        assert listed[1]["note"] == "id-maria"
        fake.records["front-door"] = KioskRecord("front-door")
        told = _until(socket, "marks", lambda marks: marks["list"] is None)
        assert told["count"] == 2


def test_who_is_erased_goes_from_the_list_of_an_open_line(
    browser: TestClient, fake: FakeLive
) -> None:
    _marked(fake, _event(fake, "maria"))
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    with _open(browser) as socket:
        assert "Maria" in str(_until(socket, "marks", lambda marks: marks["list"]))
        fake.directory.gone.add("maria")
        assert "Maria" not in str(_until(socket, "marks", lambda marks: marks["list"]))


def test_the_list_is_the_newest_forty(browser: TestClient, fake: FakeLive) -> None:
    _marked(fake, *(_event(fake, f"p{number}") for number in range(50)))
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    with _open(browser) as socket:
        marks = _until(socket, "marks", lambda marks: marks["list"])
    assert (marks["count"], len(marks["list"])) == (50, 40)
    assert marks["list"][0]["title"] == "P49"


def test_a_greeting_says_what_the_mark_means(browser: TestClient, fake: FakeLive) -> None:
    with _open(browser) as socket:
        socket.receive_json()
        event = _event(fake)
        _marked(fake, event)
        fake.greet("front-door", _greeting(fake, event))
        (said,) = _until(socket, "banners", _ends("· In: welcome"))
    assert said["sound"] == f"marked:{event.id}"


def test_a_change_of_the_look_is_on_an_open_screen_without_a_reload(
    browser: TestClient, fake: FakeLive
) -> None:
    with _open(browser) as socket:
        assert not socket.receive_json()["site"]["voice"]
        fake.look = Look(accent="#1d4ed8", welcome="Good morning", voice=True)
        site = _until(socket, "site", bool)
        assert (site["accent"], site["welcome"], site["voice"]) == (
            "#1d4ed8",
            "Good morning",
            True,
        )
        fake.records["front-door"] = KioskRecord("front-door", voice=False)
        assert not _until(socket, "site", bool)["voice"]


def _of_maria(fake: FakeLive) -> None:
    """Marked, greeted, seen and in the list."""
    event = _event(fake, "maria")
    fake.directory.called["maria"] = "Maria Kern"
    _marked(fake, event)
    fake.records["front-door"] = KioskRecord("front-door", show_marks=True)
    fake.greet("front-door", replace(_greeting(fake, event), name="Maria Kern"))
    seen = Label(1, Box(1, 2, 3, 4), Verdict.NAMED, "Maria Kern", problem="The disk is full.")
    fake.show("front-door", Scene(1, fake.clock.monotonic(), 640, 480, (seen,)))


def test_with_short_names_no_full_one_leaves_the_server(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.look = Look(short_names=True)
    _of_maria(fake)
    with _open(browser) as socket:
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
    with _open(browser) as socket:
        assert "Maria Kern" in str(socket.receive_json())
        fake.records["front-door"] = KioskRecord("front-door", short_names=True)
        assert _until(socket, "banners", bool)[0]["title"] == "Maria K."


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
    event = _event(fake)
    fake.late[event.id] = 720
    with _open(browser) as socket:
        socket.receive_json()
        _marked(fake, event)
        fake.greet("front-door", _greeting(fake, event))
        _until(socket, "banners", _ends("In: welcome"))
        assert not fake.judged, "it costs nothing where nobody wants it"
        fake.look = Look(show_late=True)
        _until(socket, "banners", _ends("In: welcome · Late by 12 min"))
    assert fake.judged == [event.id]


def test_a_greeting_does_not_wait_for_a_database_that_hangs(
    browser: TestClient, fake: FakeLive
) -> None:
    going_on = threading.Event()
    with _open(browser) as socket:
        socket.receive_json()
        fake.hold = lambda: _wait(going_on)
        event = _event(fake)
        _marked(fake, event)
        fake.greet("front-door", _greeting(fake, event))
        (said,) = _until(socket, "banners", bool)
        assert said["text"].startswith("Marked at")
        assert "welcome" not in said["text"]
        going_on.set()
        assert "welcome" in _until(socket, "banners", bool)[0]["text"]


def _wait(event: threading.Event) -> None:
    event.wait(20)


def test_while_the_database_is_away_the_line_stays_and_says_so(
    browser: TestClient, fake: FakeLive
) -> None:
    def fail() -> None:
        raise StoreUnavailable("away")

    _marked(fake, _event(fake))
    with _open(browser) as socket:
        assert socket.receive_json()["marks"]["count"] == 1
        fake.hold, fake.is_away = fail, True
        assert _until(socket, "state", lambda state: state["away"])
        fake.show("front-door", _scene(fake, 1, Verdict.UNKNOWN))
        assert _until(socket, "scene", lambda scene: scene["faces"]), "and it goes on looking"
        fake.hold, fake.is_away = lambda: None, False
        assert _until(socket, "state", lambda state: not state["away"])


def test_lines_share_what_they_read(browser: TestClient, fake: FakeLive) -> None:
    _marked(fake, _event(fake))
    with _open(browser, "a") as first, _open(browser, "b") as second, _open(browser, "c") as third:
        for socket in (first, second, third) * 3:
            socket.receive_json()
    assert fake.asked == 1, "the day has not changed, so it was worked out once"


# --- from the browser


def _asking(fake: FakeLive) -> Event:
    """A kiosk that asks, and somebody who was just marked there."""
    fake.records["front-door"] = KioskRecord("front-door", title="Front door", choice=True)
    event = _event(fake)
    _marked(fake, event)
    fake.greet("front-door", _greeting(fake, event))
    return event


def _heard(socket: WebSocketTestSession, fake: FakeLive) -> None:
    """What was said before has been heard."""
    socket.send_json({"beat": {"transport": "http"}})
    while not fake.reports.of("front-door"):
        socket.receive_json()


def _press(socket: WebSocketTestSession, event: str, way: str = "out") -> None:
    socket.send_json({"press": {"event": event, "way": way}})


def test_who_was_marked_may_say_which_way_they_go(browser: TestClient, fake: FakeLive) -> None:
    event = _asking(fake)
    with _open(browser) as socket:
        offer = _until(socket, "choice", bool)
        assert (offer["event"], offer["chosen"]) == (event.id, "")
        assert offer["buttons"] == [["in", "In"], ["out", "Out"], ["break", "Break"]]
        _press(socket, event.id)
        assert _until(socket, "choice", lambda one: one["chosen"])["chosen"] == "out"
        assert fake.chosen == [(event.id, EventKind.OUT, "Front door")]
        _press(socket, event.id, "break")  # they may think better of it
        assert _until(socket, "choice", lambda one: one["chosen"] == "break")


@pytest.mark.parametrize("forged", ["other event", "no choice", "one way", "no mark", "replaced"])
def test_a_press_that_was_not_offered_changes_nothing(
    browser: TestClient, fake: FakeLive, forged: str
) -> None:
    event = _asking(fake)
    if forged == "no choice":
        fake.records["front-door"] = KioskRecord("front-door")
    if forged == "one way":
        fake.records["front-door"] = KioskRecord(
            "front-door", choice=True, direction=Direction.OUT
        )
    with _open(browser) as socket:
        socket.receive_json()
        if forged == "replaced":
            fake.seats.take("front-door", "s1")
            fake.seats.take("front-door", "another")
            assert _until(socket, "state", lambda state: state["replaced"])
        way = "void" if forged == "no mark" else "out"
        _press(socket, "bo-1" if forged == "other event" else event.id, way)
        _heard(socket, fake)
    assert fake.chosen == []


def test_a_turn_counts_where_the_screen_that_feeds_the_kiosk_shows_it(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.seats.take("front-door", "s1")
    with _open(browser) as socket:
        socket.receive_json()
        socket.send_json({"turn": {"nonce": "n1"}})
        _heard(socket, fake)
        assert fake.turns_shown == [("front-door", "n1")]
        fake.seats.take("front-door", "another")
        assert _until(socket, "state", lambda state: state["replaced"])
        socket.send_json({"turn": {"nonce": "n2"}})
        socket.send_json({"beat": {"transport": "http", "camera": "second"}})
        while fake.reports.of("front-door")[0].status.camera != "second":
            socket.receive_json()
    assert fake.turns_shown == [("front-door", "n1")]


def test_a_language_that_is_offered_is_spoken_by_the_screen_that_feeds_the_kiosk(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.records["front-door"] = KioskRecord("front-door", languages=("de", "hi"))
    fake.seats.take("front-door", "s1")

    def speaks(code: str) -> Callable[[PART], bool]:
        return lambda site: bool(site["language"] == code)

    with _open(browser) as socket:
        site = _until(socket, "site", lambda site: bool(site["languages"]))
        assert [one["code"] for one in site["languages"]] == ["en", "de", "hi"]
        assert site["languages"][2]["name"] == "हिन्दी"
        socket.send_json({"speak": {"code": "de"}})
        assert _until(socket, "site", speaks("de"))
        socket.send_json({"speak": {"code": "fr"}})
        assert _until(socket, "site", speaks("en"))
        fake.seats.take("front-door", "another")
        assert _until(socket, "state", lambda state: state["replaced"])
        socket.send_json({"speak": {"code": "hi"}})
        _heard(socket, fake)
    assert fake.sources.languages.of(fake.records["front-door"]) is None


def test_a_press_while_the_database_is_away_ends_no_line(
    browser: TestClient, fake: FakeLive
) -> None:
    def fail() -> None:
        raise StoreUnavailable("away")

    event = _asking(fake)
    with _open(browser) as socket:
        assert _until(socket, "choice", bool)
        fake.hold = fail
        _press(socket, event.id)
        fake.hold, fake.is_away = lambda: None, True
        assert _until(socket, "choice", lambda one: one is None) is None


def test_how_a_screen_is_is_kept_for_the_kiosks_page(browser: TestClient, fake: FakeLive) -> None:
    with _open(browser) as socket:
        socket.receive_json()
        socket.send_json({"beat": {"transport": "webrtc", "camera": "Front", "battery": 0.5}})
        socket.receive_json()
    (report,) = fake.reports.of("front-door")
    assert (report.screen, report.status.battery) == ("s1", 0.5)


def test_a_screen_with_another_camera_than_is_demanded_feeds_nothing_and_is_told(
    browser: TestClient, fake: FakeLive
) -> None:
    own, other = (
        {"beat": {"transport": "webrtc", "camera": "Front", "device": device, "width": 640,
                  "height": 480, "frame_rate": 29.97, "facing": "user"}}
        for device in ("n1", "n2")
    )  # fmt: skip
    with _open(browser) as socket:
        assert socket.receive_json()["state"]["camera"] == ""
        fake.records["front-door"] = KioskRecord(
            "front-door", camera=digest_of("n1"), camera_label="Front"
        )
        assert _until(socket, "state", lambda state: state["camera"] == "untold")
        assert not fake.seats.leased("front-door", "s1")
        socket.send_json(other)
        assert _until(socket, "state", lambda state: state["camera"] == "other")
        assert not fake.seats.leased("front-door", "s1")
        socket.send_json(own)
        assert _until(socket, "state", lambda state: state["camera"] == "")
        assert fake.seats.leased("front-door", "s1")
        socket.send_json(other)
        assert _until(socket, "state", lambda state: state["camera"] == "other")
        assert not fake.seats.leased("front-door", "s1"), "at once, not when the lease is over"
    (report,) = fake.reports.of("front-door")
    assert report.status.device == digest_of("n2"), "the number itself is kept nowhere"
    assert (report.status.width, report.status.frame_rate) == (640, 29.97)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("junk", 1003),
        (LONG, 1008),
        (b"beat", 1003),
        ('{"badge":{"wanted":"x"}}', 1003),
        ('{"typed":{"pin":"1234567890123"}}', 1003),
    ],
)
def test_junk_ends_the_line(browser: TestClient, sent: str | bytes, code: int) -> None:
    with _open(browser) as socket:
        socket.receive_json()
        socket.send_bytes(sent) if isinstance(sent, bytes) else socket.send_text(sent)
        assert _end(socket) == code


def test_too_many_messages_end_the_line(browser: TestClient, fake: FakeLive) -> None:
    with _open(browser) as socket:
        for _ in range(50):
            socket.send_json({"beat": {"transport": "http"}})
        assert _end(socket) == 1008
    assert len(fake.reports.of("front-door")) == 1


def test_a_fifth_screen_of_one_kiosk_is_told_to_come_later(browser: TestClient) -> None:
    with _open(browser, "a"), _open(browser, "b"), _open(browser, "c"), _open(browser, "d"):
        with _open(browser, "e") as fifth:
            assert _end(fifth) == 1013
        with _open(browser, "d") as again:
            assert again.receive_json()["site"]


def _end(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as over:
        _listen(socket)
    return over.value.code


def _listen(socket: WebSocketTestSession) -> None:
    while True:
        socket.receive_json()


# --- a browser that does not read


class Unread:
    """A WebSocket whose other side takes ``takes`` messages and then none."""

    def __init__(self, takes: int) -> None:
        self.told: list[str] = []
        self.takes = anyio.Semaphore(takes)
        self.waiting = 0

    async def send_text(self, text: str) -> None:
        self.waiting += 1
        await self.takes.acquire()
        self.waiting -= 1
        self.told.append(text)

    async def receive(self) -> PART:
        await anyio.sleep_forever()
        return {}

    async def close(self, _code: int, _reason: str) -> None:
        await anyio.sleep_forever()  # what waits before it is not taken either


def _line(fake: FakeLive, socket: Unread) -> KioskLine:
    view = View(fake.sources, Today(fake.sources), "front-door", "s1")
    return KioskLine(socket, view)  # type: ignore[arg-type]


def test_for_who_reads_slowly_nothing_is_kept_but_the_newest(fake: FakeLive) -> None:
    async def scenario() -> Unread:
        socket, over = Unread(takes=1), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(_line(fake, socket).run, over)
            await _until_async(lambda: len(socket.told) == 1)
            for number in range(1, 100):
                fake.show("front-door", _scene(fake, number, Verdict.UNKNOWN))
                await anyio.sleep(0.002)
            assert socket.waiting == 1
            fake.show("front-door", _scene(fake, 100, Verdict.UNKNOWN))
            socket.takes.release()
            socket.takes.release()
            await _until_async(lambda: len(socket.told) == 3)
            over.set()
        return socket

    told = anyio.run(scenario).told
    assert '"number":100,' in told[2]


def test_who_does_not_read_at_all_loses_the_line(
    fake: FakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "_PATIENCE", 0.2)
    socket = Unread(takes=0)
    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(_line(fake, socket).run, anyio.Event())
    assert not socket.told
    assert not fake.listeners._of


async def _until_async(done: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not done():
            await anyio.sleep(0.01)


# --- badges


def test_a_badge_is_asked_for_by_the_screen_that_feeds_the_kiosk_and_only_where_it_reads_them(
    browser: TestClient, fake: FakeLive
) -> None:
    wanted = '{"badge":{"wanted":true}}'
    with _open(browser) as socket:
        assert socket.receive_json()["badge"] is None
        socket.send_text(wanted)
        socket.receive_json()
        assert not fake.door.looks("front-door")
        fake.records["front-door"] = KioskRecord("front-door", badges=BadgeUse.WITH_PIN)
        assert _until(socket, "badge", bool)["phase"] == ""
        fake.seats.take("front-door", "s1")
        socket.send_text(wanted)
        assert _until(socket, "badge", bool)["phase"] == "looking"
        ada = fake.office.register(a_person())
        fake.office.pins.put(ada.subject, Passwords.of_pins(CHEAP).hash("402917"))
        code, _ = fake.office.badges.print_for(ada, "max")
        assert fake.door.present("front-door", code) is None
        asked = _until(socket, "badge", lambda card: card["phase"] == "pin")
        assert asked["text"] == ada.name
        socket.send_text('{"typed":{"pin":"402917"}}')
        _until(socket, "badge", lambda card: card["phase"] == "")
        fake.seats.take("front-door", "another")
        assert _until(socket, "badge", lambda card: card is None) is None
        socket.send_text(wanted)
        _heard(socket, fake)
        assert not fake.door.looks("front-door"), "nobody stands before that screen"
    assert fake.by_badge == [(ada.subject, "front-door")]
