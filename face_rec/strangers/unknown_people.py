"""Unknown people, as the app and its pages have them."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.strangers.keeper import StrangerKeeper
from face_rec.strangers.policy import StrangerPolicy
from face_rec.strangers.seen_before import Proposals
from face_rec.strangers.stranger_service import StrangerService
from face_rec.strangers.upkeep import StrangerUpkeep


@dataclass(frozen=True, slots=True)
class Strangers:
    """All of it. Safe from any thread. ``contract``: of the model in use; "" without one."""

    keeper: StrangerKeeper
    upkeep: StrangerUpkeep
    service: StrangerService
    proposals: Proposals
    policy: StrangerPolicy
    contract: Callable[[], str]
