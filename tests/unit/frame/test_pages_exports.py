"""Files that leave the app: each is noted when it is taken, with who took it."""

from collections.abc import Callable, Iterator

import pytest
import streamlit as st

from face_rec.privacy.retention_run import Periods
from tests.fakes.access import AccountsOff, MemoryAudit
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened


@pytest.fixture
def log() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def world(log: MemoryAudit) -> Iterator[PrivacyOf]:
    fake = FakeSystem(access=AccountsOff(log=log))
    world = PrivacyOf(fake, Periods())
    with fake.running():
        yield world


@pytest.fixture
def buttons(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What each download button would hand out; nobody can press one in these tests."""
    found: dict[str, Callable[[], bytes]] = {}

    def button(label: str, data: Callable[[], bytes], **_: object) -> None:
        found[label] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def test_personal_data_and_certificates_are_noted_when_they_are_taken(
    world: PrivacyOf, log: MemoryAudit, buttons: dict[str, Callable[[], bytes]]
) -> None:
    ada = world.fake.add_person(1, "Ada")
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(ada.subject).run()
    page.button(key="privacy_prepare").click().run()
    assert buttons["Download ZIP"]().startswith(b"PK")
    page.button(key="privacy_erase").click().run()
    page.button(key="privacy_erase").click()  # here a run closes the dialog otherwise
    page.text_input(key="erase_typed").input(ada.id).run()
    page.button(key="privacy_erase").click()
    page.button(key="erase_sure").click().run()
    assert not page.exception
    assert buttons["Certificate (PDF)"]().startswith(b"%PDF")
    first, second = log.entries
    assert (first.action, first.target) == ("exported", f"personal data of {ada.id}")
    assert (second.action, second.who) == ("exported", "this computer")
    assert second.target.startswith("erasure-")
    assert second.target.endswith(".pdf")
