"""For who invites people to register on their phone, and decides about what comes in: the page
Invitations."""

from dataclasses import dataclass

from face_rec.facades.facade import Facade
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.invitation_service import InvitationService
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True)
class InvitationsFacade(Facade):
    service: InvitationService
    decisions: EnrolDecisions
    people: PeopleReader
    pictures: SnapshotStore
