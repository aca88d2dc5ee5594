"""deploy/nginx.conf for real: TLS on this machine in front of the app with accounts."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from config import ROOT
from face_rec.cli.tls import write_pair
from tests.browser.chromium import Browsers
from tests.browser.conftest import Cast
from tests.browser.fake_camera import Shot, make_camera
from tests.browser.kiosks import register_kiosk
from tests.browser.sign_in import PASSWORD, GuardedServer, expect_inside, first_admin
from tests.data import Material
from tests.redis_servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.models]


class Nginx:
    """nginx as deploy/nginx.conf has it, with the names and ports of this machine."""

    def __init__(self, folder: Path, app_port: int) -> None:
        self.port, self._plain = _free_port(), _free_port()
        self._folder = folder
        cert, key = write_pair(folder / "tls", ["localhost", "127.0.0.1"], datetime.now(UTC))
        site = (ROOT / "deploy/nginx.conf").read_text("utf-8")
        for old, new in (
            ("127.0.0.1:8501", f"127.0.0.1:{app_port}"),
            ("listen [::]:443 ssl http2;", ""),
            ("listen [::]:80;", ""),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("listen 80", f"listen 127.0.0.1:{self._plain}"),
            ("attendance.example.org", "localhost"),
            ("/etc/ssl/face-attendance/cert.pem", str(cert)),
            ("/etc/ssl/face-attendance/key.pem", str(key)),
        ):
            assert old in site
            site = site.replace(old, new)
        temps = "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/error.log; daemon off; master_process off;\n"
            f"events {{}} http {{ access_log off; {temps}\n{site}\n}}"
        )

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def plain_url(self) -> str:
        return f"http://localhost:{self._plain}"

    def start(self) -> "subprocess.Popen[bytes]":
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if program is None:
            pytest.skip("no nginx; install the package nginx")
        process = subprocess.Popen([program, "-c", str(self._folder / "nginx.conf")])
        wait_until(lambda: _open(self.port))
        return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def guarded(tmp_path: Path, material: Material) -> Iterator[GuardedServer]:
    with GuardedServer(tmp_path / "data", material.pack) as server:
        yield server


@pytest.fixture
def nginx(tmp_path: Path, guarded: GuardedServer) -> Iterator[Nginx]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    proxy = Nginx(folder, guarded.port)
    process = proxy.start()
    yield proxy
    process.terminate()
    process.wait(10)


class _Behind(GuardedServer):
    """The same app as one sees it through the proxy."""

    def __init__(self, server: GuardedServer, proxy: Nginx) -> None:
        self._server, self._proxy = server, proxy

    def setup_link(self) -> str:
        return re.sub(r"^https?://[^/]+", self._proxy.url, self._server.setup_link())


def _page(browse: Browsers, camera: Path) -> Page:
    """A page that takes the self-signed certificate, as a tablet does that was told to."""
    browser = browse.page(camera).context.browser
    assert browser is not None
    context = browser.new_context(ignore_https_errors=True, permissions=["camera"])
    context.set_default_timeout(20_000)
    return context.new_page()


def test_sign_in_pages_and_http_frames_work_behind_nginx(
    nginx: Nginx, guarded: GuardedServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    page = _page(browse, make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)]))
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    first_admin(page, _Behind(guarded, nginx))
    expect_inside(page, "ada")
    assert sockets
    assert all(url.startswith(f"wss://localhost:{nginx.port}/_stcore/") for url in sockets)

    ours = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("__Host-")]
    assert ours
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in ours)

    register_kiosk(page, nginx.url)
    with page.expect_response(lambda answer: "/frames?" in answer.url) as waiting:
        page.goto(f"{nginx.url}/take_attendance?kiosk=front-door&transport=http")
    assert waiting.value.status == 200
    expect(page.get_by_test_id("kiosk-status")).to_contain_text("over HTTP", timeout=40_000)
    page.goto("about:blank")


def test_files_come_compressed_and_are_kept_behind_nginx_too(
    nginx: Nginx, guarded: GuardedServer
) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "face_rec", "users", "add", "ada", "--role", "admin"],
        cwd=ROOT, env=guarded.environment(), input=f"{PASSWORD}\n{PASSWORD}\n", text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with httpx.Client(verify=False, base_url=nginx.url) as client:  # noqa: S501 - self-signed
        page = client.get("/login").text
        token = page.partition('name="form_token" value="')[2].partition('"')[0]
        form = {"form_token": token, "name": "ada", "password": PASSWORD}
        client.post("/login", data=form, headers={"Origin": nginx.url})
        shell = client.get("/", headers={"Accept-Encoding": "gzip, br"})
        assert (shell.status_code, shell.headers["content-encoding"]) == (200, "br")
        scripts = re.findall(r'src="\./(static/js/[^"]+)"', shell.text)
        assert scripts
        answer = client.get(f"/{scripts[0]}", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["content-encoding"] == "br"
        assert "immutable" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) < len(answer.content) / 3


def test_requests_pass_nginx_as_they_should(nginx: Nginx, guarded: GuardedServer) -> None:
    with httpx.Client(verify=False, follow_redirects=False) as client:  # noqa: S501 - self-signed
        moved = client.get(f"{nginx.plain_url}/people?x=1")
        assert moved.status_code == 301
        assert moved.headers["location"].startswith("https://localhost")
        asked = client.get(f"{nginx.url}/", headers={"Accept": "text/html"})
        assert (asked.status_code, asked.headers["location"]) == (303, "/login")
        assert "max-age" in asked.headers["strict-transport-security"]
        # Nobody is nearer than they are: what a visitor says of itself is thrown away. No
        # account exists yet, and until then only this machine is let in.
        near = {"X-Forwarded-For": "203.0.113.9"}
        assert client.get(f"{nginx.url}/login", headers=near).status_code == 200
        far = client.get(f"http://127.0.0.1:{guarded.port}/login", headers=near)
        assert far.status_code == 403
        # 50 MB get through to the app, which knows better than nginx what is too much.
        large = client.post(
            f"{nginx.url}/login", content=b"x" * 50_000_000, headers={"Origin": nginx.url}
        )
        assert large.text == "The request is too large."
