"""Somebody unknown before a camera whose worker is a process of its own: they stand in the inbox,
a mail tells of them, they are enrolled by their pictures, and marked when they come again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec.cameras.camera import CameraDraft
from face_rec.domain.people import Consent
from face_rec.domain.strangers import Standing
from face_rec.notices.channel import ChannelKind, NoticeRule
from face_rec.notices.notice import NoticeKind
from face_rec.people.details import Details
from face_rec.stores.redis.client import Client
from tests.data import Material
from tests.integration.cameras.site import RATE, Site, enrol, marks, walk
from tests.integration.notices.receiver import Mailbox, mailbox
from tests.redis_servers import Server, wait_until
from tests.rtsp import RtspCamera, clip

pytestmark = [pytest.mark.models, pytest.mark.timeout(240)]


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


@pytest.mark.nightly
def test_who_is_unknown_to_a_camera_is_told_of_by_mail_enrolled_and_marked_next_time(
    redis_client: Client, redis_server: Server, tmp_path: Path, drawn: Material, mail: Mailbox
) -> None:
    site = Site(tmp_path, redis_server.port, drawn.pack)
    site.values |= {"STRANGER_DAYS": "14"}
    try:
        with site.office() as system, RtspCamera(clip(walk(7), RATE, every=RATE)) as camera:
            enrol(system, 3)
            channel, _ = system.notices.channels.add(
                "Office", ChannelKind.MESSAGE, mail.address, "ada"
            )
            told = frozenset({NoticeKind.STRANGER_CAME.value, NoticeKind.MARK.value})
            system.notices.channels.save_rule(
                NoticeRule("", "Gate", told, frozenset({channel.id}))
            )
            system.cameras.service.add(CameraDraft("gate", camera.url, title="Gate"), "ada")
            site.worker("office")  # on the same machine, with the same folder for pictures
            wait_until(lambda: bool(system.strangers.service.all()), 90)
            (unknown,) = system.strangers.service.all()
            assert unknown.standing is Standing.OPEN
            assert [one.kiosk for one in system.strangers.service.visits(unknown)] == ["gate"]
            wait_until(lambda: bool(mail.letters), 60)
            assert "Unknown person" in mail.letters[0]
            assert "Gate" in mail.letters[0]
            assert marks(system) == []

            photos = system.strangers.service.photos([unknown.id])
            assert photos.taken
            consent = Consent("I agree.", "1", system.clock.now())
            details = Details("p7", "Bo Unknown", consent=consent)
            person = system.enrolment.register(details, photos.taken)
            system.strangers.service.enrolled([unknown.id], person.subject, "ada")

            wait_until(lambda: bool(marks(system)), 60)
            assert {(one.subject, one.kiosk) for one in marks(system)} == {
                (person.subject, "gate")
            }
            wait_until(lambda: any("Bo Unknown" in one for one in mail.letters), 60)
    finally:
        site.end()
