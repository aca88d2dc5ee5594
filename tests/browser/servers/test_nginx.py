"""deploy/nginx.conf for real: TLS on this machine in front of the app with accounts."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.hand_made import send
from tests.browser.support.kiosks import linked_kiosk
from tests.browser.support.sign_in import (
    PASSWORD,
    GuardedServer,
    ServerWithoutModel,
    new_account,
    sign_in,
)
from tests.nginx_server import Nginx, free_port, in_front_of

pytestmark = [pytest.mark.browser, pytest.mark.models]


@pytest.fixture
def nginx(tmp_path: Path, guarded: GuardedServer) -> Iterator[Nginx]:
    with in_front_of(guarded.port, tmp_path / "nginx") as proxy:
        yield proxy


def _client(nginx: Nginx) -> httpx.Client:
    """It takes the self-signed certificate."""
    return httpx.Client(verify=False, base_url=nginx.url, headers={"Origin": nginx.url})  # noqa: S501


def test_sign_in_pages_and_http_frames_work_behind_nginx(
    nginx: Nginx, guarded: GuardedServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    page = browse.page(camera, trusting=True)  # as a tablet does that was told to
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    sign_in(page, nginx.url, new_account(guarded, "ada", "ADMIN", "NO_GROUPS"))
    assert sockets
    assert all(url.startswith(f"wss://localhost:{nginx.port}/_stcore/") for url in sockets)

    ours = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("__Host-")]
    assert ours
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in ours)

    kiosk = guarded.fresh("door")
    linked_kiosk(guarded, kiosk)
    with page.expect_response(lambda answer: "/frames?" in answer.url) as waiting:
        page.goto(f"{nginx.url}/take_attendance?kiosk={kiosk}&transport=http")
    assert waiting.value.status == 200
    expect(page.get_by_test_id("kiosk-status")).to_contain_text("over HTTP", timeout=40_000)
    page.goto("about:blank")


def test_files_come_compressed_and_are_kept_behind_nginx_too(
    nginx: Nginx, guarded: GuardedServer
) -> None:
    form = {"name": new_account(guarded, "ada", "ADMIN", "NO_GROUPS"), "password": PASSWORD}
    with _client(nginx) as client:
        send(client, "/login", form)
        shell = client.get("/", headers={"Accept-Encoding": "gzip, br"})
        assert (shell.status_code, shell.headers["content-encoding"]) == (200, "br")
        scripts = re.findall(r'src="\./(static/js/[^"]+)"', shell.text)
        assert scripts
        (streamlit,) = [one for one in scripts if "/mending." not in one]
        answer = client.get(f"/{streamlit}", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["content-encoding"] == "br"
        assert "immutable" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) < len(answer.content) / 3


def test_requests_pass_nginx_as_they_should_before_and_at_the_set_up(tmp_path: Path) -> None:
    with (
        ServerWithoutModel(tmp_path / "data", tmp_path / "no-pack") as server,
        in_front_of(server.port, tmp_path / "nginx") as nginx,
        _client(nginx) as client,
    ):
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
        far = client.get(f"http://127.0.0.1:{server.port}/login", headers=near)
        assert far.status_code == 403
        # 50 MB get through to the app, which knows better than nginx what is too much.
        large = client.post(
            f"{nginx.url}/login", content=b"x" * 50_000_000, headers={"Origin": nginx.url}
        )
        assert large.text == "The request is too large."
        form = {"name": "ada", "password": PASSWORD, "again": PASSWORD}
        made = send(client, urlsplit(server.setup_link()).path, form)
        assert made.status_code == 303, made.text
        assert any(name.startswith("__Host-") for name in client.cookies)


def test_no_link_stands_in_nginx_s_logs_not_even_while_the_app_is_away(tmp_path: Path) -> None:
    proxy = Nginx(tmp_path, free_port())
    process = proxy.start()
    try:
        with _client(proxy) as client:
            for url in (
                f"{proxy.plain_url}/my/link/subject.s3cret",
                "/calendar/subject.s3cret.ics",
            ):
                client.get(url)
            client.get("/access.css?x", headers={"Referer": f"{proxy.url}/setup/s3cret"})
    finally:
        process.terminate()
        process.wait(10)
    logged = {path.name: path.read_text() for path in tmp_path.glob("*.log")}
    for shown in ("GET /my/link/- ", "GET /calendar/- ", "GET /access.css?x "):
        assert shown in logged["access.log"]
    assert "s3cret" not in "".join(logged.values()), "whoever reads a log could use it"
