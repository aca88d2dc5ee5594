"""The page People while an import is running."""

import threading
from collections.abc import Iterator

import pytest

from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS
from pages.ui.people.import_zip import JOB
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


@pytest.mark.usefixtures("fake")
def test_a_second_import_is_told_to_wait_for_the_first() -> None:
    """Whoever began it would take the report of the first one for theirs."""
    done = threading.Event()
    first = JOBS.start(JOB, "Of another tab", lambda _: done.wait(60), permit(Right.PEOPLE_WRITE))
    page = opened("people.py")
    page.button(key="import_open").click().run()
    page.file_uploader[0].upload("class.zip", b"PK", "application/zip")
    page.checkbox(key="people_consent").check()
    page.button(key="import_open").click().run()
    page.button(key="import_open").click()
    page.button(key="import_go").click()
    page.run()
    done.set()
    assert "Another import is running" in page.error[-1].value
    assert JOBS.get(JOB) is first
