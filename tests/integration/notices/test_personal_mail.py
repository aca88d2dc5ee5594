"""Mail to people themselves: invitations and personal links, by a real mail server."""

import re
from datetime import timedelta

import pytest

from face_rec.assembly.storage.stores import open_invitation_records
from face_rec.domain.errors import AccountRefused, NoticeRefused
from face_rec.domain.site.own_ways import OwnWay
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.invitation import Invitation
from face_rec.invitations.invitation_letters import InvitationLetters
from face_rec.notices.notice import NoticeKind
from face_rec.notices.personal.own_link import OWN_LINK, OwnLinkMail
from face_rec.stores.people.person_codec import Unsealed
from tests.fakes.people import FakePeople
from tests.gate_app import GateApp, access_on, submit
from tests.integration.notices.a_site import ADA, Site
from tests.integration.notices.receiver import Mailbox

LINK = re.compile(r"https://door\.example\.org(/my/link/[^\s]+)")


def test_a_personal_link_goes_to_the_person_alone_and_opens_their_page_once(
    site: Site, mail: Mailbox
) -> None:
    people = FakePeople(site.clock)
    ada = people.create(ADA, (), people.revision())
    access = access_on(
        site.client, site.clock, registered=people, own_ways=lambda: frozenset(OwnWay)
    )
    gate = GateApp(access, site.clock)
    gate.add("boss")
    letters = OwnLinkMail(access.own_sign_in, site.links, site.personal)
    site.personal.written_by({OWN_LINK: letters.write})
    with pytest.raises(AccountRefused):
        letters.send(ada, "boss")  # nobody has said by which server
    assert access.own_sign_in.waiting(ada.subject) is None, "a link that nobody has"
    process, office = site.opened(), site.office(mail)
    with pytest.raises(NoticeRefused):
        site.personal.server.switch("0" * 12)
    site.personal.server.switch(office.id)
    assert letters.send(ada, "boss") == "a…@example.org"
    process.send()
    (letter,) = mail.letters
    assert mail.to == [["ada@example.org"]]
    path = LINK.search(letter)
    assert path is not None
    browser = gate.browser()
    assert submit(browser, path[1], {}).status_code == 303
    assert gate.browser().get(path[1]).status_code == 410

    letters.send(ada, "boss")
    access.own_sign_in.end(ada)
    process.send()
    assert len(mail.letters) == 1, "a link that was ended is not sent"


def test_an_invitation_is_written_to_who_it_is_for_while_it_holds(
    site: Site, mail: Mailbox
) -> None:
    records, rule = open_invitation_records(site.client, "main", Unsealed()), SelfEnrolling.ASK
    now = site.clock.now()
    one = Invitation("i1", ADA.subject, "boss", now, now + timedelta(days=2))
    records.invitations.create(one)
    letters = InvitationLetters(
        records, lambda one: f"https://door.example.org/enrol/{one.id}", lambda: rule, site.clock
    )
    site.personal.written_by({"invitation": letters.write})
    site.language = "de"
    process = site.opened()
    site.personal.server.switch(site.office(mail).id)
    site.personal.send("invitation", "i1", ADA)
    site.personal.send("invitation", "i1", ADA)  # the same on its way is on its way once
    process.send()
    (letter,) = mail.letters
    assert "https://door.example.org/enrol/i1" in letter
    assert "Guten Tag Ada Byron" in letter
    site.personal.send("invitation", "i1", ADA)
    site.clock.advance(timedelta(days=3).total_seconds())
    process.send()
    assert len(mail.letters) == 1, "one that is over is not sent"
    assert process.service.recent()[0].notice.kind is NoticeKind.LETTER
