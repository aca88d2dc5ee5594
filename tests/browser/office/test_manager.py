"""The manager's job in a real browser: find a day, correct it, see why, take the month away."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.screens import PATIENCE
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser

REASON = "Came by the side door; the team lead saw her"


class DaysScreen:
    """/records?view=Days"""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/records?view=Days")
        expect(page.get_by_label("Person", exact=True)).to_be_visible(timeout=PATIENCE)

    def choose(self, label: str, option: str) -> None:
        choose(self.page.get_by_label(label).first, option)
        self.page.keyboard.press("Escape")

    def open_first(self) -> None:
        """The table is a canvas: its first row lies below the heading, its box at the left.

        A table that is being replaced takes no click, so a few are tried.
        """
        for _ in range(5):
            rest(self.page)
            try:
                table = self.page.get_by_test_id("stDataFrame").first
                table.click(position={"x": 16, "y": 52}, timeout=5_000)
                self.why.wait_for(timeout=5_000)
            except Error:
                continue
            return
        raise AssertionError("no click on the first row opened it")

    @property
    def why(self) -> Locator:
        return self.page.locator(".st-key-why")

    def expect_day(self, *words: str) -> None:
        for word in words:
            expect(self.why).to_contain_text(word, timeout=PATIENCE)

    def add_mark(self, clock: str) -> None:
        press(self.why.get_by_role("button", name="Add a mark"))
        dialog = self.page.get_by_role("dialog")
        _type_time(dialog, clock)
        press(dialog.get_by_role("button", name="Save"))

    def give_reason(self, reason: str) -> None:
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill(reason)
        dialog.get_by_label("Reason").press("Control+Enter")
        press(dialog.get_by_role("button", name="Save"))
        expect(dialog).to_have_count(0, timeout=PATIENCE)

    def whose(self) -> tuple[str, date]:
        """The person and the day that are explained."""
        words = self.why.get_by_text(re.compile(r".* \(E\d+\) · ")).inner_text()
        name, day = words.rsplit(" · ", 1)
        when = datetime.strptime(f"{day} +0000", "%A %d %B %Y %z").date()
        return name.rsplit(" (", 1)[0], when


def _type_time(dialog: Locator, clock: str) -> None:
    for name, digits in zip(("hour, Time", "minute, Time"), clock.split(":"), strict=True):
        part = dialog.get_by_role("spinbutton", name=name)
        part.click()
        part.press_sequentially(digits)


def test_a_manager_corrects_a_day_and_takes_the_month_away(
    demo: AppServer, browse: Browsers
) -> None:
    screen = DaysScreen(browse.page(), demo.url)
    # Today's status hangs on the hour.
    press(screen.page.get_by_text("Last month", exact=True).first)
    screen.choose("Groups", "Office")
    screen.choose("Status", "Absent")
    screen.open_first()
    screen.expect_day("So the day is: absent.")
    name, day = screen.whose()
    press(screen.why.get_by_role("button", name="all days"))
    expect(screen.page.get_by_text("All records")).to_be_visible(timeout=PATIENCE)
    screen.expect_day("So the day is: absent.")
    rest(screen.page)

    screen.add_mark("09:00")
    expect(screen.page.get_by_text("Say why")).to_be_visible(timeout=PATIENCE)
    screen.give_reason(REASON)
    screen.expect_day("So the day is: missing check-out.", REASON, "this computer", "09:00:00")

    assert muster(screen.page, demo.url)[name, day] == "MO"


def muster(page: Page, url: str) -> dict[tuple[str, date], str]:
    """The muster of the last month as XLSX: the code of each person and day."""
    page.goto(f"{url}/reports")
    press(page.get_by_text("Monthly muster", exact=True))
    press(page.get_by_text("Last month", exact=True).first)
    start = (datetime.now(UTC).date().replace(day=1) - timedelta(days=1)).replace(day=1)
    expect(page.get_by_text(f"{start.day} {start:%b %Y} – ")).to_be_visible(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as download:
        press(page.get_by_role("button", name="XLSX"))
    data = Path(download.value.path()).read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if row[0] == "Name")
    first, last = map(date.fromisoformat, re.findall(r"\d{4}-\d\d-\d\d", str(rows[:top]))[:2])
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {
        (row[0], day): row[3 + number]
        for row in rows[top + 1 :]
        for number, day in enumerate(days)
    }


@pytest.mark.nightly
def test_a_manager_decides_many_doubtful_marks_at_once(demo: AppServer, browse: Browsers) -> None:
    """Daily: test_many_marks_are_decided_at_once_with_one_reason and
    test_letting_many_marks_not_count_is_asked_once_more (test_pages_days)."""
    page = browse.page()
    page.goto(f"{demo.url}/records?view=Review")
    waiting = page.get_by_text(re.compile(r"^\d+ doubtful marks"))
    expect(waiting).to_be_visible(timeout=PATIENCE)
    before = int(waiting.inner_text().split()[0])
    press(page.get_by_text("All 20 shown"))
    choose(page.get_by_role("combobox", name="Reason"), "Asked the person", exact=False)
    press(page.get_by_role("button", name="20 marks do not count"))
    dialog = page.get_by_role("dialog")
    press(dialog.get_by_role("button", name="They do not count"))
    expect(page.get_by_text("20 marks set not to count.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(rf"^{before - 20} doubtful marks?"))).to_be_visible(
        timeout=PATIENCE
    )
