"""Pages that were open before: a right that is lost is lost in them, and a tab, an upload and a
file are nobody else's. With a running server, a real browser and hand-made requests."""

from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Error, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.sign_in import PASSWORD, GuardedServer, as_admin, enter, new_account

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms
SOON = 5_000  # ms: another process is heard of within seconds


@dataclass
class Listener:
    """What a browser's own socket to Streamlit says: the number of its tab, and the last
    answers."""

    tabs: list[str] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)

    def __call__(self, socket: WebSocket) -> None:
        if "/_stcore/stream" not in socket.url:  # a kiosk's live line speaks otherwise
            return
        socket.on("framereceived", self._came)
        socket.on("framesent", self._went)

    def _came(self, payload: str | bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(payload if isinstance(payload, bytes) else payload.encode())
        if message.WhichOneof("type") == "new_session":
            self.tabs.append(message.new_session.initialize.session_id)

    def _went(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            self.asked.append(payload)


def _cookies(page: Page) -> dict[str, str]:
    return {c["name"]: c["value"] for c in page.context.cookies()}


def _socket(server: GuardedServer, cookies: dict[str, str], *asked: str) -> ClientConnection:
    return connect(
        f"ws://localhost:{server.port}/_stcore/stream",
        origin=Origin(server.url),
        additional_headers={"Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items())},
        max_size=None,
        subprotocols=[Subprotocol(one) for one in ("streamlit", *asked)],
    )


def _said(socket: ClientConnection, *sent: bytes) -> tuple[str, str]:
    """All that the server says to these messages and then to a run of the page, and the number
    of the tab that it says it in."""
    ask = BackMsg()
    ask.rerun_script.page_name = ""  # whatever page this one may open
    for message in (*sent, ask.SerializeToString()):
        socket.send(message)
    said, tab = "", ""
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(_bytes(socket))
        said += str(answer)
        if answer.WhichOneof("type") == "new_session":
            tab = answer.new_session.initialize.session_id
        if answer.WhichOneof("type") == "script_finished":
            return said, tab


def _bytes(socket: ClientConnection) -> bytes:
    came = socket.recv(timeout=60)
    return came if isinstance(came, bytes) else came.encode()


def _fill_new_admin(page: Page, name: str) -> None:
    rest(page)
    press(page.get_by_role("button", name="Add account"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("First password", exact=True).fill(PASSWORD)
    dialog.get_by_label("First password", exact=True).press("Tab")


def _never_made(server: GuardedServer, name: str) -> None:
    server.beside.run(f"assert accounts.get({name!r}) is None")


def _a_file_that_is_only_its_owner_s(admin: Page, own: httpx.Client, thief: httpx.Client) -> str:
    """The address of a CSV that its owner gets before and after the thief got nothing."""
    with admin.expect_download() as came:
        press(admin.get_by_role("button", name="Download CSV"))
    before, stolen, after = (who.get(came.value.url) for who in (own, thief, own))
    assert (before.status_code, stolen.status_code, after.status_code) == (200, 404, 200)
    assert before.headers["cache-control"] == "no-store"
    assert "Olga Office" in before.text
    return came.value.url


# --- an open dialog ----------------------------------------


def test_an_admin_who_is_demoted_creates_nobody_with_the_dialog_left_open(
    guarded: GuardedServer, browse: Browsers
) -> None:
    eve, heard = browse.page(), Listener()
    eve.on("websocket", heard)
    name, mallory = as_admin(eve, guarded), guarded.fresh("mallory")
    eve.goto(f"{guarded.url}/accounts")
    _fill_new_admin(eve, mallory)
    first = len(heard.tabs)
    guarded.beside.run(f"accounts.change({name!r}, Role.KIOSK, ALL_GROUPS, active=True)")
    dialog = eve.get_by_role("dialog")
    with suppress(Error):  # it may be gone already, or go while it is pressed
        dialog.get_by_role("button", name="Create account").click(timeout=2_000)
    expect(eve.get_by_role("dialog").get_by_text("First password")).to_have_count(
        0, timeout=PATIENCE
    )
    expect(eve.get_by_text("Administrator")).to_have_count(0)
    _never_made(guarded, mallory)
    before = heard.tabs[first - 1]
    for _ in range(300):  # the browser comes back by itself, and gets another tab
        if heard.tabs[-1] != before:
            break
        eve.wait_for_timeout(100)
    assert heard.tabs[-1] != before
    # Every message that the browser had sent with the dialog, once more and by hand.
    with _socket(guarded, _cookies(eve), "xsrf", before) as socket:
        said, tab = _said(socket, *heard.asked[-1:])
        assert tab != before
        assert "First password" not in said
    _never_made(guarded, mallory)


@pytest.mark.nightly
def test_in_this_process_a_demoted_admin_s_page_is_over_at_once(
    guarded: GuardedServer, browse: Browsers
) -> None:
    """Daily: test_every_change_of_an_account_ends_its_open_tabs_at_once (test_access_tabs) and
    test_a_role_removed_while_a_page_is_open_is_felt_in_it (test_access)."""
    admin, eve = browse.page(), browse.page()
    as_admin(admin, guarded)
    name = as_admin(eve, guarded)
    eve.goto(f"{guarded.url}/system")
    expect(eve.get_by_text("Settings in force")).to_be_visible(timeout=PATIENCE)
    admin.goto(f"{guarded.url}/accounts")
    rest(admin)
    press(admin.locator(f".st-key-change_{name} button"))
    dialog = admin.get_by_role("dialog")
    choose(dialog.get_by_role("combobox").first, "Registrar", exact=False)
    press(dialog.get_by_role("button", name="Save"))
    expect(eve.get_by_text("Settings in force")).to_have_count(0, timeout=PATIENCE)
    # Its watch leads her to the first page that she may open, with what she may see now.
    expect(eve.get_by_role("heading", name="People", level=1)).to_be_visible(timeout=PATIENCE)
    menu = eve.get_by_test_id("stSidebarNav")
    expect(menu.get_by_text("Register", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(menu.get_by_text("System", exact=True)).to_have_count(0)
    answer = eve.goto(f"{guarded.url}/system")
    assert answer is not None
    assert answer.status == 403


# --- fragments that go on by themselves ----------------------------------------


def test_a_manager_who_is_narrowed_sees_no_other_group_in_what_was_open(
    guarded: GuardedServer, people: None, browse: Browsers
) -> None:
    name, manager = new_account(guarded, "max", "MANAGER"), browse.page()
    enter(manager, guarded, name)
    for page in ("overview", "records", "reports"):
        guarded.beside.run(f"accounts.change({name!r}, Role.MANAGER, ALL_GROUPS, active=True)")
        manager.goto(f"{guarded.url}/{page}")
        expect(manager.get_by_text("Olga Office")).not_to_have_count(0, timeout=PATIENCE)
        expect(manager.get_by_text("Sam Shop")).not_to_have_count(0, timeout=PATIENCE)
        guarded.beside.run(f"accounts.change({name!r}, Role.MANAGER, only('Office'), active=True)")
        expect(manager.get_by_text("Sam Shop")).to_have_count(0, timeout=2 * SOON)
        expect(manager.get_by_text("Olga Office")).not_to_have_count(0, timeout=PATIENCE)


_PEOPLE = """
from uuid import uuid4
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
with assembly.build_attendance_stores(config.load()) as (_, stores):
    there = {one.id for one in stores.people.all()}
    for number, (name, group) in enumerate([("Olga Office", "Office"), ("Sam Shop", "Shop")]):
        subject, id = f"s{number}", f"E{number}"
        if id not in there:
            stores.people.create(Person(subject, id, name, group), (), stores.people.revision())
        event = Event(uuid4().hex, subject, SystemClock().now(), EventKind.PUNCH,
                      Source.VIDEO, "main", score=0.7, margin=0.4)
        stores.marks.apply(event, 0.0)
"""


@pytest.fixture
def people(guarded: GuardedServer) -> None:
    """Two people of two groups, each with a mark of now: one of the test before may be of
    yesterday."""
    guarded.beside.run(_PEOPLE)


# --- a tab, an upload, a file ----------------------------------------


def test_a_kiosk_gets_nothing_of_a_signed_out_admin_s_tab_uploads_and_files(
    guarded: GuardedServer, people: None, browse: Browsers
) -> None:
    admin, heard = browse.page(), Listener()
    admin.on("websocket", heard)
    as_admin(admin, guarded)
    kiosk, mallory = browse.page(), guarded.fresh("mallory")
    enter(kiosk, guarded, new_account(guarded, "tab", "KIOSK"))
    thief = httpx.Client(cookies=_cookies(kiosk), headers={"Origin": guarded.url})
    own = httpx.Client(cookies=_cookies(admin), headers={"Origin": guarded.url})

    admin.goto(f"{guarded.url}/records")
    file = _a_file_that_is_only_its_owner_s(admin, own, thief)

    admin.goto(f"{guarded.url}/accounts")
    _fill_new_admin(admin, mallory)
    tab = heard.tabs[-1]
    upload = f"{guarded.url}/_stcore/upload_file/{tab}/f1"
    for method in ("PUT", "DELETE"):
        assert thief.request(method, upload, files={"file": b"x"}).status_code in {403, 404}

    with _socket(guarded, _cookies(kiosk), "xsrf", tab) as socket:
        said, got = _said(socket, *heard.asked[-1:])
    assert got != tab
    assert "First password" not in said
    expect(admin.get_by_role("dialog")).to_be_visible()  # nor is its owner thrown out
    admin.goto(f"{guarded.url}/logout")
    admin.get_by_role("button", name="Sign out").click()
    expect(admin.get_by_label("Password", exact=True)).to_be_visible(timeout=PATIENCE)
    # Streamlit keeps the tab for two minutes more.
    with _socket(guarded, _cookies(kiosk), "xsrf", tab) as socket:
        said, got = _said(socket, *heard.asked[-1:])
    assert got != tab
    assert "First password" not in said
    assert own.get(file).status_code in {401, 303}
    assert thief.get(file).status_code == 404
    assert own.put(upload, files={"file": b"x"}).status_code == 401
    with pytest.raises(InvalidStatus):
        _socket(guarded, dict(own.cookies), "xsrf", tab)
    _never_made(guarded, mallory)


def test_a_page_that_was_open_hands_out_its_file_without_whoever_was_erased_since(
    guarded: GuardedServer, people: None, browse: Browsers
) -> None:
    admin = browse.page()
    as_admin(admin, guarded)
    admin.goto(f"{guarded.url}/reports")
    rest(admin)
    button = admin.get_by_role("button", name="CSV", exact=True)
    with admin.expect_download() as came:
        press(button)
    assert "Sam Shop" in came.value.path().read_text("utf-8-sig")
    guarded.beside.run("""
with assembly.build_attendance_stores(config.load()) as (_, stores):
    stores.people.delete("s1")
""")
    with admin.expect_download() as came:
        press(button)
    said = came.value.path().read_text("utf-8-sig")
    assert "Olga Office" in said
    assert "Sam Shop" not in said
