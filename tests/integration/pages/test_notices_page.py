"""The page Notifications over the system as it is put together, to a receiver that is real."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from config import load
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.access.factors.step_up import StepUp
from face_rec.access.pages import Page
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.domain.errors import ProofNeeded
from face_rec.notices.channel import ChannelKind, NoticeRule, Step, Wording
from face_rec.notices.delivery import Delivery, Opened, Outcome, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.waiting import Waiting
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from tests.integration.notices.receiver import Receiver, mailbox, receiving
from tests.integration.pages.test_pages_over_real_system import ADMIN
from tests.samples import a_person
from tests.unit.pages.pages_app import opened


@pytest.fixture
def system(
    redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[assembly.System]:
    port = redis_client.connection_pool.connection_kwargs["port"]
    values = {
        "REDIS_URL": f"redis://127.0.0.1:{port}/0", "DATA_DIR": str(tmp_path), "ACCOUNTS": "on",
        "WEBHOOK_NETWORKS": "127.0.0.0/8", "DATA_KEY": "k" * 40,
    }  # fmt: skip
    monkeypatch.setattr(Access, "in_tab", lambda *_: ADMIN)
    monkeypatch.setattr(OwnSessions, "unseen", lambda *_: None)
    monkeypatch.setattr(OwnSessions, "previous", lambda *_: None)
    monkeypatch.setattr(StepUp, "fresh", lambda *_: True)
    monkeypatch.setattr(actor, "current", lambda: Actor("ada", "user"))
    with assembly.build(load(values, dotenv=None)) as built:
        assembly.install(built)
        yield built
        assembly.install(None)


def _html(page: AppTest) -> str:
    return " ".join(one.proto.body for one in page.get("html"))


@pytest.mark.timeout(180)
def test_an_admin_adds_a_program_tries_it_and_says_what_it_is_told(
    system: assembly.System, redis_client: Client
) -> None:
    page = opened(Page.NOTICES.file)
    page.button(key="add_channel").click().run()
    assert any("Standard Webhooks" in one.value or "mailtos" in one.value for one in page.markdown)
    with receiving(Receiver()) as receiver:
        made, receiver.secret = system.notices.channels.add(
            "Payroll", ChannelKind.WEBHOOK, receiver.address, "ada"
        )
        rule = NoticeRule("", "All", frozenset({NoticeKind.MARK}), frozenset({made.id}))
        system.notices.channels.save_rule(rule)
        page = opened(Page.NOTICES.file)
        shown = " ".join(one.value for one in page.markdown)
        assert "Payroll" in shown
        assert "127\\.0.0.1" in shown  # as Markdown has it
        assert "**Payroll** is told of Marked." in shown
        page.button(key=f"test_{made.id}").click().run()
        assert [one.value for one in page.success] == ["It went out."]
        receiver.status = 500
        page.button(key=f"test_{made.id}").click().run()
        assert "answered 500" in page.error[0].value
        receiver.status, heard = 200, sum(receiver.got.values())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(StepUp, "fresh", lambda *_: False)
            with pytest.raises(ProofNeeded):
                system.notices.try_out(made.id)
        assert sum(receiver.got.values()) == heard, "without a fresh proof nothing is sent"
    stored = redis_client.dump("access:{main}:channels") or b""
    assert b"Payroll" in stored
    assert receiver.secret.encode() not in stored
    assert b"/hook" not in stored
    assert system.chain.verify().findings == ()


@pytest.mark.timeout(180)
def test_what_was_given_up_is_shown_ten_at_a_time(
    system: assembly.System, redis_client: Client
) -> None:
    outbox, now = RedisOutbox(redis_client, "main"), system.clock.now()
    notices = [Notice(f"n{n}", NoticeKind.DISK, now, details=f"disk {n}") for n in range(12)]
    begun = [Delivery(f"gone:{one.id}", "gone", "r1", one) for one in notices]
    outbox.sort([], [Queued(one, now) for one in begun], now)
    for one in begun:
        failed = one.failed("it answered 500")
        outbox.settle(failed, Outcome(now, "gone", one.notice, "it answered 500"), dead=True)
    page = opened(Page.NOTICES.file)
    assert "12 were given up; 10 are shown at a time." in [one.value for one in page.caption]
    assert len([one for one in page.button if str(one.key).startswith("again_")]) == 10
    system.notices.drop(system.notices.dead()[0])
    system.notices.drop(system.notices.dead()[0])
    page = opened(Page.NOTICES.file)
    assert not [one for one in page.caption if "at a time" in one.value]
    assert len([one for one in page.button if str(one.key).startswith("again_")]) == 10


@pytest.mark.timeout(180)
def test_a_rule_is_saved_and_its_change_is_written_down(system: assembly.System) -> None:
    with receiving(Receiver()) as receiver:
        made, _ = system.notices.channels.add(
            "Payroll", ChannelKind.WEBHOOK, receiver.address, "ada"
        )
        rule = system.notices.channels.save_rule(
            NoticeRule("", "All", frozenset({NoticeKind.MARK}), frozenset({made.id}))
        )
        system.notices.channels.save_rule(replace(rule, digest=30))
    actions = [entry.action for entry in system.access.audit.newest(10)]
    assert actions[:3] == ["notices.rule.saved", "notices.rule.saved", "notices.channel.added"]


@pytest.mark.timeout(180)
def test_a_guardian_of_a_person_is_exported_and_erased_with_them(
    system: assembly.System, redis_client: Client
) -> None:
    person = system.enrolment._writer.create(a_person(), [], system.people.revision())
    with mailbox() as mail:
        office, _ = system.notices.channels.add("Office", ChannelKind.MESSAGE, mail.address, "ada")
        system.guardians.server.switch(office.id)
        system.guardians.add(person, "parent@home.example", "de", "ada")
    page = opened(Page.PEOPLE.file, person=person.subject)
    assert any("**p…" in one.value for one in page.markdown)
    assert b"parent@home" not in (redis_client.dump("access:{main}:guardians") or b"")
    file = io.BytesIO()
    system.privacy.export.write(person.subject, file)
    with zipfile.ZipFile(file) as archive:
        held = json.loads(archive.read("guardian.json"))
    assert [(one["address"], one["state"]) for one in held] == [("parent@home.example", "asked")]
    done = system.privacy.erasure.erase(person.subject, "ada")
    assert ("guardian", 1) in {(one.what, one.count) for one in done.removed}
    assert not redis_client.exists("access:{main}:guardians")
    assert system.guardians.of(person.subject).guardians == ()
    assert system.chain.verify().findings == ()


@pytest.mark.timeout(180)
def test_the_page_shows_a_rule_as_a_sentence_what_waits_and_how_it_reads(
    system: assembly.System,
) -> None:
    with receiving(Receiver()) as receiver:
        made, _ = system.notices.channels.add(
            "Payroll", ChannelKind.WEBHOOK, receiver.address, "ada"
        )
    rule = NoticeRule("", "All", frozenset({NoticeKind.DISK}), frozenset({made.id}))
    saved = system.notices.channels.save_rule(
        replace(rule, steps=(Step(10, frozenset({made.id})),), language="de")
    )
    outbox, now = system.notices.outbox, system.clock.now()
    notice = Notice("d1", NoticeKind.DISK, now, details="disk: 0.4 GB free")
    waiting = Waiting(f"{saved.id}:d1", saved.id, notice, now)
    outbox.sort([], [], now, [Opened(waiting, now + timedelta(minutes=10))])
    page = opened(Page.NOTICES.file)
    shown = " ".join(one.value for one in page.markdown)
    assert "If nobody acknowledges within 10 min: **Payroll**." in shown
    assert "In Deutsch." in shown
    page.button(key=f"take_{waiting.id}").click().run()
    (taken,) = system.notices.escalation.all()
    assert (taken.open, taken.by) == (False, ADMIN.name)
    page.button(key=f"edit_{saved.id}").click().run()
    assert not page.exception
    assert "Datenträger voll oder gestört: disk: 0.4 GB free" in _html(page)
    own = Wording("site.disk", "{site}", "{details}!")
    system.notices.channels.save_rule(replace(saved, wordings=(own,), language="ar"))
    page = opened(Page.NOTICES.file)
    page.button(key=f"edit_{saved.id}").click().run()
    assert page.text_area(key="body_site-disk").value == "{details}!"
    assert 'dir="rtl" lang="ar"' in _html(page)
    assert "0.4 GB free\u2069!" in _html(page)
