"""Who may do what, in a real browser: set-up, roles, kiosks, and sockets without the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.browser.support.chromium import Browsers
from tests.browser.support.kiosks import add_kiosk
from tests.browser.support.page_state import press, rest
from tests.browser.support.sign_in import (
    PASSWORD,
    GuardedServer,
    as_admin,
    enter,
    first_admin,
    new_account,
    sign_in,
)
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms
HTML = {"Content-Type": "text/html"}
REFUSED = "socket_message_refused"  # as the log says it
PAGES = ("overview", "records", "people", "register", "models", "system", "accounts", "kiosks",
         "tokens", "audit", "notices", "cameras", "wall")  # fmt: skip


@pytest.fixture
def unclaimed(tmp_path: Path, material: Material) -> Iterator[GuardedServer]:
    with GuardedServer(tmp_path / "data", material.pack) as server:
        yield server


def _cookies(page: Page) -> str:
    return "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())


@contextmanager
def _socket(server: GuardedServer, cookies: str, **headers: str) -> Iterator[ClientConnection]:
    url = f"ws://localhost:{server.port}/_stcore/stream"
    sent = {"Origin": server.url, "Cookie": cookies} | headers
    origin = sent.pop("Origin")
    with connect(
        url, origin=origin or None, additional_headers=sent, max_size=None,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
    ) as socket:  # fmt: skip
        yield socket


def _ask(socket: ClientConnection, page: str) -> None:
    """As a program would that knows Streamlit's protocol."""
    ask = BackMsg()
    ask.rerun_script.page_name = page
    ask.rerun_script.page_script_hash = calc_hash(page)
    socket.send(ask.SerializeToString())


def _shown(socket: ClientConnection, page: str) -> str:
    """All that the server sends for ``page`` when a program asks for it."""
    _ask(socket, page)
    said = ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(socket.recv(timeout=30)))  # type: ignore[arg-type]
        said += str(message)
        if message.WhichOneof("type") == "script_finished":
            return said


def _shown_instead(server: GuardedServer, socket: ClientConnection, page: str, own: str) -> str:
    """All that comes when a program asks for ``page``, whose request must be refused, and then
    for a page of its ``own``: the connection lives on. The second waits for the refusal, because
    Streamlit makes one run of two requests that are close together."""
    before = server.logged().count(REFUSED)
    _ask(socket, page)
    tick = Event()
    for _ in range(100):
        if server.logged().count(REFUSED) > before:
            return _shown(socket, own)
        tick.wait(0.3)
    raise AssertionError(f"the request for {page} was not refused")


def _told_of_policy(page: Page) -> list[str]:
    """What the browser complains of from now on."""
    told: list[str] = []
    page.on("console", lambda m: told.append(m.text) if "Security Policy" in m.text else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told


def _add_manager(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts")
    rest(page)
    press(page.get_by_role("button", name="Add account"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("max")
    press(dialog.get_by_text("Of all groups (managers and HR)"))
    dialog.get_by_label("First password", exact=True).fill(PASSWORD)
    dialog.get_by_label("First password", exact=True).press("Tab")
    press(dialog.get_by_role("button", name="Create account"))
    expect(page.get_by_text("max", exact=True)).to_be_visible(timeout=PATIENCE)


def test_set_up_then_a_manager_who_cannot_register_by_menu_address_or_socket(
    unclaimed: GuardedServer, browse: Browsers
) -> None:
    guarded, admin = unclaimed, browse.page()
    told = _told_of_policy(admin)
    link = guarded.setup_link()
    admin.goto(guarded.url)
    expect(admin.get_by_text("has no account yet")).to_be_visible()
    first_admin(admin, guarded)
    assert browse.page().goto(link).status == 410  # type: ignore[union-attr]
    _add_manager(admin, guarded.url)
    assert told == []

    manager = browse.page()
    sign_in(manager, guarded.url, "max")
    menu = manager.get_by_test_id("stSidebarNav")
    expect(menu.get_by_text("Records")).to_be_visible()
    expect(menu.get_by_text("Register")).to_have_count(0)
    answer = manager.goto(f"{guarded.url}/register")
    assert answer is not None
    assert answer.status == 403
    with _socket(guarded, _cookies(manager)) as socket:
        said = _shown_instead(guarded, socket, "register", own="records")
        assert "Records" in said
        assert "Save person" not in said
    with _socket(guarded, _cookies(admin)) as socket:
        assert "Save person" in _shown(socket, "register")


def test_no_page_and_no_socket_answers_without_a_sign_in(guarded: GuardedServer) -> None:
    for cookies in ("", "fr_session=guessed", "fr_kiosk=front-door.guessed"):
        with pytest.raises(InvalidStatus), _socket(guarded, cookies):
            pass


def test_a_socket_from_another_site_is_refused(guarded: GuardedServer, browse: Browsers) -> None:
    page = browse.page()
    as_admin(page, guarded)
    for origin in ("https://evil.example", "null", ""):
        with (
            pytest.raises(InvalidStatus),
            _socket(guarded, _cookies(page), Origin=origin),
        ):
            pass


def test_a_page_that_breaks_a_rule_of_its_security_policy_fails_its_test(browse: Browsers) -> None:
    """Whichever test opens it; see ``Browsers.errors``."""
    page, refused = browse.page(), {"Content-Security-Policy": "script-src 'none'"}
    body = "<script>window.ran = true</script>"
    page.route("**", lambda route: route.fulfill(body=body, headers=refused | HTML))
    with page.expect_console_message():
        page.goto("http://localhost/")
    (told,) = browse.errors
    assert "Security Policy" in told
    browse.errors.clear()


@pytest.mark.nightly
def test_no_page_breaks_a_rule_of_its_own_security_policy(
    guarded: GuardedServer, browse: Browsers
) -> None:
    """Daily: each page that any test opens fails it so (Browsers), and those of the menu are
    opened by tests/browser/office/test_nobody_shut_out.py."""
    page = browse.page()
    told = _told_of_policy(page)
    sign_in(page, guarded.url, new_account(guarded, "ada", "ADMIN", "NO_GROUPS"))
    for name in PAGES:
        page.goto(f"{guarded.url}/{name}")
        expect(page.locator("h1")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
        expect(page.get_by_role("dialog")).to_have_count(0)  # such as "Page not found"
    assert told == []


def test_a_kiosk_s_link_works_once_and_revoking_it_stops_the_kiosk_within_seconds(
    guarded: GuardedServer, browse: Browsers
) -> None:
    admin, kiosk = browse.page(), guarded.fresh("door")
    as_admin(admin, guarded)
    link = add_kiosk(admin, guarded.url, kiosk)
    assert link

    tablet = browse.page()
    tablet.goto(link)
    tablet.get_by_role("button", name="Start this kiosk").click()
    expect(tablet.get_by_text("Look at the camera", exact=True)).to_be_visible(timeout=PATIENCE)
    assert f"kiosk={kiosk}" in tablet.url
    assert tablet.get_by_test_id("account").count() == 0
    tablet.goto(f"{guarded.url}/records")
    expect(tablet.get_by_text("Look at the camera", exact=True)).to_be_visible(timeout=PATIENCE)
    other = browse.page()
    assert other.goto(link).status == 410  # type: ignore[union-attr]
    with _socket(guarded, _cookies(tablet)) as socket:
        said = _shown_instead(guarded, socket, "records", own="take_attendance")
        assert "Look at the camera" in said
        assert "Download CSV" not in said

    card = admin.locator(f".st-key-kiosk_{kiosk}")
    expect(card.get_by_text("Alive")).to_be_visible(timeout=PATIENCE)
    rest(admin)
    press(card.get_by_role("button", name="Revoke"))
    press(admin.get_by_role("dialog").get_by_role("button", name="Revoke"))
    expect(tablet.get_by_text("no longer a kiosk")).to_be_visible(timeout=15_000)


def test_a_role_removed_while_a_page_is_open_is_felt_in_it(
    guarded: GuardedServer, browse: Browsers
) -> None:
    admin, manager = browse.page(), browse.page()
    as_admin(admin, guarded)
    name = new_account(guarded, "max", "MANAGER")
    enter(manager, guarded, name)
    manager.goto(f"{guarded.url}/records")
    expect(manager.get_by_role("heading", name="Records")).to_be_visible(timeout=PATIENCE)
    admin.goto(f"{guarded.url}/accounts")
    rest(admin)
    press(admin.locator(f".st-key-change_{name} button"))
    dialog = admin.get_by_role("dialog")
    press(dialog.get_by_text("May sign in"))
    press(dialog.get_by_role("button", name="Save"))
    expect(manager.get_by_text("Your sign-in has ended")).to_be_visible(timeout=15_000)
