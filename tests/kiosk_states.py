"""Every state of a kiosk's screen as the server tells it in a language: by the same code, so that
a word which is not translated is seen in each."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from face_rec.domain.faces import Box
from face_rec.domain.kiosks.screens import Greeting, Label, Scene
from face_rec.domain.liveness import Hold, Prompt, Side
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Flaw, Verdict
from face_rec.journey.liveness.challenge import BACK_WITHIN, MORE_TURNS, TURN_WITHIN
from face_rec.kiosks.banner import Banner, banners
from face_rec.kiosks.way_choice import Offer, buttons
from face_rec.languages.translator import Translator
from face_rec.web.gate.shown_links import qr
from face_rec.web.live.my_page import MyPage
from face_rec.web.live.shown import picture_of

State = tuple[dict[str, Any], str]
"""Parts of a message, and a text that they show."""
AT: Final = datetime(2026, 11, 26, 16, 32, tzinfo=UTC)
MET: Final = "Tom Alexander Featherstonehaugh-Cholmondeley"
_BOX: Final = Box(200, 100, 420, 380)
CODE: Final = qr(f"https://attendance.example.org/my/link/k{'0' * 24}.{'x' * 43}")
_GOOD: Final = {
    "replaced": False, "away": False, "closed": False, "model": True, "waiting": 0,
    "server": "one",
}  # fmt: skip


def greeted(outcome: Outcome = Outcome.MARKED, name: str = MET) -> Greeting:
    event = Event(f"e-{outcome}-{name}", name, AT, EventKind.PUNCH, Source.VIDEO, "door")
    return Greeting(Receipt(event, outcome, AT), name, 0.0)


def seen(**about: Any) -> Scene:  # noqa: ANN401
    return Scene(2, 0.0, 640, 480, (Label(1, _BOX, **about),))


def _parts(said: tuple[Banner, ...], scene: Scene | None, words: Translator) -> dict[str, Any]:
    shown = asdict(picture_of(scene, 0.1, str, words))
    return {"banners": [asdict(one) for one in said], "scene": shown}


def _of_scene(scene: Scene, words: Translator, *, pin: bool = False) -> State:
    said = banners([], scene, UTC, words=words, pin=pin)
    return _parts(said, scene, words), said[-1].title


def _of_greetings(words: Translator, *greetings: Greeting, means: str = "") -> State:
    said = banners(greetings, None, UTC, lambda _: means, words=words)
    return _parts(said, None, words), said[-1].text.split(" · ")[0]


def _turn(side: Side | None, words: Translator) -> State:
    prompt = Prompt(f"{side}", side, 1, MORE_TURNS, TURN_WITHIN if side else BACK_WITHIN)
    scene = seen(verdict=Verdict.NAMED, hold=Hold.TURN, prompt=prompt)
    parts, said = _of_scene(scene, words)
    return {**parts, "challenge": asdict(prompt)}, said


def spoken_states(words: Translator) -> dict[str, State]:
    """By name."""
    late = words.ngettext("Late by {count} min", "Late by {count} min", 12)
    meant = f"{words.gettext('In: welcome back')} · {late}"
    out = words.gettext("Out: here since {time}, {hours} h", time=words.time(8, 1), hours="9:31")
    offer = asdict(Offer("e1", "Ana", "out", buttons(words)))
    mark = {"id": "1", "title": "Zoë Müller", "note": "Staff", "right": words.time(7, 58),
            "photo": None}  # fmt: skip
    return {
        "idle": ({"site": {"day": words.day(AT.date())}}, words.gettext("Look at the camera")),
        "marked": _of_greetings(words, greeted(), means=out),
        "late": _of_greetings(words, greeted(name="Ana Álvarez"), means=meant),
        "already": _of_greetings(words, greeted(Outcome.ALREADY)),
        "kept": _of_greetings(words, greeted(Outcome.SAVED_HERE)),
        "dry": _of_greetings(words, greeted(Outcome.DRY_RUN)),
        "several": _of_greetings(
            words, greeted(), greeted(Outcome.ALREADY, "اسماء خالد"), greeted(name="王小明")
        ),
        "asked": ({**_of_greetings(words, greeted())[0], "choice": offer}, offer["buttons"][2][1]),
        "own": (
            {**_of_greetings(words, greeted())[0], "mine": asdict(MyPage("e1", MET))},
            words.gettext("My page"),
        ),
        "code": (
            {**_of_greetings(words, greeted())[0], "mine": asdict(MyPage("e1", MET, CODE))},
            words.gettext("Scan it with your phone: it opens your own page, once"),
        ),
        "unknown": _of_scene(seen(verdict=Verdict.UNKNOWN), words),
        "looking": _of_scene(seen(verdict=Verdict.LOOKING), words),
        "problem": _of_scene(seen(verdict=Verdict.NAMED, name=MET, problem="full"), words),
        **{
            f"poor {flaw}": _of_scene(seen(verdict=Verdict.POOR, flaw=flaw), words)
            for flaw in (None, *Flaw)
        },
        **{
            f"held {hold}": _of_scene(seen(verdict=Verdict.NAMED, hold=hold), words, pin=True)
            for hold in Hold
        },
        "left": _turn(Side.LEFT, words),
        "right": _turn(Side.RIGHT, words),
        "back": _turn(None, words),
        "away": (
            {"state": _GOOD | {"away": True}},
            words.gettext(
                "The database does not answer. Marks are kept on this computer and delivered as "
                "soon as it is back."
            ),
        ),
        "closed": ({"state": _GOOD | {"closed": True}}, words.gettext("Closed")),
        "replaced": (
            {"state": _GOOD | {"replaced": True}},
            words.gettext("Another screen is this kiosk now"),
        ),
        "listed": (
            {"marks": {"count": 3, "list": [mark]}},
            words.ngettext("{count} mark", "{count} marks", 3),
        ),
    }
