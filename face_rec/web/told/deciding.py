"""``/decide/TOKEN``: whoever was written to about a request decides it, without a sign-in, for
exactly that.

Opening it changes nothing: mail programs look at links before a person does. Who has the link
decides in the name of the account that it was made for, as long as that account may decide about
this person at that moment; a link that was made before all sign-ins of the account were ended is
over. What is decided nobody decides again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.accounts.deciding import Decider, Deciders
from face_rec.access.audit.actor import Actor, acting
from face_rec.clock import Clock
from face_rec.domain.errors import AttendanceError, NotAllowed
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.notices.running import texts
from face_rec.notices.running.composing import Told
from face_rec.notices.running.links import DECIDE, Links, Said
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request import Asked, LeaveRequest, OwnRequest, Standing, SwapRequest
from face_rec.requests.request_service import RequestService
from face_rec.requests.swap_service import SwapService
from face_rec.web.base.html import render
from face_rec.web.gate.asking import actor_of

APPROVE: Final = "approve"
DECLINE: Final = "decline"
_OVER: Final = msgid("This link is over, or was not copied whole.")
_BECAME: Final = {
    Standing.APPROVED: msgid("This was approved by {who}."),
    Standing.DECLINED: msgid("This was declined by {who}."),
    Standing.TAKEN_BACK: msgid("The person has taken this back."),
    Standing.CANCELLED: msgid("This leave was undone."),
}


@dataclass(frozen=True, slots=True)
class Deciding:
    """What the pages need of the running system."""

    links: Links
    people: PeopleReader
    requests: RequestService
    leave: LeaveService
    swaps: SwapService
    deciders: Deciders
    told: Told
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Case:
    """One request, whom it is of, and who decides."""

    person: Person
    request: Asked
    by: Decider


def routes(parts: Callable[[], Deciding]) -> list[Route]:
    """``parts`` is asked at every request."""

    async def show(request: Request) -> Response:
        return await to_thread.run_sync(_answered, parts(), request, "", "")

    async def decide(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("ascii", "replace"))
        wanted, note = ((form.get(name) or [""])[0] for name in ("do", "note"))
        return await to_thread.run_sync(_answered, parts(), request, wanted, note)

    path = f"/{DECIDE}/{{token}}"
    return [Route(path, show, methods=["GET"]), Route(path, decide, methods=["POST"])]


def _answered(parts: Deciding, request: Request, wanted: str, note: str) -> Response:
    """May ask the database."""
    said = parts.links.read(DECIDE, str(request.path_params["token"]))
    case, problem = _case(parts, said), ""
    if case is None:
        over = parts.told.voice("").words.gettext(_OVER)
        return _page(parts, request, [over], status=410)
    if wanted in {APPROVE, DECLINE}:
        with acting(Actor(case.by.name, "link", actor_of(request).address)):
            problem = _decided(parts, case, wanted, note)
        case = _case(parts, said) or case
    waits = case.request.waits(parts.clock.now())  # also where an approval was cut off
    lines = [*_about(parts, case), *([] if waits else [_became(parts, case)])]
    return _page(parts, request, lines, problem=problem, ask=waits, note=note)


def _case(parts: Deciding, said: Said | None) -> _Case | None:
    """None for a link of whoever may not decide about it, now."""
    if said is None:
        return None
    epoch, _, account = said.who.partition(":")
    found, by = parts.requests.records.find(said.what), parts.deciders.named(account)
    if found is None or by is None or str(parts.deciders.epoch(account)) != epoch:
        return None
    try:
        return _Case(by.check(parts.people.get(found[0])), found[1], by)
    except NotAllowed:
        return None


def _decided(parts: Deciding, case: _Case, wanted: str, note: str) -> str:
    """Why it was not done, or ""."""
    service = _service(parts, case.request)
    act = service.approve if wanted == APPROVE else service.decline
    try:
        act(case.person.subject, case.request.id, case.by, note)
    except (AttendanceError, NotAllowed) as error:
        return parts.told.voice("").words.said(error.said)
    return ""


def _service(parts: Deciding, one: Asked) -> RequestService | LeaveService | SwapService:
    if isinstance(one, LeaveRequest):
        return parts.leave
    return parts.swaps if isinstance(one, SwapRequest) else parts.requests


def _about(parts: Deciding, case: _Case) -> list[str]:
    """Who asks for what, and why."""
    words, one = parts.told.voice("").words, case.request
    who = f"{case.person.name} ({case.person.id})"
    reason = parts.requests.records.text(one.id, one.reason)
    if isinstance(one, LeaveRequest):
        said = _leave(parts, case.person, one)
    elif isinstance(one, SwapRequest):
        said = _swap(parts, case.person, one)
    else:
        said = [_mark(parts, one)]
    return [who, *said, *([f"“\u2068{reason}\u2069”"] if reason else []), *_for(words, case)]


def _for(words: Translator, case: _Case) -> list[str]:
    group = case.person.group
    if case.by.groups.holds(group):
        return []
    return [words.gettext("You decide as {who}.", who=case.by.signed(group))]


def _leave(parts: Deciding, person: Person, one: LeaveRequest) -> list[str]:
    words = parts.told.voice("").words
    when = words.day(one.first)
    if one.last != one.first:
        when = f"{when} – {words.day(one.last)}"
    days = words.gettext("Days: {days}", days=words.number(one.days))
    shown = parts.leave.look(person.subject, one.id)
    left = [
        words.gettext(
            "Left in {year} when all is approved: {days}",
            year=str(balance.year), days=words.number(balance.left),
        )
        for balance in (shown.balances if shown else ())
    ]  # fmt: skip
    return [f"{one.kind}: {when}", days, *left]


def _swap(parts: Deciding, person: Person, one: SwapRequest) -> list[str]:
    words, found = parts.told.voice("").words, parts.swaps.look(person.subject, one.id)
    other = found.other.name if found and found.other else "–"
    day = words.day(one.day)
    if one.back is None:
        return [words.gettext("{name} takes the shift of {day}.", name=other, day=day)]
    back = words.day(one.back)
    return [
        words.gettext(
            "{name} takes the shift of {day}, in exchange for theirs of {back}.",
            name=other, day=day, back=back,
        )
    ]  # fmt: skip


def _mark(parts: Deciding, one: OwnRequest) -> str:
    voice = parts.told.voice("")
    at = one.wish.at.astimezone(voice.zone)
    when = f"{voice.words.day(at.date())}, {texts.clock_time(one.wish.at, voice)}"
    if one.wish.event:
        return voice.words.gettext("The mark of {time} should not count.", time=when)
    return voice.words.gettext("A mark is missing: {time}", time=when)


def _became(parts: Deciding, case: _Case) -> str:
    one = case.request
    return parts.told.voice("").words.gettext(_BECAME[one.standing], who=one.by or "–")


def _page(
    parts: Deciding,
    request: Request,
    lines: list[str],
    *,
    status: int = 200,
    problem: str = "",
    ask: bool = False,
    note: str = "",
) -> Response:
    voice = parts.told.voice("")
    return render(
        request, "deciding.html", voice.site, status, words=voice.words, lines=lines,
        problem=problem, ask=ask, note=note,
    )  # fmt: skip
