"""What a browser may say over a line, and what becomes of one that does not read."""

from collections.abc import Callable

import anyio
import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from face_rec.access.accounts.passwords import Passwords
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Event, EventKind
from face_rec.domain.recognition import Verdict
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord
from face_rec.kiosks.screen_status import digest_of
from face_rec.web.live import line as line_module
from face_rec.web.live.live import KioskLine
from face_rec.web.live.today import Today
from face_rec.web.live.view import View
from tests.fakes.access import CHEAP
from tests.fakes.live import FakeLive
from tests.samples import a_person
from tests.unit.web.live_lines import (
    PART,
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


LONG = '{"beat":{"transport":"http"}}' + " " * 4096


def _asking(fake: FakeLive) -> Event:
    """A kiosk that asks, and somebody who was just marked there."""
    fake.records["front-door"] = KioskRecord("front-door", title="Front door", choice=True)
    event = event_of(fake)
    marked_now(fake, event)
    fake.greet("front-door", greeting_of(fake, event))
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
    with opened(browser) as socket:
        offer = until(socket, "choice", bool)
        assert (offer["event"], offer["chosen"]) == (event.id, "")
        assert offer["buttons"] == [["in", "In"], ["out", "Out"], ["break", "Break"]]
        _press(socket, event.id)
        assert until(socket, "choice", lambda one: one["chosen"])["chosen"] == "out"
        assert fake.chosen == [(event.id, EventKind.OUT, "Front door")]
        _press(socket, event.id, "break")  # they may think better of it
        assert until(socket, "choice", lambda one: one["chosen"] == "break")


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
    with opened(browser) as socket:
        socket.receive_json()
        if forged == "replaced":
            fake.seats.take("front-door", "s1")
            fake.seats.take("front-door", "another")
            assert until(socket, "state", lambda state: state["replaced"])
        way = "void" if forged == "no mark" else "out"
        _press(socket, "bo-1" if forged == "other event" else event.id, way)
        _heard(socket, fake)
    assert fake.chosen == []


def test_a_turn_counts_where_the_screen_that_feeds_the_kiosk_shows_it(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.seats.take("front-door", "s1")
    with opened(browser) as socket:
        socket.receive_json()
        socket.send_json({"turn": {"nonce": "n1"}})
        _heard(socket, fake)
        assert fake.turns_shown == [("front-door", "n1")]
        fake.seats.take("front-door", "another")
        assert until(socket, "state", lambda state: state["replaced"])
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

    with opened(browser) as socket:
        site = until(socket, "site", lambda site: bool(site["languages"]))
        assert [one["code"] for one in site["languages"]] == ["en", "de", "hi"]
        assert site["languages"][2]["name"] == "हिन्दी"
        socket.send_json({"speak": {"code": "de"}})
        assert until(socket, "site", speaks("de"))
        socket.send_json({"speak": {"code": "fr"}})
        assert until(socket, "site", speaks("en"))
        fake.seats.take("front-door", "another")
        assert until(socket, "state", lambda state: state["replaced"])
        socket.send_json({"speak": {"code": "hi"}})
        _heard(socket, fake)
    assert fake.sources.languages.of(fake.records["front-door"]) is None


def test_a_press_while_the_database_is_away_ends_no_line(
    browser: TestClient, fake: FakeLive
) -> None:
    def fail() -> None:
        raise StoreUnavailable("away")

    event = _asking(fake)
    with opened(browser) as socket:
        assert until(socket, "choice", bool)
        fake.hold = fail
        _press(socket, event.id)
        fake.hold, fake.is_away = lambda: None, True
        assert until(socket, "choice", lambda one: one is None) is None


def test_how_a_screen_is_is_kept_for_the_kiosks_page(browser: TestClient, fake: FakeLive) -> None:
    with opened(browser) as socket:
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
    with opened(browser) as socket:
        assert socket.receive_json()["state"]["camera"] == ""
        fake.records["front-door"] = KioskRecord(
            "front-door", camera=digest_of("n1"), camera_label="Front"
        )
        assert until(socket, "state", lambda state: state["camera"] == "untold")
        assert not fake.seats.leased("front-door", "s1")
        socket.send_json(other)
        assert until(socket, "state", lambda state: state["camera"] == "other")
        assert not fake.seats.leased("front-door", "s1")
        socket.send_json(own)
        assert until(socket, "state", lambda state: state["camera"] == "")
        assert fake.seats.leased("front-door", "s1")
        socket.send_json(other)
        assert until(socket, "state", lambda state: state["camera"] == "other")
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
    with opened(browser) as socket:
        socket.receive_json()
        socket.send_bytes(sent) if isinstance(sent, bytes) else socket.send_text(sent)
        assert end_of(socket) == code


def test_too_many_messages_end_the_line(browser: TestClient, fake: FakeLive) -> None:
    with opened(browser) as socket:
        for _ in range(50):
            socket.send_json({"beat": {"transport": "http"}})
        assert end_of(socket) == 1008
    assert len(fake.reports.of("front-door")) == 1


def test_a_fifth_screen_of_one_kiosk_is_told_to_come_later(browser: TestClient) -> None:
    with opened(browser, "a"), opened(browser, "b"), opened(browser, "c"), opened(browser, "d"):
        with opened(browser, "e") as fifth:
            assert end_of(fifth) == 1013
        with opened(browser, "d") as again:
            assert again.receive_json()["site"]


def end_of(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as over:
        listen(socket)
    return over.value.code


def listen(socket: WebSocketTestSession) -> None:
    while True:
        socket.receive_json()


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
                fake.show("front-door", scene_of(fake, number, Verdict.UNKNOWN))
                await anyio.sleep(0.002)
            assert socket.waiting == 1
            fake.show("front-door", scene_of(fake, 100, Verdict.UNKNOWN))
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


def test_a_badge_is_asked_for_by_the_screen_that_feeds_the_kiosk_and_only_where_it_reads_them(
    browser: TestClient, fake: FakeLive
) -> None:
    wanted = '{"badge":{"wanted":true}}'
    with opened(browser) as socket:
        assert socket.receive_json()["badge"] is None
        socket.send_text(wanted)
        socket.receive_json()
        assert not fake.door.looks("front-door")
        fake.records["front-door"] = KioskRecord("front-door", badges=BadgeUse.WITH_PIN)
        assert until(socket, "badge", bool)["phase"] == ""
        fake.seats.take("front-door", "s1")
        socket.send_text(wanted)
        assert until(socket, "badge", bool)["phase"] == "looking"
        ada = fake.office.register(a_person())
        fake.office.pins.put(ada.subject, Passwords.of_pins(CHEAP).hash("402917"))
        code, _ = fake.office.badges.print_for(ada, "max")
        assert fake.door.present("front-door", code) is None
        asked = until(socket, "badge", lambda card: card["phase"] == "pin")
        assert asked["text"] == ada.name
        socket.send_text('{"typed":{"pin":"402917"}}')
        until(socket, "badge", lambda card: card["phase"] == "")
        fake.seats.take("front-door", "another")
        assert until(socket, "badge", lambda card: card is None) is None
        socket.send_text(wanted)
        _heard(socket, fake)
        assert not fake.door.looks("front-door"), "nobody stands before that screen"
    assert fake.by_badge == [(ada.subject, "front-door")]
