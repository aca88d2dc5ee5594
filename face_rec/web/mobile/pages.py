"""``/my/punch``: who is signed in to their own attendance marks themselves on their phone.

A page of its own: it is the only one whose browser may be asked where it is. Everything that is
sent is judged anew for the person of that sign-in, whoever the page was drawn for.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError, RequestRefused, TryLater
from face_rec.domain.marks import EventKind
from face_rec.kiosks.way_choice import BUTTONS
from face_rec.languages.language import accepted, msgid
from face_rec.languages.translator import Translator
from face_rec.mobile.agreed import CONSENT
from face_rec.mobile.attempts import Asked, Attempt, Became, Result, Whose
from face_rec.mobile.phone_punch import PhonePunch, Standing
from face_rec.mobile.refused import PunchRefused
from face_rec.people.photos import capture_hints
from face_rec.people.photos.capture import STEPS
from face_rec.web.base.forms import checked_form, text_token
from face_rec.web.base.headers import FORMS_WITH_SCRIPT, WITH_PLACE
from face_rec.web.base.html import code_route, render
from face_rec.web.frames.camera_requests import answered, check_origin
from face_rec.web.frames.phone_stills import AGREE_FIRST, CAMERA_TEXTS, LONGEST, PhoneStills
from face_rec.web.frames.told_guide import guide_of
from face_rec.web.gate.asking import actor_of
from face_rec.web.mobile.distance_picture import picture
from face_rec.web.signin.login import later

NAME: Final = "x-punch"
"""The header that names an attempt."""
_HERE: Final = "/my/punch"
_VIEWS: Final = {"front": msgid("Front"), "left": msgid("Left"), "right": msgid("Right")}
_ASKING: Final = {
    "asking": msgid("Asking the phone where it is…"),
    "insecure": msgid("The browser does not tell this address where it is. Tell the office."),
    "denied": msgid(
        "The position is blocked for this page. Allow it with the lock symbol in the browser's "
        "address bar, and in the phone's settings for the browser."
    ),
    "unknown": msgid("The phone does not know where it is. Switch its location on."),
    "slow": msgid("The phone did not find out where it is in time. Try again, outside."),
    "server": msgid("The server does not answer. Press the button again."),
}
_NOTES: Final = {
    "over": msgid("That took too long, or another page has begun anew. Press the button again."),
    "withdrawn": msgid("You have withdrawn your consent. The kiosk marks you as before."),
}
_NEAR: Final = msgid("You are near enough. Now look at the camera.")
_ANOTHER: Final = msgid("Another person? Only you, please.")
_MARKED: Final = msgid("You are marked: {time}, {place}.")
_SAVED: Final = msgid("You are marked: {time}, {place}. The list shows it in a while.")
_ALREADY: Final = msgid("You were marked at {time} already, and that mark stands.")


@dataclass(frozen=True, slots=True)
class Punching:
    """What the pages need of the running system. ``words``: what is said in the language of a
    code; None: the site's. ``local``: a moment in the site's zone."""

    punch: PhonePunch
    words: Callable[[str | None], Translator]
    title: Callable[[], str]
    local: Callable[[datetime], datetime]
    clock: Clock


def routes(parts: Callable[[], Punching]) -> list[Route]:
    """``parts`` is asked at every request."""
    pages = _Pages(parts)
    stills = PhoneStills(pages.attempt, lambda: parts().clock, pages.told)
    return [
        Route(_HERE, pages.show, methods=["GET"]),
        Route(f"{_HERE}/agree", pages.agree, methods=["POST"]),
        Route(f"{_HERE}/withdraw", pages.withdraw, methods=["POST"]),
        Route(f"{_HERE}/where", pages.where, methods=["POST"]),
        Route(f"{_HERE}/start", stills.start, methods=["POST"]),
        Route(f"{_HERE}/picture", stills.picture, methods=["POST"]),
        code_route("/punch.js", "text/javascript", "phone_film.js", "punch.js"),
        code_route("/punch.css", "text/css", "phone_film.css", "punch.css"),
    ]


class _Pages:
    def __init__(self, parts: Callable[[], Punching]) -> None:
        self._parts = parts

    async def show(self, request: Request) -> Response:
        return await self._shown(request, _NOTES.get(request.query_params.get("note", ""), ""))

    async def agree(self, request: Request) -> Response:
        form, words = await checked_form(request), self._words(request)
        text = words.gettext(CONSENT)
        if form.get("agree") != "yes" or form.get("text") != text_token(text):
            return await self._shown(request, problem=AGREE_FIRST)
        punch, address = self._parts().punch, actor_of(request).address
        say = partial(punch.agree, _whose(request).subject, text, words.language.code, address)
        try:
            await to_thread.run_sync(say)
        except PunchRefused:
            return await self._shown(request)
        return RedirectResponse(_HERE, 303)

    async def withdraw(self, request: Request) -> Response:
        await checked_form(request)
        punch, address = self._parts().punch, actor_of(request).address
        await to_thread.run_sync(punch.withdraw, _whose(request).subject, address)
        return RedirectResponse(f"{_HERE}?note=withdrawn", 303)

    async def where(self, request: Request) -> Response:
        """What the phone told of its position is judged here and is nowhere else."""
        return await answered(self._where(request))

    async def _where(self, request: Request) -> dict[str, object]:
        check_origin(request)
        told = _json(await request.body())
        words, whose = self._words(request), _whose(request)
        try:
            return await to_thread.run_sync(self._begun, whose, told, words)
        except (PunchRefused, TryLater) as error:
            return {"problem": words.said(error.said)}

    def _begun(self, whose: Whose, told: object, words: Translator) -> dict[str, object]:
        punch = self._parts().punch
        rule, near = punch.near(whose.subject, told)
        shown = {"picture": picture(near, words)}
        try:
            made = punch.begin(whose, Asked(rule, near, _kind(told), words.language.code))
        except (PunchRefused, TryLater) as error:
            return {"problem": words.said(error.said), **shown}
        steps = [view.value for view in made.face.guide.steps]
        return {"punch": made.secret, "steps": steps, "text": words.gettext(_NEAR), **shown}

    # --- the face

    async def attempt(self, request: Request) -> Attempt:
        """What whoever asks has begun in this sign-in. Raises RequestRefused."""
        find, secret = self._parts().punch.find, request.headers.get(NAME, "")
        try:
            return await to_thread.run_sync(find, secret, _whose(request))
        except PunchRefused as error:
            raise RequestRefused(410, str(error)) from None

    async def told(self, one: Attempt) -> dict[str, object]:
        """What is to be done next, or what has become of it."""
        words = self._parts().words(one.asked.language)
        result = await to_thread.run_sync(self._parts().punch.result, one)
        guide = guide_of(one.face.guide, words)
        if one.face.guide.state().hint == capture_hints.hint("other_person"):
            guide["hint"] = words.gettext(_ANOTHER)
        return {"guide": guide, "result": result and self._said(one, result, words)}

    def _said(self, one: Attempt, result: Result, words: Translator) -> dict[str, object]:
        texts = {Became.MARKED: _MARKED, Became.SAVED: _SAVED, Became.ALREADY: _ALREADY}
        if result.at is None:
            return {"became": result.became.value, "text": words.said(result.why)}
        at = self._parts().local(result.at)
        values = {"time": words.time(at.hour, at.minute), "place": one.asked.near.place.name}
        text = texts[result.became]
        shown = {name: value for name, value in values.items() if f"{{{name}}}" in text}
        return {"became": result.became.value, "text": words.gettext(text, **shown)}

    # --- pages

    def _words(self, request: Request) -> Translator:
        """In the language of the browser, else the site's."""
        return self._parts().words(accepted(request.headers.get("accept-language", "")))

    async def _shown(self, request: Request, note: str = "", *, problem: str = "") -> Response:
        words, subject = self._words(request), _whose(request).subject
        try:
            standing = await to_thread.run_sync(self._parts().punch.standing, subject)
        except PunchRefused as error:
            return self._page(request, words, error, 403, mode="off")
        if not standing.agreed:
            consent = words.gettext(CONSENT)
            return self._page(
                request, words, None, 400 if problem else 200, mode="ask", consent=consent,
                text=text_token(consent), places=_places(standing.rule), said=problem, note=note,
            )  # fmt: skip
        return self._ready(request, words, standing, note)

    def _ready(
        self, request: Request, words: Translator, standing: Standing, note: str
    ) -> Response:
        rule = standing.rule
        kinds = [(kind.value, words.gettext(word)) for kind, word in BUTTONS.items()]
        answer = self._page(
            request, words, None, mode="ready", places=_places(rule), note=note,
            hours=_hours(rule, words), kinds=kinds if rule.asks else [], longest=LONGEST,
            texts=_said(CAMERA_TEXTS, words), asking=_said(_ASKING, words),
            views=[(v.value, words.gettext(_VIEWS[v.value])) for v in STEPS if v.value in _VIEWS],
        )  # fmt: skip
        answer.headers["Content-Security-Policy"] = FORMS_WITH_SCRIPT
        answer.headers["Permissions-Policy"] = WITH_PLACE
        return answer

    def _page(
        self, request: Request, words: Translator, error: FaceRecError | None, status: int = 200,
        /, *, said: str = "", note: str = "", **values: object,
    ) -> Response:  # fmt: skip
        problem = error.said if error else said
        answer = render(
            request, "punch.html", self._parts().title(), status, words=words,
            problem=problem, note=note, **values,
        )  # fmt: skip
        return later(answer, error)


def _whose(request: Request) -> Whose:
    """The gate lets nobody else pass."""
    who = request.state.principal
    return Whose(who.subject, who.sign_in)


def _json(body: bytes) -> object:
    """What a browser sent; nothing where that is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _kind(told: object) -> EventKind:
    """Which way they say that they go; the rules say so where they say nothing."""
    said = told.get("kind") if isinstance(told, dict) else ""
    return next((kind for kind in BUTTONS if kind.value == said), EventKind.PUNCH)


def _places(rule: MobilePunch) -> str:
    return ", ".join(place.name for place in rule.places)


def _said(texts: dict[str, str], words: Translator) -> str:
    return json.dumps({name: words.gettext(text) for name, text in texts.items()})


def _hours(rule: MobilePunch, words: Translator) -> str:
    """When it holds; nothing where that is always."""
    names = words.formats.weekday_names()
    days = ", ".join(names[day] for day in sorted(rule.days)) if len(rule.days) < 7 else ""
    if rule.opens == rule.closes:
        return words.gettext("On {days}.", days=days) if days else ""
    first, last = (_clock(at, words) for at in (rule.opens, rule.closes))
    if days:
        return words.gettext("On {days}, {first} to {last}.", days=days, first=first, last=last)
    return words.gettext("From {first} to {last}.", first=first, last=last)


def _clock(at: time, words: Translator) -> str:
    return words.time(at.hour, at.minute)
