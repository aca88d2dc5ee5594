"""Second factors and fresh proofs as people meet them, in a real browser."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests import redis_servers
from tests.browser.support.chromium import Browsers
from tests.browser.support.hand_made import script, send, signed_in
from tests.browser.support.kiosks import register_kiosk
from tests.browser.support.page_state import press, rest
from tests.browser.support.second_factor import (
    FORGOTTEN,
    FactorServer,
    StrictServer,
    VirtualAuthenticator,
    expect_codes,
    give_code,
    secret_on,
)
from tests.browser.support.sign_in import (
    ADMIN,
    PASSWORD,
    GuardedServer,
    as_admin,
    expect_inside,
    new_account,
)

pytestmark = pytest.mark.browser

PATIENCE = 30_000  # ms
PHONE = (390, 844)


@pytest.fixture
def demanding(tmp_path: Path) -> Iterator[FactorServer]:
    with (
        redis_servers.standalone(tmp_path / "redis") as redis,
        StrictServer(tmp_path / "data", tmp_path / "no-pack", redis) as server,
    ):
        yield server


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactorServer]:
    """One server for all tests here that need no factor from the first account on: each has an
    admin of its own."""
    folder = tmp_path_factory.mktemp("free")
    with (
        redis_servers.standalone(folder / "redis") as redis,
        FactorServer(folder / "data", folder / "no-pack", redis) as server,
    ):
        yield server


def _set_up(page: Page, server: GuardedServer) -> None:
    """The first account, as far as its password goes."""
    page.goto(server.setup_link())
    page.get_by_label("Name", exact=True).fill(ADMIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()


def _password(page: Page, server: GuardedServer, name: str = ADMIN) -> None:
    page.goto(f"{server.url}/login")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _sign_out(page: Page, server: GuardedServer) -> None:
    page.goto(f"{server.url}/logout")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()


def _filled_form(page: Page, server: GuardedServer, name: str) -> Locator:
    """The dialog of a new account, ready to be sent."""
    page.goto(f"{server.url}/accounts")
    rest(page)
    press(page.get_by_role("button", name="Add account"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    press(dialog.get_by_text("Of all groups"))
    dialog.get_by_label("First password", exact=True).fill(PASSWORD)
    dialog.get_by_label("First password", exact=True).press("Tab")
    return dialog


def test_a_passkey_from_set_up_to_sign_in_and_the_confirmation_of_an_open_dialog(
    demanding: FactorServer, browse: Browsers
) -> None:
    page = browse.page()
    device = VirtualAuthenticator(page)
    _set_up(page, demanding)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    page.goto(f"{demanding.url}/accounts")  # past it, by the address
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    _password(page, demanding)
    page.get_by_role("link", name="Make a passkey").click()
    page.get_by_role("button", name="Make a passkey").click()
    expect_codes(page)
    expect_inside(page, ADMIN)
    assert len(device.passkeys()) == 1

    _sign_out(page, demanding)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_inside(page, ADMIN)

    dialog = _filled_form(page, demanding, "max")
    demanding.let_proofs_age()
    press(dialog.get_by_role("button", name="Create account"))
    expect(dialog.get_by_text("more than five minutes old")).to_be_visible(timeout=PATIENCE)
    with page.context.expect_page() as opened:
        dialog.get_by_test_id("confirm").click()
    other = opened.value
    beside = VirtualAuthenticator(other)
    for passkey in device.passkeys():
        beside.lend(passkey)
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_text("It is you. Close this tab")).to_be_visible(timeout=PATIENCE)
    other.close()
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("max")
    page.wait_for_timeout(FORGOTTEN * 1000)
    rest(page)
    press(dialog.get_by_role("button", name="Create account"))
    expect(page.get_by_text("max", exact=True)).to_be_visible(timeout=PATIENCE)


def test_nobody_s_finger_makes_or_shows_no_passkey(free: FactorServer, browse: Browsers) -> None:
    page = browse.page(size=PHONE)
    as_admin(page, free)
    device = VirtualAuthenticator(page)
    device.lifted()
    page.goto(f"{free.url}/account/factors/add/passkey")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was confirmed", timeout=PATIENCE)
    assert device.passkeys() == []


@pytest.mark.nightly
def test_an_app_s_code_opens_once_and_half_a_session_opens_nothing(
    free: FactorServer, browse: Browsers
) -> None:
    """Daily: test_a_code_opens_once_also_in_another_process,
    test_half_a_session_opens_nothing_and_no_socket and
    test_a_recovery_code_opens_once_however_it_is_typed (tests/integration/access)."""
    page = browse.page(size=PHONE)
    name = as_admin(page, free)
    page.goto(f"{free.url}/account")
    page.get_by_role("link", name="See and change").click()
    page.get_by_role("link", name="Set one up").click()
    page.get_by_role("link", name="Use an app").click()
    secret = secret_on(page)
    used = pyotp.TOTP(secret).now()
    page.get_by_label("Six digits").fill(used)
    page.get_by_role("button", name="Done").click()
    codes = expect_codes(page)
    expect(page.get_by_text("10 of 10 are left")).to_be_visible()

    _sign_out(page, free)
    _password(page, free, name)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    for path in ("/accounts", "/account/factors", "/account/confirm"):
        page.goto(free.url + path)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    with pytest.raises(InvalidStatus):
        connect(
            f"ws://localhost:{free.port}/_stcore/stream", origin=Origin(free.url),
            additional_headers={"Cookie": cookies}, subprotocols=[Subprotocol("streamlit")],
        )  # fmt: skip

    page.goto(f"{free.url}/login/factor")
    page.get_by_label("Code from your").fill(used)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("used before")
    page.get_by_text("I have lost my phone or key").click()
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Use this code").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{free.url}/account/factors")
    expect(page.get_by_text("9 of 10 are left")).to_be_visible()


def test_without_a_fresh_proof_a_dialog_asks_for_it_before_it_shows_its_form(
    free: FactorServer, browse: Browsers
) -> None:
    page = browse.page()
    as_admin(page, free)
    free.let_proofs_age()
    page.goto(f"{free.url}/accounts")
    rest(page)
    press(page.get_by_role("button", name="Add account"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("confirm that it is still you")).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_label("First password", exact=True)).to_have_count(0)
    dialog.get_by_test_id("confirm").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible(timeout=PATIENCE)
    form = page.get_by_role("dialog").get_by_label("First password", exact=True)
    expect(form).to_be_visible(timeout=PATIENCE)  # by itself
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    page.reload()
    rest(page)
    expect(form).to_have_count(0)  # and once only


@pytest.mark.nightly
def test_a_dialog_that_is_opened_by_a_part_of_the_page_asks_too_and_is_open_again_afterwards(
    free: FactorServer, browse: Browsers
) -> None:
    page = browse.page()
    kiosk = free.fresh("door")
    as_admin(page, free)
    register_kiosk(page, free.url, kiosk)
    free.let_proofs_age()
    page.goto(f"{free.url}/kiosks")
    rest(page)
    press(page.locator(f".st-key-edit_{kiosk} button"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("confirm that it is still you")).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_role("button", name="Save")).to_have_count(0)
    dialog.get_by_test_id("confirm").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    save = page.get_by_role("dialog").get_by_role("button", name="Save")
    expect(save).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(7_000)  # the list behind it draws itself anew every three seconds
    expect(save).to_be_visible()
    page.get_by_role("dialog").get_by_label("Title").fill("Front entrance")
    press(save)
    expect(page.get_by_text("Front entrance")).to_be_visible(timeout=PATIENCE)


@pytest.mark.nightly
def test_an_administrator_resets_a_lost_factor(free: FactorServer, browse: Browsers) -> None:
    """Daily: test_a_reset_takes_everything_away_and_ends_all_sign_ins
    (test_second_factor_demanded)."""
    page = browse.page()
    name = as_admin(page, free)
    page.goto(f"{free.url}/account/factors/add/app")
    give_code(page, secret_on(page))
    expect_codes(page)
    page.goto(f"{free.url}/accounts")
    change = page.locator(f".st-key-change_{name} button")
    card = page.get_by_test_id("stHorizontalBlock").filter(has=change)
    expect(card.get_by_text("Authenticator app")).to_be_visible(timeout=PATIENCE)
    rest(page)
    press(change)
    press(page.get_by_role("dialog").get_by_role("button", name="Reset second factor"))
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible(timeout=PATIENCE)
    _password(page, free, name)
    expect_inside(page, name)


def test_a_message_made_by_hand_does_nothing_once_the_proof_is_old(free: FactorServer) -> None:
    """Whoever holds the cookie can speak to Streamlit without any page of ours around it."""
    form = {"name": new_account(free, ADMIN, "ADMIN", "NO_GROUPS"), "password": PASSWORD}
    with closing(signed_in(free, "/login", form)) as client:
        _old_proofs_do_nothing(free, client)


def _old_proofs_do_nothing(free: FactorServer, client: httpx.Client) -> None:
    before, (max_, mallory, eve) = free.accounts(), map(free.fresh, ("max", "mallory", "eve"))
    wanted: dict[str, str | bool] = {
        "First password": PASSWORD,
        "Of all groups (managers and HR)": True,
    }
    with script(free, client, "accounts") as made:
        made.run("Add account")
        made.run("Create account", {**wanted, "Name": max_})
        assert free.accounts() == before | {max_}
        made.run()
        made.run("Add account")
        free.let_proofs_age()
        said = made.run("Create account", {**wanted, "Name": mallory})
        assert "more than five minutes old" in said
        assert free.accounts() == before | {max_}
        proof = {"do": "password", "code": PASSWORD, "next": "/account/confirmed"}
        send(client, "/account/confirm?next=/account/confirmed", proof)
        time.sleep(FORGOTTEN)
        made.run("Create account", {**wanted, "Name": eve})  # the form is still good for it
        assert free.accounts() == before | {max_, eve}
        free.let_proofs_age()
    with script(free, client, "tokens") as made:
        assert "confirm that it is still you" in made.run("Add token")
        assert "Create token" not in made.ids
