"""``/enrol/LINK``: who was invited agrees, shows their face to their own phone's camera, and sends
the photos, without a sign-in.

Opening the link changes nothing: mail programs look at links before a person does. It is used up
when the photos are sent. What a phone has taken until then is known by a cookie of that phone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.principal import PrincipalKind
from face_rec.clock import Clock
from face_rec.domain.enrolment_errors import DetailsRefused
from face_rec.domain.errors import FaceRecError, LinkInvalid, PictureRefused, StoreError, TryLater
from face_rec.domain.people import Consent
from face_rec.domain.site.self_enrolment import CONSENT_TEXT
from face_rec.invitations.invitation import Standing
from face_rec.invitations.invitation_records import Typed
from face_rec.invitations.phone import PhoneCapture
from face_rec.invitations.phone_enrolment import Guest, PhoneEnrolment, ViewsMissing
from face_rec.languages.language import LANGUAGES, accepted, msgid
from face_rec.languages.translator import Translator
from face_rec.people.photos.capture import STEPS
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form, text_token
from face_rec.web.base.headers import FORMS_WITH_SCRIPT
from face_rec.web.base.html import code_route, render
from face_rec.web.enrol.pictures import pictures
from face_rec.web.frames.phone_stills import AGREE_FIRST, CAMERA_TEXTS, LONGEST
from face_rec.web.gate.asking import actor_of
from face_rec.web.signin.login import later

PHONE: Final = "fr_enrol"
"""The cookie by which a phone's capture is known."""
_VIEWS: Final = {
    "front": msgid("Front"), "left": msgid("Left"), "right": msgid("Right"), "up": msgid("Up"),
    "down": msgid("Down"),
}  # fmt: skip
_KIOSK: Final = msgid("This is a kiosk. Open this page on your own phone or computer.")
_ENDED: Final = msgid("That took too long, or the server was started again. Begin once more.")


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What the pages need of the running system. ``words``: what is said in the language of a
    code; None: the site's. ``consent``: the site's text and its version."""

    enrolment: PhoneEnrolment
    words: Callable[[str | None], Translator]
    title: Callable[[], str]
    consent: Callable[[], tuple[str, str]]
    clock: Clock


def routes(parts: Callable[[], Enrolling]) -> list[Route]:
    """``parts`` is asked at every request."""
    pages, path = _Pages(parts), "/enrol/{token}"
    stills = pictures(pages.at_the_camera, lambda: parts().clock, lambda code: parts().words(code))
    return [
        Route(path, pages.show, methods=["GET"]),
        Route(path, pages.agree, methods=["POST"]),
        Route(f"{path}/camera", pages.camera, methods=["GET"]),
        Route(f"{path}/start", stills.start, methods=["POST"]),
        Route(f"{path}/picture", stills.picture, methods=["POST"]),
        Route(f"{path}/again", pages.again, methods=["POST"]),
        Route(f"{path}/send", pages.send, methods=["POST"]),
        code_route("/enrol.js", "text/javascript", "phone_film.js", "self_enrol.js"),
        code_route("/enrol.css", "text/css", "phone_film.css", "self_enrol.css"),
    ]


class _Pages:
    def __init__(self, parts: Callable[[], Enrolling]) -> None:
        self._parts = parts

    async def show(self, request: Request) -> Response:
        words = self._words(request, request.query_params.get("lang", ""))
        try:
            guest = await self._guest(request)
        except LinkInvalid as error:
            return self._over(request, words, error)
        note = words.gettext(_ENDED) if request.query_params.get("note") == "ended" else ""
        return self._ask(request, words, guest, problem=note)

    async def agree(self, request: Request) -> Response:
        form = await checked_form(request)
        words = self._words(request, form.get("lang", ""))
        typed = Typed(form.get("id", ""), form.get("name", ""))
        try:
            guest = await self._guest(request)
            if form.get("agree") != "yes" or form.get("text") != self._text(words):
                said = words.gettext(AGREE_FIRST)
                return self._ask(request, words, guest, problem=said, typed=typed, status=400)
            consent, language = self._consent(words), words.language.code
            begin = partial(self._parts().enrolment.begin, guest, consent, language, typed)
            capture = await to_thread.run_sync(begin)
        except LinkInvalid as error:
            return self._over(request, words, error)
        except (DetailsRefused, TryLater) as error:
            said = words.said(error.said)
            page = self._ask(request, words, guest, problem=said, typed=typed, status=400)
            return later(page, error)
        answer = RedirectResponse(f"{_base(request)}/camera", 303)
        cookies.write(answer, request, PHONE, capture.secret, same_site="strict")
        return answer

    def _consent(self, words: Translator) -> Consent:
        """As it stands on the page at this moment."""
        text, version = self._parts().consent()
        shown = words.gettext(text) if text == CONSENT_TEXT else text
        return Consent(shown, version, self._parts().clock.now())

    def _text(self, words: Translator) -> str:
        return text_token(self._consent(words).text)

    async def camera(self, request: Request) -> Response:
        try:
            _, capture = await self.at_the_camera(request)
        except LinkInvalid as error:
            return self._over(request, self._words(request), error)
        if capture is None:
            return RedirectResponse(f"{_base(request)}?note=ended", 303)
        return self._camera(request, capture)

    async def again(self, request: Request) -> Response:
        await checked_form(request)
        try:
            _, capture = await self.at_the_camera(request)
        except LinkInvalid as error:
            return self._over(request, self._words(request), error)
        if capture is None:
            return RedirectResponse(f"{_base(request)}?note=ended", 303)
        await to_thread.run_sync(self._parts().enrolment.captures.again, capture)
        return RedirectResponse(f"{_base(request)}/camera", 303)

    async def send(self, request: Request) -> Response:
        await checked_form(request)
        enrolment = self._parts().enrolment
        try:
            guest, capture = await self.at_the_camera(request)
            if capture is None:
                return RedirectResponse(f"{_base(request)}?note=ended", 303)
            address = actor_of(request).address
            standing = await to_thread.run_sync(enrolment.send, guest, capture, address)
        except LinkInvalid as error:
            return self._over(request, self._words(request), error)
        except StoreError:
            raise
        except (ViewsMissing, PictureRefused, TryLater) as error:
            return await self._once_more(request, capture, error)
        mode = "done" if standing is Standing.DONE else "waiting"
        answer = self._page(request, self._words(request, capture.language), mode=mode)
        cookies.clear(answer, request, PHONE)
        return answer

    async def _once_more(
        self, request: Request, capture: PhoneCapture | None, error: FaceRecError
    ) -> Response:
        if capture is None:
            return RedirectResponse(f"{_base(request)}?note=ended", 303)
        if isinstance(error, PictureRefused) or (isinstance(error, ViewsMissing) and error.again):
            await to_thread.run_sync(self._parts().enrolment.captures.again, capture)
        return later(self._camera(request, capture, error), error)

    # --- who asks

    async def at_the_camera(self, request: Request) -> tuple[Guest, PhoneCapture | None]:
        """Who has the link, and what this phone has begun. Raises LinkInvalid."""
        guest = await self._guest(request)
        secret = cookies.read(request, PHONE)
        find = self._parts().enrolment.captures.find
        return guest, find(secret, guest.invitation.id) if secret else None

    async def _guest(self, request: Request) -> Guest:
        who = request.state.principal
        if who is not None and who.kind is PrincipalKind.DEVICE:
            raise LinkInvalid(_KIOSK)
        token, address = str(request.path_params["token"]), actor_of(request).address
        return await to_thread.run_sync(self._parts().enrolment.find, token, address)

    def _words(self, request: Request, wanted: str = "") -> Translator:
        """In the language that was chosen, else that of the browser, else the site's."""
        liked = accepted(request.headers.get("accept-language", ""))
        return self._parts().words(wanted if wanted in LANGUAGES else liked)

    # --- pages

    def _ask(
        self, request: Request, words: Translator, guest: Guest, *, problem: str = "",
        typed: Typed | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        said = typed or Typed("", "")
        return self._page(
            request, words, status, mode="ask", problem=problem, tongues=LANGUAGES.values(),
            name=guest.person.name if guest.person else "", consent=self._consent(words).text,
            text=self._text(words), typed_id=said.id[:64],
            typed_name=said.name[:200],
        )  # fmt: skip

    def _camera(
        self, request: Request, capture: PhoneCapture, error: FaceRecError | None = None
    ) -> Response:
        words = self._words(request, capture.language)
        texts = {name: words.gettext(text) for name, text in CAMERA_TEXTS.items()}
        views = [(view.value, words.gettext(_VIEWS[view.value])) for view in STEPS]
        answer = self._page(
            request, words, 409 if error else 200, mode="camera", views=views, longest=LONGEST,
            texts=json.dumps(texts), problem=words.said(error.said) if error else "",
        )  # fmt: skip
        answer.headers["Content-Security-Policy"] = FORMS_WITH_SCRIPT
        return answer

    def _over(self, request: Request, words: Translator, error: FaceRecError) -> Response:
        return self._page(request, words, 410, mode="over", problem=words.said(error.said))

    def _page(
        self, request: Request, words: Translator, status: int = 200, /, **values: object
    ) -> Response:
        shown: dict[str, object] = {"problem": "", "tongues": (), "base": _base(request)}
        title = self._parts().title()
        return render(request, "self_enrol.html", title, status, words=words, **shown | values)


def _base(request: Request) -> str:
    return f"/enrol/{request.path_params['token']}"
