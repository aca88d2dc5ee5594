"""A receiver of webhooks that fails in every way, and one of mail; both real servers."""

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import standardwebhooks
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.redis_servers import free_port


@dataclass
class Receiver:
    """``got``: how often each id was taken; ``said``: what was told of it; ``failing``: share of
    requests that are answered in some wrong way, half of them after the notice was taken."""

    secret: str = ""
    failing: float = 0.0
    status: int = 204
    got: Counter[str] = field(default_factory=Counter)
    said: dict[str, Any] = field(default_factory=dict)
    forged: int = 0
    address: str = ""
    luck: random.Random = field(default_factory=lambda: random.Random(7))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int | None:
        """What to answer; None: hang up."""
        with self.lock:
            fails, before = self.luck.random() < self.failing, self.luck.random() < 0.5
            answer = self.luck.choice([500, 503, 429, 301, None])
            if fails and before:
                return answer
            self._note(headers, body)
            return answer if fails else self.status

    def _note(self, headers: dict[str, str], body: bytes) -> None:
        name, told = headers["webhook-id"], json.loads(body)
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)  # of a fake clock
        signed = standardwebhooks.Webhook(self.secret).sign(name, at, body.decode())
        if signed not in headers["webhook-signature"].split():
            self.forged += 1
            return
        assert self.said.setdefault(name, told) == told, "the same id tells something else"
        self.got[name] += 1


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = receiver.take(headers, body)
            if answer is None:
                self.connection.close()
                return
            self.send_response(answer)
            self.send_header("content-length", "0")
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.address = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """``letters``: subject and text of each, ``to``: whom it went to, ``files``: what was
    attached, by name. ``away``: it takes none."""

    letters: list[str] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    files: list[dict[str, bytes]] = field(default_factory=list)
    away: bool = False
    address: str = ""

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(0)
        if self.away:
            return "451 not now"
        letter = message_from_bytes(envelope.original_content or b"", policy=default)
        self.to.append(list(envelope.rcpt_tos))
        self.headers.append({name.lower(): str(value) for name, value in letter.items()})
        body = letter.get_body(("plain",))
        assert body is not None
        text = body.get_content().replace("\r\n", "\n")
        self.files.append({
            str(one.get_filename()): cast("bytes", one.get_payload(decode=True))
            for one in letter.iter_attachments()
        })  # fmt: skip
        self.letters.append(f"{letter['subject']}\n{text}")
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on this machine."""
    made = Mailbox()
    port = free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        made.address = f"mailto://127.0.0.1:{port}?from=door@example.org&to=office@example.org"
        yield made
    finally:
        controller.stop()
