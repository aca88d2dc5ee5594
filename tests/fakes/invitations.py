"""Invitations in memory, for the tests of pages."""

from collections.abc import Callable, Sequence
from typing import cast

from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.people.invitations import Invitations
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.invitations.invitation_service import InvitationService
from face_rec.invitations.phone_enrolment import PhoneEnrolment
from face_rec.notices.personal.own_link import OwnLinkMail
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.stores.people.person_codec import Unsealed
from tests.fakes.access import MemoryRecords
from tests.fakes.people import FakePeople


class MemoryFaces:
    """A ``WaitingFaces``."""

    def __init__(self) -> None:
        self.kept: dict[str, list[EnrolPhoto]] = {}

    def put(self, name: str, photos: Sequence[EnrolPhoto], seconds: float) -> None:
        self.kept[name] = list(photos)

    def get(self, name: str) -> list[EnrolPhoto]:
        return self.kept.get(name, [])

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)

    def ending(self, seconds: float) -> list[str]:
        """They stay as long as this memory does."""
        return []

    def reseal(self) -> int:
        return len(self.kept)


class Mailbox:
    """Whom was written to, and of what."""

    def __init__(self) -> None:
        self.server = False
        self.sent: list[tuple[str, str]] = []

    def on(self) -> bool:
        return self.server

    def send(self, purpose: str, what: str, person: Person) -> str:
        if not person.email:
            return ""
        self.sent.append((purpose, person.id))
        return "a…@example.org"


def fake_invitations(
    people: FakePeople,
    enrolment: Enrolment,
    clock: Clock,
    rule: Callable[[], SelfEnrolling],
    log: AuditLog,
) -> Invitations:
    """Nobody comes in by a link; ``own_link`` says that there is no mail."""
    invitations: MemoryRecords[Invitation] = MemoryRecords()
    enrolments: MemoryRecords[SelfEnrolment] = MemoryRecords()
    records = InvitationRecords(invitations, enrolments, MemoryFaces(), Unsealed())
    mail = Mailbox()
    return Invitations(
        InvitationService(
            records=records, people=people, audit_log=log, clock=clock, rule=rule, mail=mail,
            token=lambda one: f"token-{one.id}",
        ),
        EnrolDecisions(
            records=records, people=people, writer=people, enrolment=enrolment, audit_log=log,
            clock=clock,
        ),
        cast("PhoneEnrolment", None),
        cast("OwnLinkMail", mail),
    )  # fmt: skip
