"""deploy/Caddyfile for real: TLS, a WebSocket, the bound of a body, and its log."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from config import ROOT
from tests.nginx_server import free_port
from tests.redis_servers import wait_until

CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
MEBIBYTE = 2**20


async def _told(request: Request) -> Response:
    """What came: how much, from whom, by which scheme."""
    try:
        length = len(await request.body())
    except ClientDisconnect:  # it was cut at the bound
        return Response(status_code=400)
    said = {name: request.headers.get(name) for name in ("X-Forwarded-For", "X-Forwarded-Proto")}
    return JSONResponse({"length": length, **said}, headers={"Server": "the app"})


async def _turned(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text((await socket.receive_text())[::-1])
    await socket.close()


def _opens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Caddy:
    """It serves in front of ``upstream``. The file is the deployment's own but for ports, the
    place of its certificates, and a bound of one mebibyte."""

    def __init__(self, folder: Path, upstream: int) -> None:
        program = shutil.which("caddy")
        if program is None:
            pytest.skip("no caddy; install the package caddy")
        self.port, self.plain, self._folder = free_port(), free_port(), folder
        here = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {self.plain}\n"
        here += f"\thttps_port {self.port}\n\tstorage file_system {folder}/certificates\n"
        site = CADDYFILE.replace("{\n", here, 1).replace("max_size 513MiB", "max_size 1MiB")
        assert site.count("max_size 1MiB") == 1
        (folder / "Caddyfile").write_text(site, "utf-8")
        self._log = (folder / "log").open("w")
        self._process = subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"],
            env={"HOME": str(folder), "PATH": os.environ["PATH"], "DOMAIN": "localhost",
                 "UPSTREAM": f"127.0.0.1:{upstream}"},
            stderr=self._log,
        )  # fmt: skip
        wait_until(lambda: _opens(self.port), 30)
        wait_until(self._answers, 30)

    def client(self) -> httpx.Client:
        """It takes the certificate that Caddy makes for localhost itself."""
        return httpx.Client(verify=False, base_url=f"https://localhost:{self.port}")  # noqa: S501

    def _answers(self) -> bool:
        """Its certificate is there."""
        try:
            with self.client() as client:
                return bool(client.get("/").status_code)
        except httpx.TransportError:
            return False

    def said(self) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in (self._folder / "log").read_text().splitlines()]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


@pytest.fixture
def upstream() -> Iterator[int]:
    routes = [
        Route("/{path:path}", _told, methods=["GET", "POST"]),
        WebSocketRoute("/live", _turned),
    ]
    port = free_port()
    app = Starlette(routes=routes)
    config = uvicorn.Config(app, port=port, log_level="error", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: _opens(port))
    yield port
    server.should_exit = True
    thread.join(20)


@pytest.mark.heavy
def test_pages_sockets_and_files_pass_caddy_as_they_should(tmp_path: Path, upstream: int) -> None:
    caddy = Caddy(tmp_path, upstream)
    try:
        with caddy.client() as client:
            forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
            answer = client.get("/", headers=forged)
            assert answer.json() == {
                "length": 0, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https",
            }  # fmt: skip
            assert "max-age" in answer.headers["Strict-Transport-Security"]
            assert "Server" not in answer.headers
            assert client.post("/", content=b"x" * MEBIBYTE).json()["length"] == MEBIBYTE
            more = client.post("/", content=b"x" * (MEBIBYTE + 1))
            assert more.status_code in {413, 502}  # 502: the Caddy of Debian 12 and Ubuntu 24.04
        moved = httpx.get(f"http://localhost:{caddy.plain}/people?x=1")
        assert (moved.status_code, moved.headers["Location"]) == (
            308,
            "https://localhost/people?x=1",
        )
        unasked = ssl._create_unverified_context()  # noqa: S323
        with connect(f"wss://localhost:{caddy.port}/live", ssl=unasked) as page:
            page.send("abc")
            assert page.recv(20) == "cba"
    finally:
        caddy.close()


@pytest.mark.heavy
def test_no_link_stands_in_caddys_log_while_the_app_is_away(tmp_path: Path) -> None:
    caddy = Caddy(tmp_path, free_port())
    try:
        with caddy.client() as client:
            led = {"Referer": "https://localhost/setup/s3cret"}
            assert client.get("/my/link/subject.s3cret", headers=led).status_code == 502
    finally:
        caddy.close()
    asked = [line["request"] for line in caddy.said() if "request" in line]
    assert asked[-1]["uri"] == "/my/link/-"
    assert "s3cret" not in (tmp_path / "log").read_text()
