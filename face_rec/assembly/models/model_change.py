"""Changing the recognition model: the job that embeds everybody anew, and what admins do."""

from collections.abc import Callable, Mapping

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.storage.stores import Stores
from face_rec.clock import Clock
from face_rec.people.change.change import ModelChange, Note
from face_rec.people.change.job import ReembeddingJob
from face_rec.people.change.plan import Switch
from face_rec.people.change.reembed import Maker, Packs, Reembedding
from face_rec.people.change.trial import Comparison
from face_rec.site_options import LiveOptions
from face_rec.stores.site.model_change import RedisModelChange

_ACTIONS: Mapping[str, Action] = {
    "begun": Action.MODELS_CHANGE_BEGUN,
    "paused": Action.MODELS_CHANGE_PAUSED,
    "resumed": Action.MODELS_CHANGE_RESUMED,
    "again": Action.MODELS_CHANGE_AGAIN,
    "ended": Action.MODELS_CHANGE_ENDED,
    "used": Action.MODELS_USED,
}


def switch_of(options: LiveOptions) -> Callable[[], Switch | None]:
    """The pack that the site has chosen last, as it is stored at this moment; may raise
    StoreUnavailable. What this process read some seconds ago would undo what another has done."""
    return lambda: Switch.of(options.read().model)


def open_model_change(
    stores: Stores, settings: Settings, packs: Packs, clock: Clock
) -> ModelChange:
    """What admins do; nothing is started."""
    return ModelChange(
        store=RedisModelChange(stores.client, settings.site), people=stores.people, packs=packs,
        options=stores.options, clock=clock, by_hand=settings.own_threshold,
        note=change_note(stores.access.audit),
    )  # fmt: skip


def open_reembedding(
    stores: Stores, site: str, packs: Packs, clock: Clock, busy: Callable[[], bool]
) -> ReembeddingJob:
    """The job of this process, not yet started. ``busy``: see there."""
    store = RedisModelChange(stores.client, site)
    reembedding = Reembedding(stores.spool.get, clock)
    writer = stores.writers.unattended
    return ReembeddingJob(
        store=store, people=stores.people, writer=writer,
        maker=Maker(store, stores.people, writer, packs, reembedding),
        comparison=Comparison(stores.people, clock), switch=switch_of(stores.options), clock=clock,
        busy=busy,
    )  # fmt: skip


def change_note(audit_log: AuditLog) -> Note:
    """Writes to the audit log what admins do about a change."""

    def note(
        what: str, pack: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> None:
        audit_log.record(_ACTIONS[what], pack, before, after)

    return note
