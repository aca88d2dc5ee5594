"""``/my/leave/REQUEST``: what somebody lays beside their own request for leave.

A page of our own, not Streamlit's, so that a file is bounded before it is read and never lies in
a session. Whose it is says the sign-in: no address names a person. A file goes out as a download
that no browser runs or shows in a page of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, Lock, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from face_rec.domain.errors import CorrectionRefused
from face_rec.languages.language import accepted, msgid
from face_rec.languages.translator import Translator
from face_rec.requests.attachment import LARGEST, MOST
from face_rec.requests.attachments import Attachments
from face_rec.requests.request import LeaveRequest, Standing
from face_rec.web.base.forms import checked_file, checked_form
from face_rec.web.base.headers import PRIVATE_FILE
from face_rec.web.base.html import render

TYPES: Final = {"jpg": "image/jpeg", "pdf": "application/pdf"}
_TITLES: Final = {"jpg": msgid("Picture {number}"), "pdf": msgid("PDF file {number}")}
_GONE: Final = msgid("This request is not there any more. Reload the page.")
_NONE: Final = msgid("Choose a file first.")


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """What the pages need of the running system. ``of``: a person's requests for leave; may wait
    for the database. ``words``: what is said in the language of a code; None: the site's."""

    of: Callable[[str], list[LeaveRequest]]
    attachments: Attachments
    words: Callable[[str | None], Translator]
    title: Callable[[], str]


def routes(parts: Callable[[], OwnFiles]) -> list[Route]:
    """``parts`` is asked at every request."""
    pages, path = _Pages(parts), "/my/leave/{request_id}"
    return [
        Route(path, pages.show, methods=["GET"]),
        Route(path, pages.add, methods=["POST"]),
        Route(f"{path}/{{name}}", pages.take, methods=["GET"]),
        Route(f"{path}/{{name}}", pages.remove, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, parts: Callable[[], OwnFiles]) -> None:
        self._parts = parts
        self._sending: WeakValueDictionary[str, Lock] = WeakValueDictionary()  # by subject
        self._opens = CapacityLimiter(1)  # a small file may be a picture of 50 megapixels

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def add(self, request: Request) -> Response:
        """One file of a person at a time: the next one is not read before."""
        async with self._sending.setdefault(_subject(request), Lock()):
            return await self._added(request)

    async def _added(self, request: Request) -> Response:
        data = await checked_file(request, "file", LARGEST)
        if not data:
            return await self._page(request, _NONE)
        add = self._parts().attachments.add
        work = partial(add, _subject(request), _request_id(request), data)
        try:
            await to_thread.run_sync(work, limiter=self._opens)
        except CorrectionRefused as error:
            return await self._page(request, error.said)
        return RedirectResponse(f"/my/leave/{_request_id(request)}", 303)

    async def remove(self, request: Request) -> Response:
        await checked_form(request)
        work = self._parts().attachments.remove
        try:
            await to_thread.run_sync(work, _subject(request), _request_id(request), _name(request))
        except CorrectionRefused as error:
            return await self._page(request, error.said)
        return RedirectResponse(f"/my/leave/{_request_id(request)}", 303)

    async def take(self, request: Request) -> Response:
        work, name = self._parts().attachments.read, _name(request)
        try:
            data = await to_thread.run_sync(work, _subject(request), _request_id(request), name)
        except CorrectionRefused:
            return PlainTextResponse("There is no such file.", 404, PRIVATE_FILE)
        kept = {**PRIVATE_FILE, "Content-Disposition": f'attachment; filename="{file_name(name)}"'}
        return Response(data, media_type=TYPES[_ending(name)], headers=kept)

    async def _page(self, request: Request, problem: str = "") -> Response:
        parts = self._parts()
        words = parts.words(accepted(request.headers.get("accept-language", "")))
        found = await to_thread.run_sync(parts.of, _subject(request))
        one = next((leave for leave in found if leave.id == _request_id(request)), None)
        if one is None:
            return render(
                request, "message.html", parts.title(), 404, words=words,
                heading=msgid("Attachments"), text=_GONE,
            )  # fmt: skip
        return render(
            request, "own_files.html", parts.title(), 400 if problem else 200, words=words,
            problem=words.gettext(problem) if problem else "", kind=one.kind,
            days=_days(one, words), request_id=one.id, files=_files(one, words),
            waits=one.standing is Standing.ASKED, room=_room(one),
        )  # fmt: skip


def file_name(name: str) -> str:
    """What a browser calls it: nothing of its person or request."""
    return f"attachment.{_ending(name)}"


def _room(one: LeaveRequest) -> bool:
    return one.standing in (Standing.ASKED, Standing.APPROVED) and len(one.attached) < MOST


def _files(one: LeaveRequest, words: Translator) -> list[dict[str, str]]:
    return [
        {"name": name, "title": words.gettext(_TITLES[_ending(name)], number=number)}
        for number, name in enumerate(one.attached, 1)
    ]


def _days(one: LeaveRequest, words: Translator) -> str:
    first, last = words.day(one.first), words.day(one.last)
    return first if first == last else f"{first} – {last}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def _subject(request: Request) -> str:
    subject: str = request.state.principal.subject
    return subject


def _request_id(request: Request) -> str:
    return str(request.path_params["request_id"])


def _name(request: Request) -> str:
    return str(request.path_params["name"])
