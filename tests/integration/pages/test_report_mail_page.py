"""Reports by mail as a manager sets them up, over the system as it is put together."""

import datetime as dt
import re
import time
from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from face_rec import assembly
from face_rec.access.control.access_control import Access
from face_rec.access.factors.step_up import StepUp
from face_rec.access.pages import Page
from face_rec.access.rights import Role
from face_rec.access.signin.authenticator import user_principal
from face_rec.domain.groups import only
from face_rec.notices.channel import ChannelKind
from face_rec.notices.reports.results import Standing
from face_rec.notices.reports.schedule import Often, Schedule
from tests.gate_app import PASSWORD
from tests.integration.notices.receiver import mailbox
from tests.integration.pages.test_notices_page import system
from tests.samples import a_person
from tests.unit.pages.pages_app import opened

__all__ = ["system"]
ANNA, MAX = "anna@work.example", "max@work.example"


def _as(monkeypatch: pytest.MonkeyPatch, system: assembly.System, name: str) -> None:
    account = system.access.accounts.get(name)
    assert account is not None
    monkeypatch.setattr(Access, "in_tab", lambda *_: user_principal(account))


def _shown(page: AppTest) -> str:
    return " ".join(
        re.sub("[\\\\\u2060]", "", one.value) for one in (*page.markdown, *page.caption)
    )


def _pressed(page: AppTest, *keys: str) -> None:
    """In one run: what opens a dialog, and a button in it."""
    for key in keys:
        page.button(key=key).click()
    page.run()
    assert not page.exception
    assert not page.error


def _all(system: assembly.System) -> Sequence[Standing]:
    """As Anna finds them."""
    account = system.access.accounts.get(ANNA)
    assert account is not None
    return system.report_mail.all(user_principal(account))


@pytest.mark.timeout(180)
def test_a_manager_has_a_report_sent_and_loses_it_with_the_right(
    system: assembly.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.enrolment._writer.create(a_person(), [], system.people.revision())
    accounts = system.access.accounts
    for name in (ANNA, MAX):
        accounts.create(name, PASSWORD, Role.MANAGER, only("Office"))
    _as(monkeypatch, system, ANNA)
    assert "once an administrator has chosen a mail server" in _shown(opened(Page.REPORTS.file))
    with mailbox() as mail:
        office, _ = system.notices.channels.add("Mail", ChannelKind.MESSAGE, mail.address, "ada")
        system.personal.server.switch(office.id)
        page = opened(Page.REPORTS.file)
        page.button(key="mail_new").click().run()
        page.multiselect(key="mail_to").set_value([ANNA, MAX])
        _pressed(page, "mail_new", "mail_save")
        assert not page.exception
        (one,) = [found.schedule for found in _all(system)]
        assert (one.owner, one.to) == (ANNA, frozenset({ANNA, MAX}))
        page = opened(Page.REPORTS.file)
        assert "Daily register** (Yesterday, PDF)" in _shown(page)
        assert "Each working day at 07:30 · next on" in _shown(page)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(StepUp, "fresh", lambda *_: False)
            page.button(key=f"mail_now_{one.id}").click().run()
            assert not [b for b in page.button if b.key == "mail_now_sure"]
        page = opened(Page.REPORTS.file)
        page.button(key=f"mail_now_{one.id}").click().run()
        accounts.change(MAX, Role.REGISTRAR, only(), active=True)
        _pressed(page, f"mail_now_{one.id}", "mail_now_sure")
        while len(_all(system)[0].results) < 2:
            time.sleep(0.05)
        assert mail.to == [[ANNA]]
    said = _shown(opened(Page.REPORTS.file))
    assert f"{ANNA}: sent" in said
    assert "may not read records now" in said
    _as(monkeypatch, system, MAX)
    assert "By mail" not in [one.value for one in opened(Page.REPORTS.file).subheader]
    assert system.chain.verify().findings == ()


@pytest.mark.timeout(180)
def test_who_only_gets_a_report_reads_no_name_of_a_group_that_they_may_not_see(
    system: assembly.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = system.access.accounts
    accounts.create(ANNA, PASSWORD, Role.MANAGER, only("Office", "Layoffs"))
    accounts.create(MAX, PASSWORD, Role.MANAGER, only("Office"))
    system.enrolment._writer.create(a_person(), [], system.people.revision())
    wanted = Schedule(
        "one", ANNA, "daily", "Yesterday", Often.DAILY, dt.time(7, 30),
        of_groups=frozenset({"Office", "Layoffs"}), to=frozenset({MAX}), version=1,
    )  # fmt: skip
    system.report_mail._records.create(wanted)
    _as(monkeypatch, system, ANNA)
    assert "of Layoffs, Office to" in _shown(opened(Page.REPORTS.file))
    _as(monkeypatch, system, MAX)
    shown = _shown(opened(Page.REPORTS.file))
    assert "of Office to" in shown
    assert "Layoffs" not in shown
    assert shown.count("set up by") == 1
