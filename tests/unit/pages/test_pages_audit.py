"""The audit page: what was done, and apart from it what strangers tried."""

from collections.abc import Iterator

import pytest

from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from tests.fakes.access import AccountsOff
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened


@pytest.fixture
def audit_log() -> Iterator[AuditLog]:
    access = AccountsOff()
    with FakeSystem(access=access).running():
        yield access.audit


def test_refused_tries_have_a_view_of_their_own_with_how_many_there_were(
    audit_log: AuditLog,
) -> None:
    audit_log.record(Action.ACCOUNT_CREATED, "bob")
    for _ in range(3):
        audit_log.record(
            Action.SIGN_IN_FAILED, "eve", actor=Actor("eve", "visitor", "203.0.113.9")
        )
    page = opened("audit.py")
    assert not page.exception
    page.button_group[0].set_value("Refused tries").run()
    assert not page.exception
    said = " ".join(caption.value for caption in page.caption)
    assert "10 Mar 2025: 3" in said
    assert list(page.dataframe[0].value["What"]) == ["sign-in.failed"] * 3
