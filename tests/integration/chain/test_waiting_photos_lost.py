"""Photos of who has registered on their phone: where Redis loses them they come back as long as
somebody has to decide, and never once that is done; then no machine keeps anything of them."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from face_rec.domain.errors import JournalError
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.invitations.waiting_faces import waiting_faces
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import Machine, clock, machine, other, remembered
from tests.samples import a_photo

__all__ = ["clock", "machine", "other"]

FACE = a_photo().picture
KEY = waiting_faces("main", "e")
_FACES = b"PXAT"  # no other write ends by itself
DAYS = 14 * 24 * 3600


def _sent(machine: Machine, subject: str = "", name: str = "e") -> SelfEnrolment:
    """Somebody's phone says that it is done."""
    records = machine.invitations()
    records.invitations.create(
        Invitation("i", subject, "boss", MORNING, MORNING + timedelta(days=1))
    )
    one = SelfEnrolment(name, "i", subject, MORNING, "I agree.", "1", "en", MORNING)
    records.keep(one, [a_photo()])
    records.change("i", lambda found: found.used())
    return one


def _waiting(machine: Machine) -> tuple[list[str], list[bytes]]:
    records = machine.invitations()
    names = [one.id for one in records.enrolments.all()]
    return names, [photo.picture for photo in records.faces.get("e")]


def _on_disk(machine: Machine, pieces: Sequence[bytes] = ()) -> bool:
    """Whether it keeps a photo: in a write, or ``pieces`` of what was one."""
    kept = [one for one in machine.said() if _FACES in one]
    files = b"".join(path.read_bytes() for path in machine.path.parent.iterdir())
    return bool(kept) or any(piece in files for piece in pieces)


def _pieces(machine: Machine) -> list[bytes]:
    """Of the photos that it keeps, as they lie on the disk."""
    with closing(sqlite3.connect(machine.path)) as file:
        rows = file.execute("SELECT number, content FROM writes").fetchall()
    kept = [(machine.kept.read(number), content) for number, content in rows]
    pieces = [content[-64:] for write, content in kept if write and _FACES in write.written()]
    assert pieces, "or a test could not fail"
    assert _on_disk(machine, pieces)
    return pieces


def test_what_a_phone_was_told_is_sent_waits_again_and_no_longer_than_it_would_have(
    machine: Machine, redis_client: Client
) -> None:
    _sent(machine)
    told = _waiting(machine)
    assert told == (["e"], [FACE])
    left = redis_client.pttl(KEY)
    assert left > (DAYS - 60) * 1000
    time.sleep(0.3)
    redis_client.flushdb()
    machine.offer()
    assert _waiting(machine) == told
    assert machine.invitations().invitations.all()[0].taken == 1
    assert left - 60_000 < redis_client.pttl(KEY) < left - 200


@pytest.mark.parametrize("by", ["dropped", "all of the same invitation", "person erased"])
def test_what_was_decided_about_comes_back_from_no_machine_and_is_kept_on_none(
    machine: Machine, other: Machine, redis_client: Client, by: str
) -> None:
    ada = machine.register()
    one = _sent(other, ada.subject)  # and then it is off
    pieces = _pieces(other)
    put_back = remembered(redis_client)
    records = machine.invitations()
    if by == "dropped":
        records.drop(one.id)
    elif by == "person erased":
        assert records.forget(ada.subject, "ada") == 2
        machine.people.delete(ada.subject)
    else:
        records.drop_all(one)
    assert _waiting(machine) == ([], [])
    other.offers.look()
    assert not _on_disk(other, pieces)
    for lose in (put_back, redis_client.flushdb):
        lose()
        for each in (other, machine, other):
            each.offer()
        assert _waiting(machine) == ([], [])
        assert not redis_client.exists(KEY)
    assert not _on_disk(machine)


def test_photos_that_ended_by_themselves_do_not_come_back(
    machine: Machine, redis_client: Client
) -> None:
    machine.invitations().faces.put("e", [a_photo()], 0.05)
    pieces = _pieces(machine)
    time.sleep(0.1)
    assert machine.invitations().faces.get("e") == []
    redis_client.flushdb()
    assert machine.offer() == 1
    assert not redis_client.exists(KEY)
    machine.invitations().drop("e")  # as the hourly look does with who is over
    assert not _on_disk(machine, pieces)


def test_a_full_disk_takes_no_photos_and_lets_them_be_removed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sent(machine)

    def full(_: WriteLog, write: KeptWrite, about: object = ()) -> None:
        raise JournalError("No space left on device")

    monkeypatch.setattr(WriteLog, "put", full)
    with pytest.raises(JournalError):
        machine.invitations().faces.put("other", [a_photo()], 60.0)
    assert machine.invitations().faces.get("other") == []
    machine.invitations().drop("e")
    assert _waiting(machine) == ([], [])


def test_photos_that_were_kept_before_a_kill_and_lead_nowhere_are_removed(
    machine: Machine, redis_client: Client
) -> None:
    """The app was killed before it had written who sent them, and brings them back."""
    records = machine.invitations()
    records.faces.put("e", [a_photo()], DAYS)
    pieces = _pieces(machine)
    redis_client.flushdb()
    machine.offer()
    assert records.faces.get("e")
    assert records.tidy(MORNING, set) == 0, "somebody may just be sending them"
    redis_client.pexpire(KEY, (DAYS - 3601) * 1000)
    _sent(machine, name="another")
    redis_client.pexpire(waiting_faces("main", "another"), (DAYS - 3601) * 1000)
    assert records.tidy(MORNING, set) == 1
    assert records.faces.get("e") == []
    assert records.faces.get("another")
    files = b"".join(path.read_bytes() for path in machine.path.parent.iterdir())
    assert not any(piece in files for piece in pieces)
