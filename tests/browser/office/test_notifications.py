"""Notifications in a real browser: a mail server, a rule that goes on until somebody takes care of
it, and the link in the mail by which somebody does."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest, still
from tests.browser.support.screens import PATIENCE
from tests.browser.support.server import AppServer
from tests.integration.notices.receiver import Mailbox, mailbox
from tests.redis_servers import wait_until

pytestmark = pytest.mark.browser

LINK = re.compile(r"http://localhost:\d+/acknowledge/\S+")
OUTBOX = """
from contextlib import ExitStack
from face_rec.assembly.storage.redis_connection import connected, start_redis
from face_rec.clock import SystemClock
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
settings = config.load()
with ExitStack() as stack:
    client = connected(start_redis(settings, stack), stack)
    outbox = RedisOutbox(client, settings.site)
"""
FULL = """
    facts = {"check": "disk"}
    at, said = SystemClock().now(), "disk: 0.4 GB free"
    notice = Notice("full", NoticeKind.DISK, at, details=said, facts=facts)
    outbox.publish("browser test", "", "1", [notice])
"""
IN_TIME = """
    (one,) = outbox.all_opened()
    client.zadd(outbox_keys.waiting_due(settings.site), {one.id: 1})
"""
WENT_ON = """
    found = client.zscore(outbox_keys.waiting_due(settings.site), outbox.all_opened()[0].id) > 1
"""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def add_channel(page: Page, name: str, address: str) -> None:
    press(page.get_by_role("button", name="Add channel"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Address").fill(address)
    press(dialog.get_by_role("button", name="Add", exact=True))
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=PATIENCE)


def type_choice(page: Page, label: str, option: str, number: int = 0) -> None:
    """By the keyboard: a list that opens while what it hangs on still moves (an expander that
    unfolds) goes with it, and a press meets what stood there before."""
    field = page.get_by_role("dialog").get_by_label(label).nth(number)
    expect(field).to_be_visible(timeout=PATIENCE)
    still(page)
    rest(page)
    field.focus()
    field.press_sequentially(option)
    expect(page.get_by_role("option", name=option, exact=True)).to_be_visible(timeout=PATIENCE)
    field.press("Enter")
    rest(page)
    page.keyboard.press("Tab")  # which closes the list of a multiselect
    expect(page.get_by_role("option")).to_have_count(0, timeout=PATIENCE)


def _rule(page: Page) -> None:
    press(page.get_by_role("button", name="Add rule"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Machine room")
    dialog.get_by_label("Name").press("Tab")
    press(dialog.get_by_role("button", name="Disk is full or failing"))
    type_choice(page, "By which channels", "Office")
    press(dialog.get_by_text("When, and who is next"))
    type_choice(page, "tell", "Head", 0)
    type_choice(page, "tell", "Office", 1)


def _read(mail: Mailbox, number: int) -> str:
    wait_until(lambda: len(mail.letters) >= number, 60)
    assert len(mail.letters) == number
    return mail.letters[-1]


def _told(server: AppServer) -> Callable[[str], object]:
    return lambda code: server.beside.run(OUTBOX + code)


@pytest.mark.nightly
def test_what_nobody_takes_care_of_goes_on_until_somebody_opens_the_link_of_a_mail(
    demo: AppServer, browse: Browsers, mail: Mailbox
) -> None:
    page, outbox = browse.page(), _told(demo)
    page.goto(f"{demo.url}/notices")
    add_channel(page, "Office", mail.address)
    add_channel(page, "Head", mail.address)
    _rule(page)
    dialog = page.get_by_role("dialog")
    press(dialog.get_by_text("Words and language"))
    preview = page.get_by_test_id("preview-site-disk")
    expect(preview).to_contain_text("Disk is full or failing", timeout=PATIENCE)
    type_choice(page, "Language of its messages", "Deutsch")
    expect(preview).to_contain_text("Datenträger voll oder gestört", timeout=PATIENCE)
    type_choice(page, "Preview in", "العربية")
    expect(preview).to_have_attribute("dir", "rtl", timeout=PATIENCE)
    press(dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text("If nobody acknowledges within 10 min")).to_be_visible()

    outbox(FULL)
    assert "Tut das in 10 Minuten niemand" in _read(mail, 1)
    outbox(IN_TIME)
    second = _read(mail, 2)
    assert "hat das niemand bestätigt" in second
    link = LINK.search(second)
    assert link
    other = browse.page()
    other.goto(link[0])
    other.get_by_role("button", name="I take care of it").click()
    expect(other.get_by_text("Head (link) takes care of it")).to_be_visible()
    expect(page.get_by_text("Head (link)").first).to_be_visible(timeout=PATIENCE)

    outbox(IN_TIME)
    wait_until(lambda: bool(outbox(WENT_ON)), 60)
    assert len(mail.letters) == 2, "somebody takes care of it"
