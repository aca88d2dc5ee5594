"""Guardians: asked first, told of coming and going, stopped at once; a real mail server."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from face_rec.domain.errors import NoticeRefused, ProofNeeded
from face_rec.domain.marks import Way
from face_rec.notices.guardians import guardian_letters
from face_rec.notices.guardians.guardian import Guardian, Guardians, State
from face_rec.notices.notice import NoticeKind
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.notices import outbox_keys
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.web.told import guardian
from face_rec.web.told.guardian import Guarding
from tests.fakes.clock import MORNING
from tests.gate_app import GateApp, access_on
from tests.integration.notices.a_site import ADA, Process, Site
from tests.integration.notices.receiver import Mailbox, Receiver

LINK = re.compile(r"https://door\.example\.org(/guardian/[^\s>]+)")
PARENT = "parent@home.example"


@dataclass
class School:
    """A site that tells guardians, its mail server, and a browser of nobody."""

    site: Site
    mail: Mailbox
    process: Process
    browser: TestClient

    def enter(self, address: str = PARENT, language: str = "en") -> Guardian:
        made = self.site.service.add(ADA, address, language, "root")
        self.process.send()
        return made

    def mark(self, name: str, way: Way = Way.IN, minutes: float = 15) -> None:
        self.site.clock.advance(minutes * 60)
        self.site.way = way
        seconds = (self.site.clock.now() - ADA_FIRST).total_seconds()
        self.site.mark(name, seconds=seconds)
        self.process.look()
        self.process.send()

    def link(self) -> str:
        found = LINK.search(self.mail.letters[-1])
        assert found
        return found[1]

    def state(self) -> State:
        (one,) = self.site.records.of("s1").guardians
        return one.state


ADA_FIRST = MORNING


@pytest.fixture
def school(site: Site, mail: Mailbox) -> School:
    office = site.office(mail)
    site.service.server.switch(office.id)
    parts = Guarding(site.links, site.service, site.told)
    gate = GateApp(
        access_on(site.client, site.clock), site.clock,
        more=[*guardian.routes(lambda: parts)],
    )  # fmt: skip
    return School(site, mail, site.opened(), gate.browser())


def test_who_is_entered_is_asked_first_in_a_letter_that_names_nobody(school: School) -> None:
    school.enter()
    assert school.mail.to == [[PARENT]]  # and not the office, whose server it is
    assert "Ada" not in school.mail.letters[0]
    assert school.state() is State.ASKED
    school.mark("e1")
    assert len(school.mail.letters) == 1


def test_that_an_address_was_asked_is_kept_such_that_nobody_finds_it_by_trying_addresses(
    school: School,
) -> None:
    """For a day, also where the guardian was removed or the person erased meanwhile."""
    school.enter()
    found: Any = school.site.client.zrange(outbox_keys.notices_cooled("main"), 0, -1)
    (kept,) = found
    tried = {
        made(text.encode()).hexdigest()[:32].encode()
        for text in (PARENT, PARENT.upper(), f"asked|{PARENT}")
        for made in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512)
    }
    assert kept.startswith(b"asked|")
    assert not any(digest in kept for digest in tried)


def test_who_agrees_is_told_of_coming_and_going_with_a_way_to_stop(school: School) -> None:
    school.enter(language="de")
    link = school.link()
    for _ in range(2):  # mail programs look at links
        assert "Ich bin einverstanden, dass School" in school.browser.get(link).text
    assert school.state() is State.ASKED
    school.browser.post(link, data={"do": "agree"})
    (one,) = school.site.records.of("s1").guardians
    assert (one.state, one.text_version) == (State.AGREED, guardian_letters.VERSION)
    assert one.text.startswith("Ich bin einverstanden, dass School mir per E-Mail mitteilt")
    assert one.agreed_at == school.site.clock.now()
    school.mark("e1")
    school.mark("e2", Way.OUT)
    came, went = school.mail.letters[1:]
    assert came.startswith("School: Ada Byron ist um 08:15 gekommen\n")
    assert went.startswith("School: Ada Byron ist um 08:30 gegangen\n")
    assert school.mail.to[1:] == [[PARENT]] * 2
    header = school.mail.headers[-1]
    assert school.link() in header["list-unsubscribe"]
    assert header["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


def _agreed(school: School) -> None:
    school.enter()
    school.browser.post(school.link(), data={"do": "agree"})
    school.mark("e1")
    assert len(school.mail.letters) == 2


@pytest.mark.parametrize(
    "body", [{"do": "stop"}, {"List-Unsubscribe": "One-Click"}], ids=["by hand", "one click"]
)
def test_to_stop_it_is_at_once_also_for_what_is_on_its_way(
    school: School, body: dict[str, str]
) -> None:
    _agreed(school)
    link = school.link()
    assert "Stop these messages" in school.browser.get(link).text
    school.site.clock.advance(900)
    school.site.mark("e2", seconds=1800)
    school.process.look()  # begun, not sent
    done = school.browser.post(link, data=body)
    assert "You are not written to any more." in done.text
    school.process.send()
    school.mark("e3")
    assert len(school.mail.letters) == 2
    assert school.process.service.waiting() == 0
    assert ("guardian.stopped", "a guardian") in school.site.audit.said


def test_more_than_a_form_is_not_read(school: School) -> None:
    school.enter()
    link = school.link()
    large = "do=agree&more=" + "x" * 20_000
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert school.browser.post(link, content=large, headers=kind).status_code == 413
    assert (
        school.browser.post(link, content=iter([large.encode()]), headers=kind).status_code > 400
    )
    assert school.state() is State.ASKED


def test_who_refuses_or_has_stopped_is_not_made_to_agree_by_an_old_link(school: School) -> None:
    school.enter()
    link = school.link()
    school.browser.post(link, data={"do": "refuse"})
    school.browser.post(link, data={"do": "agree"})
    assert school.state() is State.STOPPED


def test_who_stops_while_the_agreement_is_being_written_has_stopped(school: School) -> None:
    made = school.enter()
    book_change, racing = school.site.records.change, True

    def slower(subject: str, change: Callable[[Guardians], Guardians]) -> Guardians:
        nonlocal racing
        if racing:
            racing = False
            school.site.service.stop(made.id)
        return book_change(subject, change)

    school.site.records.change = slower  # type: ignore[method-assign]
    assert school.site.service.agree(made.id, "I agree.", "1") == replace(
        made, state=State.STOPPED, stopped_at=school.site.clock.now()
    )
    assert school.state() is State.STOPPED


def test_who_was_erased_does_not_come_back_by_what_was_under_way(school: School) -> None:
    made = school.enter()
    find = school.site.records.find

    def erased_meanwhile(guardian_id: str) -> tuple[str, Guardian] | None:
        found = find(guardian_id)
        school.site.records.forget("s1")
        return found

    school.site.records.find = erased_meanwhile  # type: ignore[method-assign]
    assert school.site.service.agree(made.id, "I agree.", "1") is None
    assert school.site.client.hget("access:{main}:guardians", "s1") is None


@pytest.mark.parametrize("left", ["erased", "hidden while they are being erased"])
def test_a_page_from_before_an_erasure_enters_nobody(school: School, left: str) -> None:
    if left == "erased":
        del school.site.people["s1"]
    else:
        school.site.people["s1"] = replace(ADA, active=False)
    with pytest.raises(NoticeRefused, match="not there any more"):
        school.enter()
    assert school.site.client.hget("access:{main}:guardians", "s1") is None
    assert school.mail.letters == []


def test_a_link_to_stop_agrees_to_nothing_and_one_that_is_over_opens_nothing(
    school: School,
) -> None:
    _agreed(school)
    stop = school.link()
    (one,) = school.site.records.of("s1").guardians
    school.site.records.change("s1", lambda all_: all_.having(replace(one, state=State.ASKED)))
    school.browser.post(stop, data={"do": "agree"})
    assert school.state() is State.ASKED
    for path in (stop[:-1], "/guardian/x"):
        assert school.browser.get(path).status_code == 410
    school.site.service.remove("s1", one.id)
    assert school.browser.post(stop, data={"do": "stop"}).status_code == 410


def test_the_question_is_over_after_two_weeks_and_the_way_to_stop_never(school: School) -> None:
    school.enter()
    asked = school.link()
    school.browser.post(asked, data={"do": "agree"})
    school.mark("e1")
    stop = school.link()
    school.site.clock.advance(400 * 86_400)
    assert school.browser.get(asked).status_code == 410
    assert school.browser.get(stop).status_code == 200


def test_an_address_is_asked_once_a_day_whoever_enters_it(school: School) -> None:
    for _ in range(5):
        made = school.enter()
        school.site.service.remove("s1", made.id)
    assert len(school.mail.letters) == 1
    school.site.clock.advance(86_401)
    school.enter()
    assert len(school.mail.letters) == 2


def test_the_same_way_is_told_once_in_ten_minutes_and_old_marks_are_no_news(
    school: School,
) -> None:
    _agreed(school)
    school.mark("e2", minutes=1)
    assert len(school.mail.letters) == 2
    school.site.clock.advance(20 * 3600)
    school.site.mark("kept", seconds=3600)
    school.process.look()
    school.process.send()
    assert len(school.mail.letters) == 2
    school.mark("e3", Way.ANY)  # nobody can say which way
    assert len(school.mail.letters) == 2


def test_who_wants_one_way_is_told_of_that_alone(school: School) -> None:
    school.site.service.add(ADA, PARENT, "en", "root", inwards=False)
    school.process.send()
    school.browser.post(school.link(), data={"do": "agree"})
    school.mark("e1")
    assert len(school.mail.letters) == 1
    school.mark("e2", Way.OUT)
    assert "went out" in school.mail.letters[-1]


def test_switched_off_erased_or_removed_nobody_is_told(school: School) -> None:
    _agreed(school)
    school.site.service.server.switch("")
    school.mark("e2")
    with pytest.raises(NoticeRefused, match="Notifications"):
        school.site.service.add(ADA, "b@x.example", "en", "root")
    school.site.service.server.switch(school.site.channels.all()[0].id)
    held = school.site.records.held("s1")
    assert [(one["address"], one["state"], one["text_version"]) for one in held] == [
        (PARENT, "agreed", "1")
    ]
    assert school.site.records.forget("s1") == 1
    assert school.site.records.held("s1") == []
    school.mark("e3")
    assert len(school.mail.letters) == 2
    stored = b"".join(school.site.client.dump(n) or b"" for n in school.site.client.keys("*"))
    assert PARENT.encode() not in stored


def test_what_the_office_enters_wrongly_is_refused_in_words(school: School) -> None:
    for address in ("", "nobody", "mailto://x", "a@b.example\nbcc: c@d.example"):
        with pytest.raises(NoticeRefused):
            school.enter(address)
    school.enter()
    with pytest.raises(NoticeRefused, match="already"):
        school.enter(PARENT.upper())
    for number in range(5):
        school.enter(f"p{number}@home.example")
    with pytest.raises(NoticeRefused, match="at most 6"):
        school.enter("p9@home.example")


def test_only_a_mail_server_may_be_chosen_and_only_after_a_proof(
    school: School, receiver: Receiver
) -> None:
    hook = school.site.hook(receiver, NoticeKind.LATE)
    with pytest.raises(NoticeRefused, match="channel of mail"):
        school.site.service.server.switch(hook.id)

    def unproven(_: object) -> None:
        raise ProofNeeded("Confirm first.")

    school.site.channels._demand = unproven
    with pytest.raises(ProofNeeded):
        school.site.service.server.switch("")


def test_addresses_are_sealed_and_sealed_anew(school: School) -> None:
    made = school.enter()
    old, new = (DataSealer(derived((f"key {n} of the tests, long enough",), "x")) for n in (1, 2))
    book = school.site.records
    book._sealer = old
    sealed = replace(made, sealed=book.sealed(made.id, PARENT))
    book.change("s1", lambda found: found.having(sealed))
    stored = school.site.client.dump("access:{main}:guardians") or b""
    assert PARENT.encode() not in stored
    book._sealer = DataSealer(
        derived(("key 2 of the tests, long enough", "key 1 of the tests, long enough"), "x")
    )
    assert book.reseal() == 1
    book._sealer = new
    (one,) = book.of("s1").guardians
    assert book.address(one) == PARENT


def test_what_a_later_version_has_added_to_a_guardian_stays(school: School) -> None:
    made = school.enter()
    records = RedisRecords(school.site.client, "main", Guardians)
    text = school.site.client.hget("access:{main}:guardians", "s1")
    assert isinstance(text, bytes)
    later = text.replace(b'"state":', b'"channel":"sms","state":')
    school.site.client.hset("access:{main}:guardians", "s1", later)
    school.site.service.stop(made.id)
    kept = school.site.client.hget("access:{main}:guardians", "s1")
    assert isinstance(kept, bytes)
    assert b'"channel":"sms"' in kept
    assert decode(Guardians, kept) == records.get("s1")
    assert encode(decode(Guardians, kept), kept) == kept.decode()
