"""A kiosk's screen without a server's say: the line is told by whoever uses this, and the camera
is refused at will. All states of the screen, in the words in which the server tells them."""

import io
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from PIL import Image
from playwright.sync_api import Page, WebSocketRoute

from face_rec.domain.kiosks.look import Look, logo_of
from face_rec.domain.liveness import Prompt, Side
from face_rec.journey.liveness.challenge import BACK_WITHIN, MORE_TURNS, TURN_WITHIN, TURNS
from face_rec.web.live.my_page import MyPage
from tests.browser.support.axe import serious_in
from tests.kiosk_states import CODE

SIZES = {
    "display": (1920, 1080),
    "lying": (1280, 800),
    "upright": (800, 1280),
    "phone": (390, 844),
    "narrow": (320, 640),
}
_LOOKS = 8
SCROLLING = {"narrow"}
"""There the page's own heading leaves too little room; full screen has none."""
GOOD = {"replaced": False, "away": False, "closed": False, "model": True, "waiting": 0,
        "server": "one"}  # fmt: skip
EMPTY = {"number": 0, "width": 0, "height": 0, "faces": []}
LONG = "Tom Alexander Featherstonehaugh-Cholmondeley"
OUT = "Marked at 17:32 · Out: here since 08:01, 9:31 h"
_HEARD = ":is([data-turn], [data-mine]) .fr-banners"
"""Where an arrow or a code stands the cards are there for screen readers alone."""
OVERFLOWS = """() => [...document.querySelectorAll('.fr-banner, .k-turn, .k-panel, .k-foot')]
  .filter(one => !one.closest('HEARD'))
  .filter(one => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
  .map(one => one.className + ': ' + one.innerText)""".replace("HEARD", _HEARD)
CUT = """() => [...document.querySelectorAll('.k-words :is(b, span, p, em), .k-notice, .k-today')]
  .filter(one => one.checkVisibility() && !one.closest('HEARD'))
  .filter(one => getComputedStyle(one).overflow === 'hidden')
  .filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4)
  .map(one => 'cut: ' + one.innerText)""".replace("HEARD", _HEARD)
"""Words of which a reader sees a part only."""
TALL = """() => [...document.querySelectorAll('.fr-banner > b')]
  .filter(one => !one.closest('HEARD'))
  .filter(one => one.closest('.fr-banner').clientHeight < 152)
  .filter(one => one.clientHeight > 2.4 * parseFloat(getComputedStyle(one).lineHeight))
  .map(one => 'more than two lines on a small card: ' + one.innerText)""".replace("HEARD", _HEARD)
SCROLLS = """() => { const main = document.querySelector('[data-testid=stMain]');
  return main.scrollHeight > main.clientHeight + 1 || main.scrollWidth > main.clientWidth + 1; }"""
SERIOUS = {"serious", "critical"}
SITE = {"title": "Northwind Primary School", "zone": "Europe/Berlin",
        "day": "Thursday 26 November 2026", "accent": "#0f766e", "welcome": "", "logo": "",
        "sounds": False, "voice": False}  # fmt: skip
ROOM = """
  const room = document.createElement("canvas"), all = navigator.mediaDevices;
  [room.width, room.height] = [640, 480];
  let drawn = 0;
  setInterval(() => {
    const pen = room.getContext("2d");
    pen.fillStyle = `rgb(96 96 ${96 + drawn++ % 2})`;
    pen.fillRect(0, 0, room.width, room.height);
  }, 200);
  if (all) all.getUserMedia = async () => room.captureStream(5);
"""
"""A camera before which nobody stands: it costs a quarter of what a film of 30 pictures a second
does, which needs a browser of its own besides."""
CAMERA = """
  const devices = navigator.mediaDevices, open = devices?.getUserMedia.bind(devices);
  if (open) devices.getUserMedia = async (wish) => {
    if (window.cameraFails) throw new DOMException("", window.cameraFails);
    return open(wish);
  };
"""
"""For a page whose camera fails as ``window.cameraFails`` says."""
TROUBLES = {
    "denied": ("NotAllowedError", "The camera is blocked for this page"),
    "missing": ("NotFoundError", "No camera found"),
    "busy": ("NotReadableError", "The camera cannot be read"),
}
_FAIL = """(name) => {
  window.cameraFails = name;
  const [track] = document.querySelector(".fr-stage video").srcObject?.getTracks() ?? [];
  track?.stop();
  track?.dispatchEvent(new Event("ended"));
}"""


def _logo() -> str:
    file = io.BytesIO()
    Image.new("RGB", (400, 120), "#1d4ed8").save(file, "PNG")
    return Look(logo=logo_of(file.getvalue())).logo_source


def said(mood: str, title: str, text: str) -> dict[str, str]:
    return {"mood": mood, "title": title, "text": text, "sound": ""}


def face(mood: str, name: str = "") -> dict[str, Any]:
    face = {"track": 1, "box": [200, 100, 420, 380], "mood": mood, "name": name, "problem": ""}
    return {"number": 2, "width": 640, "height": 480, "faces": [face]}


def asked(side: Side | None, done: int, turns: int = TURNS) -> dict[str, object]:
    """Somebody in doubt is asked to turn the head, or to look back."""
    words = f"Turn your head to the {side}" if side else "Look at the camera again"
    prompt = Prompt(f"{side}{done}", side, done, turns, TURN_WITHIN if side else BACK_WITHIN)
    banners = [said("idle", words, "Stay where you are")]
    return {"banners": banners, "scene": face("looking"), "challenge": asdict(prompt)}


def coloured(number: int, colour: str) -> dict[str, object]:
    """The screen shows a colour to somebody who has turned the head."""
    told = asked(None, number)
    return told | {
        "challenge": {"nonce": f"c{number}", "side": None, "done": number, "turns": 12,
                      "seconds": 60.0, "colour": colour},
    }  # fmt: skip


OFFER = {
    "event": "e1",
    "name": "Ana",
    "chosen": "",
    "buttons": [["in", "In"], ["out", "Out"], ["break", "Break"]],
}
STATES: dict[str, tuple[dict[str, object], str]] = {
    "idle": ({}, "Look at the camera"),
    "looking": ({"banners": [said("idle", "One moment", "Keep looking at the camera")],
                 "scene": face("looking")}, "One moment"),
    "marked": ({"banners": [said("marked", LONG, OUT)],
                "scene": face("marked", LONG)}, "Marked at 17:32"),
    "asked": ({"banners": [said("marked", LONG, OUT)],
               "choice": OFFER | {"chosen": "out"}}, "Break"),
    "already": ({"banners": [said("already", "Zoë Müller", "Already marked at 07:58")],
                 "scene": face("already", "Zoë Müller")}, "Already marked at 07:58"),
    "several": ({"banners": [said("marked", "Ana", "Marked at 08:01 · In: welcome"),
                             said("already", "اسماء خالد", "Already marked at 07:55"),
                             said("marked", LONG, OUT)]}, "اسماء خالد"),
    "own": ({"banners": [said("marked", LONG, OUT)], "scene": face("marked", LONG),
             "mine": asdict(MyPage("e1", LONG))}, "My page"),
    "code": ({"banners": [said("marked", LONG, OUT)], "scene": face("marked", LONG),
              "mine": asdict(MyPage("e1", LONG, CODE))}, "Scan it with your phone"),
    "unknown": ({"banners": [said("unknown", "Not recognised", "Ask to be registered")],
                 "scene": face("unknown")}, "Not recognised"),
    "poor": ({"banners": [said("idle", "Come a little closer", "and look at the camera")],
              "scene": face("poor")}, "Come a little closer"),
    "covered": ({"banners": [said("idle", "Show your whole face", "Take off the mask, or what "
                                   "else covers it")], "scene": face("poor")}, "Take off"),
    "welcomed": ({"site": SITE | {"welcome": "Good morning! Breakfast club is in room 4 until "
                                  "half past eight.", "logo": _logo(), "accent": "#1d4ed8",
                                  "sounds": True}}, "Breakfast club"),
    "away": ({"state": GOOD | {"away": True}}, "The database does not answer"),
    "closed": ({"state": GOOD | {"closed": True}}, "This kiosk does not take attendance"),
    "replaced": ({"state": GOOD | {"replaced": True}}, "Another screen is this kiosk now"),
    "listed": ({"marks": {"count": 1, "list": [{"id": "1", "title": "Zoë Müller", "note": "Staff",
                                               "right": "07:58", "photo": None}]}}, "1 mark"),
    "left": (asked(Side.LEFT, 0), f"Turn 1 of {TURNS}"),
    "right": (asked(Side.RIGHT, 3, MORE_TURNS), f"Turn 4 of {MORE_TURNS}"),
    "back": (asked(None, 1), "Look at the camera again"),
    "held": ({"banners": [said("problem", "Not marked", "The head did not turn as the arrows said"
                               " · Use your PIN, or ask the office")],
              "scene": face("problem")}, "Use your PIN"),
}  # fmt: skip


class ToldLine:
    """The live line of a page, spoken by the test. A page that has heard nothing for some seconds
    cuts its line, as happens while a test looks at it; the next begins, as the server's does, by
    telling all that there is."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.heard: list[dict[str, Any]] = []
        self.silent = False
        self._latest: dict[str, object] = {}
        page.route_web_socket("**/live?*", self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.heard.append(json.loads(text)))
        self.tell(**self._latest)

    def tell(self, **parts: object) -> None:
        """The whole screen, as the first message of a line has it; nothing from a silent one."""
        self._latest = parts
        if self.silent:
            return
        stats = {"frames": 1, "dropped": 0, "inferred": 1, "frame_rate": 9.0,
                 "inference_rate": 8.0, "time_to_mark": None, "frame_age": 0.1}  # fmt: skip
        told = {"at": time.time(), "site": SITE, "scene": EMPTY, "banners": [], "stats": stats,
                "choice": None, "challenge": None, "mine": None,
                "marks": {"count": 0, "list": None},
                "state": GOOD}  # fmt: skip
        self.sockets[-1].send(json.dumps(told | parts))


def fail_camera(page: Page, name: str) -> None:
    """From now on; ``name``: of the browser's error."""
    page.evaluate(_FAIL, name)


def serious(page: Page) -> list[str]:
    """What axe-core finds on the kiosk that is serious."""
    page.set_viewport_size({"width": 1440, "height": 900})
    return serious_in(page, ".k-frame")


def misfits(page: Page, sizes: Sequence[str] = tuple(SIZES)) -> list[str]:
    """Where the screen as it is does not fit, at every look: a machine that is busy draws it anew
    some time after the window has another size."""
    wrong: list[str] = []
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        found = _look(page, size)
        for _ in range(_LOOKS):
            if not found:
                break
            again = _look(page, size)
            found = [one for one in found if one in again]
        wrong += found
    return wrong


def _look(page: Page, size: str) -> list[str]:
    page.wait_for_timeout(300)
    found = [f"{size}: {over}" for asks in (OVERFLOWS, CUT, TALL) for over in page.evaluate(asks)]
    if size not in SCROLLING:
        found += [f"{size}: the page scrolls"] * page.evaluate(SCROLLS)
    return found
