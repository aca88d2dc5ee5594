"""The models and what they know of the people here, for commands that recognise or measure."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from config import Settings
from face_rec.assembly.models.model_change import open_model_change, switch_of
from face_rec.assembly.models.vectors import any_gallery
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import Clock, SystemClock
from face_rec.domain.site.own_calibration import OwnCalibration
from face_rec.journey.decide import Policy
from face_rec.models.model_service import ModelService
from face_rec.models.scores.own_people import OwnPeople
from face_rec.models.scores.own_report import Advice
from face_rec.people.change.change import ModelChange
from face_rec.people.change.plan import Switch
from face_rec.people.gallery.gallery import MemoryGallery


def build_models(
    settings: Settings,
    stores: Stores | None = None,
    switch: Callable[[], Switch | None] = lambda: None,
) -> ModelService:
    """The models alone, not yet loaded; without ``stores`` for commands that need no Redis.
    ``switch``: what the site has chosen."""

    def taken() -> Sequence[OwnCalibration]:
        return stores.options.current().calibrations if stores else ()

    return ModelService(
        settings.data_dir / "models", settings.model_pack, settings.model_provider, threads=1,
        liveness=settings.liveness_pack, mirror=settings.model_mirror or "", switch=switch,
        taken=taken, by_hand=settings.own_threshold,
    )  # fmt: skip


@contextmanager
def build_model_change(settings: Settings) -> Iterator[ModelChange]:
    """What admins do about a change of the model, without kiosks; for commands. The app that runs
    beside it does the work. Raises ModelError where the pack in use cannot be loaded."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        models = build_models(settings, stores, switch_of(stores.options))
        models.follow()
        if models.current() is None:
            models.load()
        yield open_model_change(stores, settings, models, clock)


@contextmanager
def build_own_people(settings: Settings) -> Iterator[tuple[OwnPeople, Advice]]:
    """What measures how well the model knows the people of this site; for commands. The app may
    run beside it."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        models = build_models(settings, stores, switch_of(stores.options))
        gallery = any_gallery(settings, stores)(models.load().contract)
        entries = stores.people.entries(gallery.contract.digest)
        gallery.load((one for one in entries if gallery.fits(one)), stores.people.revision())
        yield open_own_people(settings, stores, models, lambda: gallery, clock)


def open_own_people(
    settings: Settings,
    stores: Stores,
    models: ModelService,
    gallery: Callable[[], MemoryGallery | None],
    clock: Clock,
) -> tuple[OwnPeople, Advice]:
    """What measures, and what puts its advice in force."""
    own = OwnPeople(
        people=stores.people, models=models, gallery=gallery, pictures=stores.spool,
        marks=stores.attendance, policy=policy_of(settings), clock=clock,
        missed=stores.missed.days if settings.count_missed else None,
    )  # fmt: skip
    return own, Advice(stores.options)


def policy_of(settings: Settings) -> Policy:
    """The rules of recognition."""
    return Policy(threshold=settings.match_threshold, margin=settings.match_margin)
