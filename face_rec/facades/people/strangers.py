"""For who decides about unknown people: the page Unknown."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.strangers.stranger_service import StrangerService


@dataclass(frozen=True, slots=True)
class StrangersFacade(Facade):
    service: StrangerService
    days: Callable[[], int]
    """For how many somebody is kept; 0: nobody is."""
    contract: Callable[[], str]
    """Of the model in use; "" without one."""
    people: PeopleReader
    pictures: SnapshotStore
    kiosk_title: Callable[[str], str]
    """How a kiosk is called for people."""
