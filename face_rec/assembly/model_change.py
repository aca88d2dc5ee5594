"""Changing the recognition model: the job that embeds everybody anew, and what admins do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.commands import build_models
from face_rec.assembly.stores import Stores, open_stores
from face_rec.clock import Clock, SystemClock
from face_rec.people.change.change import ModelChange, Note
from face_rec.people.change.job import ReembeddingJob
from face_rec.people.change.plan import Switch
from face_rec.people.change.reembed import Maker, Packs, Reembedding
from face_rec.people.change.trial import Comparison
from face_rec.stores.site.model_change import RedisModelChange

_ACTIONS: Mapping[str, Action] = {
    "begun": Action.MODELS_CHANGE_BEGUN,
    "paused": Action.MODELS_CHANGE_PAUSED,
    "resumed": Action.MODELS_CHANGE_RESUMED,
    "ended": Action.MODELS_CHANGE_ENDED,
    "used": Action.MODELS_USED,
}


@contextmanager
def build_model_change(settings: Settings) -> Iterator[ModelChange]:
    """What admins do about a change of the model, without kiosks; for commands. The app that runs
    beside it does the work. Raises ModelError where the pack in use cannot be loaded."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        models = build_models(settings, switch_of(stores))
        models.follow()
        if models.current() is None:
            models.load()
        yield open_model_change(stores, settings.site, models, clock)


def switch_of(stores: Stores) -> Callable[[], Switch | None]:
    """The pack that the site has chosen last, as this process knows it."""
    return lambda: Switch.of(stores.options.current().model)


def open_model_change(stores: Stores, site: str, packs: Packs, clock: Clock) -> ModelChange:
    """What admins do; nothing is started."""
    return ModelChange(
        store=RedisModelChange(stores.client, site), people=stores.people, packs=packs,
        options=stores.options, clock=clock, note=change_note(stores.access.audit),
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
        comparison=Comparison(stores.people, clock), switch=switch_of(stores), clock=clock,
        busy=busy,
    )  # fmt: skip


def change_note(audit_log: AuditLog) -> Note:
    """Writes to the audit log what admins do about a change."""

    def note(
        what: str, pack: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> None:
        audit_log.record(_ACTIONS[what], pack, before, after)

    return note
