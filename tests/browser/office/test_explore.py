"""What a manager asks of attendance in a real browser: choose, look, keep it, open it again."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.screens import PATIENCE
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser


@pytest.mark.nightly
def test_a_question_is_asked_kept_and_opened_again(
    demo: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    """Daily: test_the_table_answers_what_is_chosen and
    test_a_view_is_saved_opened_by_a_link_and_removed (test_pages_explore)."""
    page = browse.page()
    page.goto(f"{demo.url}/explore")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible(timeout=PATIENCE)
    choose(page.get_by_label("Measure", exact=True).first, "Hours worked")
    choose(page.get_by_label("By", exact=True).first, "Group")
    expect(page.get_by_text("Hours worked by group", exact=True)).to_be_visible(timeout=PATIENCE)
    rest(page)
    with page.expect_download() as taken:
        press(page.get_by_role("button", name="CSV"))
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert {row["Group"] for row in rows} == {"Night watch", "Office", "Part-time", "Workshop"}
    assert all(":" in row["Hours worked"] for row in rows)
    press(page.get_by_role("button", name="Save view"))
    page.get_by_label("Name", exact=True).fill("Hours of the groups")
    press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("is saved.")).to_be_visible(timeout=PATIENCE)
    page.goto("about:blank")
    page.goto(f"{demo.url}/explore")
    expect(chart).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("People present by day", exact=True)).to_be_visible(timeout=PATIENCE)
    choose(page.get_by_label("View", exact=True).first, "Hours of the groups")
    expect(page.get_by_text("Hours worked by group", exact=True)).to_be_visible(timeout=PATIENCE)
    press(page.get_by_role("button", name="Remove view"))
    expect(page.get_by_text("is removed.")).to_be_visible(timeout=PATIENCE)
