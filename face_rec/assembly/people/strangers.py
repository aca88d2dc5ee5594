"""Unknown people over the stores of a site: what keeps them, what forgets them, and the page."""

from contextlib import ExitStack
from dataclasses import dataclass

from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.languages.language import msgid
from face_rec.people.enrolment import Enrolment
from face_rec.privacy.ports import Keeper, Purge
from face_rec.protocols.models import ModelSource
from face_rec.protocols.people_store import Gallery
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.strangers.alarms import Alarms
from face_rec.strangers.alike import CAUTIOUS, Registered, limit_of
from face_rec.strangers.forgetting import Forgetting
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.keeper import StrangerKeeper
from face_rec.strangers.policy import StrangerPolicy
from face_rec.strangers.seen_before import Proposals, Seen, ids_of
from face_rec.strangers.stranger_service import StrangerService
from face_rec.strangers.unknown_people import Strangers
from face_rec.strangers.upkeep import StrangerUpkeep


@dataclass(frozen=True, slots=True)
class StrangerParts:
    """What an erasure and the retention job reach, without models or cameras too."""

    index: StrangerIndex
    forgetting: Forgetting
    seen: Seen

    def keeper(self) -> Keeper:
        """For a person's erasure and export: visits that are theirs, or look like them."""

        def forget(subject: str) -> int:
            return self.forgetting.visits(ids_of(self.seen.of(subject)))

        return Keeper(msgid("visit as somebody unknown"), self.seen.held, forget)


def open_stranger_parts(
    stores: Stores, clock: Clock, purge: Purge, models: ModelSource | None = None
) -> StrangerParts:
    """``models``: whose limits tell who is alike; None: rather too many are found."""
    store, index = stores.strangers, StrangerIndex(stores.strangers)

    def limit(contract: str) -> float:
        return limit_of(models, contract, store.count()) if models else CAUTIOUS

    return StrangerParts(
        index,
        Forgetting(store, stores.spool, clock, purge),
        Seen(store, index, stores.people, limit),
    )


def old_strangers(stores: Stores, parts: StrangerParts) -> int:
    """Forget what is old enough, or all where nobody is to be kept; how many visits."""
    days = stores.options.current().stranger_days
    if days:
        parts.forgetting.stray_pictures()
        return parts.forgetting.older(days)
    return parts.forgetting.everything() if stores.strangers.revision() else 0


def open_keeper(
    site: str,
    stores: Stores,
    parts: StrangerParts,
    *,
    models: ModelSource,
    gallery: Gallery,
    clock: Clock,
    stack: ExitStack,
) -> StrangerKeeper:
    """What journeys hand unknown people to, of the app and of camera workers; started, and closed
    with ``stack``."""
    keeper = StrangerKeeper(
        stores.strangers, parts.index, days=lambda: stores.options.current().stranger_days,
        models=models, registered=Registered(gallery, stores.people), pictures=stores.spool,
        alarms=Alarms(RedisOutbox(stores.client, site), stores.strangers, clock), clock=clock,
    )  # fmt: skip
    return started(keeper, stack)


def open_strangers(
    stores: Stores,
    parts: StrangerParts,
    keeper: StrangerKeeper,
    *,
    models: ModelSource,
    enrolment: Enrolment,
    clock: Clock,
    stack: ExitStack,
) -> Strangers:
    """All of it, started; closed with ``stack``."""
    store, audit = stores.strangers, stores.access.audit

    def contract() -> str:
        current = models.current()
        return current.contract.digest if current else ""

    upkeep = StrangerUpkeep(
        store, parts.index, parts.forgetting,
        days=lambda: stores.options.current().stranger_days, models=models, alarms=keeper.alarms,
    )  # fmt: skip
    started(upkeep, stack)
    return Strangers(
        keeper,
        upkeep,
        StrangerService(
            store, parts.index, parts.forgetting, enrolment=enrolment, people=stores.people,
            pictures=stores.spool, audit=audit, clock=clock,
            demand=stores.access.step_up.demand,
        ),
        Proposals(
            parts.seen, people=stores.people, marks=stores.writers.corrections,
            pictures=stores.spool, audit=audit, clock=clock,
        ),
        StrangerPolicy(stores.options, upkeep, store.count),
        contract,
    )  # fmt: skip
