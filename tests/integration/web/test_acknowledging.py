"""The link of a message, through the gate: it acknowledges, and only when a button is pressed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from face_rec.notices.channel import Step
from face_rec.notices.notice import NoticeKind
from face_rec.notices.running.links import ACKNOWLEDGE, Said
from face_rec.stores.redis.client import Client
from face_rec.web.told import acknowledging
from face_rec.web.told.acknowledging import Acknowledging
from tests.gate_app import GateApp, access_on
from tests.integration.notices.a_site import Process, Site
from tests.integration.notices.receiver import mailbox


class Told:
    """Something that the office was told of, and a browser of nobody."""

    def __init__(self, client: Client) -> None:
        self.site = Site(client)
        self.process: Process = self.site.opened()
        self.process.look()
        with mailbox() as mail:
            self.office = self.site.office(mail)
        rule = self.site.rule(self.office, NoticeKind.MARK)
        steps = (Step(10, frozenset({self.office.id})),)
        self.site.channels.save_rule(replace(rule, steps=steps))
        self.site.mark("e1")
        self.process.look()
        (self.waiting,) = self.process.service.escalation.all()
        parts = Acknowledging(self.site.links, self.process.service, self.site.told)
        gate = GateApp(
            access_on(client, self.site.clock), self.site.clock,
            more=[*acknowledging.routes(lambda: parts)],
        )  # fmt: skip
        self.browser: TestClient = gate.browser()

    def path(self, purpose: str = ACKNOWLEDGE, days: float = 1) -> str:
        until = self.site.clock.now() + timedelta(days=days)
        said = Said(self.waiting.id, self.office.id)
        link = self.site.links.to(purpose, said, until)
        return "/acknowledge/" + link.rpartition("/")[2]

    def open(self) -> bool:
        (one,) = self.process.service.escalation.all()
        return one.open


@pytest.fixture
def told(redis_client: Client) -> Iterator[Told]:
    made = Told(redis_client)
    yield made
    made.site.close()


def test_opening_the_link_changes_nothing_and_the_button_acknowledges(told: Told) -> None:
    for _ in range(3):  # mail programs look at links before a person does
        page = told.browser.get(told.path())
        assert page.status_code == 200
        assert "Ada Byron: Check-in, 08:00" in page.text
        assert "I take care of it" in page.text
    assert told.browser.head(told.path()).status_code in {200, 405}
    assert told.open()
    done = told.browser.post(told.path())
    assert "Office (link) takes care of it, since 08:00." in done.text
    assert "<form" not in done.text
    assert not told.open()
    assert told.site.audit.said[-1][0] == "notices.acknowledged"


def test_a_second_press_says_who_was_first(told: Told) -> None:
    told.process.service.escalation.acknowledge(told.waiting.id, "ada")
    assert "ada takes care of it" in told.browser.post(told.path()).text


def test_a_program_acknowledges_by_a_post_and_reads_json(told: Told) -> None:
    told.browser.headers["accept"] = "application/json"
    assert told.browser.get(told.path()).json()["acknowledged"] is False
    said = told.browser.post(told.path()).json()
    assert (said["acknowledged"], said["by"]) == (True, "Office (link)")
    assert told.browser.post("/acknowledge/x.y").status_code == 410


def test_a_link_that_is_over_forged_or_for_something_else_opens_nothing(told: Told) -> None:
    good = told.path()
    bad = [told.path(days=-1), told.path("guardian"), good[:-1], good + "0", "/acknowledge/x",
           "/acknowledge/é.ü", "/acknowledge/" + "A" * 3000]  # fmt: skip
    for path in bad:
        for answer in (told.browser.get(path), told.browser.post(path)):
            assert answer.status_code == 410, path
            assert "over" in answer.text
    assert told.open()


def test_the_page_speaks_the_sites_language_and_escapes_what_it_says(told: Told) -> None:
    told.site.language = "ar"
    ada = told.site.people["s1"]
    told.site.people["s1"] = replace(ada, name="<script>alert(1)</script>")
    page = told.browser.get(told.path()).text
    assert 'dir="rtl"' in page
    assert "<script>" not in page
    del told.site.people["s1"]  # erased since
    assert told.browser.get(told.path()).status_code == 200


def test_a_link_is_over_once_its_channel_is_switched_off_or_removed(told: Told) -> None:
    channels, office = told.site.channels, told.office.id
    channels.switch(office, active=False)
    for answer in (told.browser.get(told.path()), told.browser.post(told.path())):
        assert answer.status_code == 410
        assert "Ada" not in answer.text
    assert told.open(), "the next ones are told"
    channels.switch(office, active=True)
    assert "Ada" in told.browser.get(told.path()).text
    channels.switch(office, active=False, why="it did not answer")
    assert "Ada" in told.browser.get(told.path()).text, "nobody has taken it away from them"
    channels.switch(office, active=True)
    channels.remove(office)
    assert told.browser.post(told.path()).status_code == 410
    assert told.open()
