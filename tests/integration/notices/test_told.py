"""From a mark in Redis to whoever is told: real Redis, a real receiver, a real mail server."""

import threading
from dataclasses import replace

from face_rec.domain.marks import EventKind
from face_rec.notices.channel import ChannelKind
from face_rec.notices.notice import NoticeKind
from tests.integration.notices.a_site import Site
from tests.integration.notices.receiver import Mailbox, Receiver
from tests.samples import an_event


def test_a_program_is_told_of_a_mark_with_name_and_signature(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    assert receiver.said == {
        "e1": {
            "type": "attendance.mark",
            "timestamp": "2025-03-10T08:00:00Z",
            "data": {
                "id": "e1",
                "person": {"id": "7", "name": "Ada Byron", "group": "Office"},
                "kiosk": "door",
                "event": "e1",
                "details": "Check-in",
                "facts": {"kind": "in"},
            },
        }
    }
    assert receiver.forged == 0
    assert process.service.waiting() == 0
    assert [one.problem for one in process.service.recent()] == [""]


def test_late_held_and_corrected_are_told_as_such(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.late["e1"] = 720
    site.mark("e1")
    site.mark("h1", kind=EventKind.HELD)
    correction = replace(an_event("c1", "s1", 60, EventKind.VOID), target="e1", author="Grace")
    site.marks.apply(correction, 0, replay=True)
    process = site.opened()
    process.look()
    process.send()
    told = {name: (said["type"], said["data"]["details"]) for name, said in receiver.said.items()}
    assert told["e1-late"] == ("attendance.late", "Late by 12 min")
    assert told["h1"][0] == "attendance.held"
    assert told["c1"] == ("attendance.correction", "voided by Grace")


def test_people_get_a_letter_with_names_and_local_times(site: Site, mail: Mailbox) -> None:
    made, secret = site.channels.add("Office", ChannelKind.MESSAGE, mail.address, "root")
    assert (secret, made.shown) == ("", "E-Mail")
    site.rule(made)
    site.mark("e1")
    process = site.opened()
    process.look()
    process.send()
    (letter,) = mail.letters
    assert "School: Marked" in letter
    assert "Ada Byron: Check-in, 08:00 (Door)\nMonday, 10 March 2025" in letter


def test_a_digest_is_one_letter(site: Site, mail: Mailbox) -> None:
    made = site.office(mail)
    site.rule(made, NoticeKind.MARK, digest=30)
    site.mark(*[f"e{number}" for number in range(20)])
    process = site.opened()
    process.look()
    process.send()
    assert mail.letters == []
    site.clock.advance(1800)
    process.send()
    (letter,) = mail.letters
    assert letter.count("Ada Byron") == 20
    assert process.service.waiting() == 0


def test_nothing_is_told_of_who_was_erased_meanwhile(
    site: Site, mail: Mailbox, receiver: Receiver
) -> None:
    made = site.office(mail)
    site.rule(made)
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    process.look()
    site.people.clear()
    process.send()
    assert mail.letters == []
    assert receiver.said["e1"]["data"]["person"] is None
    assert process.service.waiting() == 0
    kept = b"".join(site.client.dump(name) or b"" for name in site.client.keys("notices:*"))
    assert b"Ada" not in kept


def test_a_digest_that_the_mail_server_refused_is_one_letter_later(
    site: Site, mail: Mailbox
) -> None:
    made = site.office(mail)
    site.rule(made, NoticeKind.MARK, digest=30)
    site.mark(*[f"e{number}" for number in range(20)])
    process = site.opened()
    process.look()
    site.clock.advance(1800)
    mail.away = True
    process.send()
    mail.away = False
    site.clock.advance(10)
    process.send()
    (letter,) = mail.letters
    assert letter.count("Ada Byron") == 20
    assert process.service.waiting() == 0


def test_threads_take_a_mark_to_the_receiver_by_themselves(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    service = site.opened().service
    service.start()
    try:
        site.mark("e1")
        waited = threading.Event()
        for _ in range(600):
            if receiver.got:
                break
            waited.wait(0.1)
    finally:
        service.close()
    assert receiver.got == {"e1": 1}
