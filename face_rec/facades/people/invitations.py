"""For who invites people to register on their phone, and decides about what comes in: the page
Invitations."""

from dataclasses import dataclass

from face_rec.facades.facade import Facade
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.desk import InvitationDesk
from face_rec.protocols.people import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True)
class InvitationsFacade(Facade):
    desk: InvitationDesk
    decisions: EnrolDecisions
    people: PeopleReader
    pictures: SnapshotStore
