"""``/guardian/TOKEN``: a guardian agrees to be told, refuses, or stops it, without a sign-in.

Opening it changes nothing. A mail program may stop it with one POST (RFC 8058).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.audit.actor import Actor, acting
from face_rec.languages.language import msgid
from face_rec.notices.guardians import guardian_letters
from face_rec.notices.guardians.guardian import Guardian, State
from face_rec.notices.guardians.guardian_service import GuardianService
from face_rec.notices.guardians.telling import ASK, STOP
from face_rec.notices.running.composing import Told
from face_rec.notices.running.links import GUARDIAN, Links, Said
from face_rec.notices.running.texts import Voice
from face_rec.web.base.html import render
from face_rec.web.gate.asking import actor_of

_AGREE: Final = "agree"
_REFUSE: Final = "refuse"
_LABELS: Final = {
    _AGREE: msgid("I agree"),
    _REFUSE: msgid("No, do not write to me"),
    STOP: msgid("Stop these messages"),
}
_ONE_CLICK: Final = "List-Unsubscribe"


@dataclass(frozen=True, slots=True)
class Guarding:
    """What the pages need of the running system."""

    links: Links
    service: GuardianService
    told: Told


def routes(parts: Callable[[], Guarding]) -> list[Route]:
    """``parts`` is asked at every request."""

    async def show(request: Request) -> Response:
        return await to_thread.run_sync(_answered, parts(), request, "")

    async def decide(request: Request) -> Response:
        said = parse_qs((await request.body()).decode("ascii", "replace"))
        wanted = STOP if _ONE_CLICK in said else (said.get("do") or [""])[0]
        return await to_thread.run_sync(_answered, parts(), request, wanted)

    path = f"/{GUARDIAN}/{{token}}"
    return [Route(path, show, methods=["GET"]), Route(path, decide, methods=["POST"])]


def _answered(parts: Guarding, request: Request, wanted: str) -> Response:
    """May ask the database."""
    said = parts.links.read(GUARDIAN, str(request.path_params["token"]))
    found = parts.service.records.find(said.what) if said else None
    if said is None or found is None:
        words = parts.told.voice("").words
        over = words.gettext("This link is over, or was not copied whole.")
        return render(
            request, "guardian.html", parts.told.title(), 410, words=words,
            lines=[over], offers=[], labels={},
        )  # fmt: skip
    voice = parts.told.voice(found[1].language)
    with acting(Actor("a guardian (link)", "link", actor_of(request).address)):
        one = _decided(parts.service, said, found[1], wanted, voice)
    return _page(request, voice, said, one)


def _decided(
    service: GuardianService, said: Said, one: Guardian, wanted: str, voice: Voice
) -> Guardian:
    """As they stand then."""
    if wanted == _AGREE and said.who == ASK:
        return service.agree(one.id, _consent(voice), guardian_letters.VERSION) or one
    if wanted in {_REFUSE, STOP}:
        return service.stop(one.id) or one
    return one


def _consent(voice: Voice) -> str:
    return voice.words.gettext(guardian_letters.CONSENT, site=voice.site)


def _page(request: Request, voice: Voice, said: Said, one: Guardian) -> Response:
    words = voice.words
    offers: list[str] = []
    if one.state is State.STOPPED:
        lines = [words.gettext("You are not written to any more.")]
    elif one.state is State.ASKED:
        lines = [_consent(voice)]
        offers = [_AGREE, _REFUSE] if said.who == ASK else [STOP]
    else:
        lines, offers = _agreed(voice, one), [STOP]
    labels = {name: words.gettext(label) for name, label in _LABELS.items()}
    return render(
        request, "guardian.html", voice.site, words=words, lines=lines, offers=offers,
        labels=labels,
    )  # fmt: skip


def _agreed(voice: Voice, one: Guardian) -> list[str]:
    at = one.agreed_at or one.asked_at
    day = voice.words.day(at.astimezone(voice.zone).date())
    return [
        voice.words.gettext("Thank you. From now on you are told."),
        voice.words.gettext("You agreed to it on {date}.", date=day),
    ]
