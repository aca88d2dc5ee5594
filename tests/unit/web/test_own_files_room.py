"""Files that people lay beside their requests take no more memory than one of them at a time."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import anyio
import httpx
from anyio import to_thread
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from face_rec.languages.translator import ENGLISH
from face_rec.requests.attachments import Attachments
from face_rec.web.own.files import OwnFiles, routes

_PART = (
    b"--b\r\ncontent-disposition: form-data; name=form_token\r\n\r\nt\r\n--b\r\n"
    b"content-disposition: form-data; name=file; filename=a\r\n\r\n%PDF\r\n--b--\r\n"
)


@dataclass
class Opening:
    """Files are opened slowly; ``most``: at once so far."""

    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    now: int = 0
    most: int = 0

    def add(self, *_: object) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.begun.set()
        assert self.go_on.wait(20)
        self.now -= 1


class Phones:
    def __init__(self) -> None:
        self.opening = Opening()
        parts = OwnFiles(
            lambda _: [], cast("Attachments", self.opening), lambda _: ENGLISH, lambda: "School"
        )
        self._app = Starlette(routes=[*routes(lambda: parts)])
        self.read: list[str] = []

    async def send(self, subject: str) -> None:
        async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"] = {"principal": SimpleNamespace(subject=subject)}
            await self._app(scope, receive, send)

        async def body() -> AsyncIterator[bytes]:
            self.read.append(subject)
            yield _PART

        door = httpx.ASGITransport(app=signed_in)
        async with httpx.AsyncClient(transport=door, base_url="http://x") as phone:
            answer = await phone.post(
                "/my/leave/l1", content=body(),
                headers={"content-type": "multipart/form-data; boundary=b", "cookie": "fr_form=t"},
            )  # fmt: skip
        assert answer.status_code == 303


def test_one_file_of_a_person_is_read_at_a_time_and_one_of_all_is_opened() -> None:
    phones = Phones()

    async def all_at_once() -> None:
        async with anyio.create_task_group() as sending:
            for subject in ("ada", "ada", "bo"):
                sending.start_soon(phones.send, subject)
            await to_thread.run_sync(phones.opening.begun.wait, 20)
            await anyio.wait_all_tasks_blocked()
            read = sorted(phones.read)
            phones.opening.go_on.set()
        assert read == ["ada", "bo"], "the second one of hers waited to be read"

    anyio.run(all_at_once)
    assert sorted(phones.read) == ["ada", "ada", "bo"]
    assert phones.opening.most == 1
