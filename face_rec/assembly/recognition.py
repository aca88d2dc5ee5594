"""What recognises and marks, without pages and without the office: the app's and a camera
worker's alike."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from config import Settings
from face_rec import background
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.assembly.models.gallery_file import open_gallery_file
from face_rec.assembly.models.model_change import switch_of
from face_rec.assembly.models.model_commands import build_models, policy_of
from face_rec.assembly.models.vectors import GalleryParts, open_gallery
from face_rec.assembly.people.badges import open_badge_check
from face_rec.assembly.people.missed import open_miss_counter
from face_rec.assembly.people.personal_data import purge_of
from face_rec.assembly.people.strangers import StrangerParts, open_keeper, open_stranger_parts
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.assembly.watches import note_of, open_clock_watch, open_reoffer
from face_rec.background import started
from face_rec.clock import MachineClock, SystemClock
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.workers import WorkerPool
from face_rec.kiosks.kiosk import NAME as KIOSK_NAME
from face_rec.kiosks.kiosk_register import Heartbeat
from face_rec.models.model_service import ModelService
from face_rec.people.directory import CachedDirectory
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.photos.quality import assess
from face_rec.site_options import OptionsFollower
from face_rec.spare_memory import SpareMemory
from face_rec.stores.redis.embedded import folder_of
from face_rec.strangers.keeper import StrangerKeeper
from face_rec.timekeeping.watch import ClockWatch
from face_rec.warm_up import Heap

CLOSING_SECONDS = 20.0
"""deploy/compose.yaml and the unit file kill after 60, an impatient person sooner."""
_MOST_WORKERS = 4  # more threads than this gain little: memory bandwidth is shared


@dataclass(frozen=True, slots=True)
class Recognition:
    """Started; safe to use from any thread."""

    stores: Stores
    models: ModelService
    directory: CachedDirectory
    gallery: GalleryParts
    follower: GalleryFollower
    clock_watch: ClockWatch
    marker: DurableMarker
    engine: Engine
    unknown: StrangerParts
    keeper: StrangerKeeper
    badges: BadgeCheck


@contextmanager
def build_recognition(settings: Settings) -> Iterator[tuple[Recognition, ExitStack]]:
    """For commands that look at cameras; the app may run beside it. What is pushed on the stack is
    closed first. Raises as :func:`face_rec.assembly.app.build` does."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        models = started(build_models(settings, stores, switch_of(stores.options)), stack)
        core = open_recognition(settings, stores, models, clock, stack)
        try:
            yield core, stack
        finally:
            with background.ending_within(CLOSING_SECONDS):
                stack.close()


def open_recognition(
    settings: Settings, stores: Stores, models: ModelService, clock: MachineClock, stack: ExitStack
) -> Recognition:
    """Closed with ``stack``."""
    started(OptionsFollower(stores.options), stack)
    directory = CachedDirectory(stores.people, clock)
    heap = started(Heap(), stack)
    started(SpareMemory(), stack)
    gallery = open_gallery(settings, stores, clock, stack)
    heard = [directory.forget, heap.changed, *gallery.listeners]
    quick = open_gallery_file(settings, stores, models, clock, stack)
    follower = GalleryFollower(stores.people, models, clock, heard, gallery.make, quick=quick)
    started(follower, stack)
    clock_watch = open_clock_watch(settings, stores, clock, stack)
    marker = DurableMarker(
        stores.writers.marks, stores.journal, clock, lambda: stores.options.current().cooldown,
        away=stores.pulse.away, stamp=clock_watch.stamp,
    )  # fmt: skip
    stack.callback(marker.close)
    embedded = folder_of(settings.data_dir) if settings.embedded_redis else None
    started(open_reoffer(stores, clock, follower.doubt, embedded), stack)
    unknown = open_stranger_parts(stores, clock, purge_of(settings, stores.client), models)
    keeper = open_keeper(
        settings.site, stores, unknown, models=models, gallery=follower.gallery, clock=clock,
        stack=stack,
    )  # fmt: skip
    journeys = PipelineDeps(
        models=models,
        gallery=follower.gallery,
        directory=directory,
        marker=marker,
        snapshots=stores.spool if settings.save_snapshots else None,
        assess=assess,
        clock=clock,
        policy=policy_of(settings),
        liveness=lambda kiosk: stores.kiosks.record(kiosk).liveness,
        colours=lambda kiosk: stores.kiosks.record(kiosk).colours,
        strangers=keeper,
        missed=open_miss_counter(settings, stores, clock, stack),
        badges=(badges := open_badge_check(stores, clock)),
    )
    engine = Engine(journeys, WorkerPool(_workers(settings), clock))
    badges.windows.when_changed(engine.tell)
    stack.callback(engine.close)
    models.before_exchange(follower.prepare)
    return Recognition(
        stores,
        models,
        directory,
        gallery,
        follower,
        clock_watch,
        marker,
        engine,
        unknown,
        keeper,
        badges,
    )


def open_heartbeat(
    core: Recognition, counts: Callable[[str], bool], clock: MachineClock, stack: ExitStack
) -> None:
    """Signs of life of the kiosks whose pictures are looked at here. ``counts``: whether one of
    this name gives any; cameras that see nothing do not."""
    rules = core.stores.rules
    heartbeat = Heartbeat(
        lambda: filter(counts, _alive(core.engine)),
        lambda kiosk, at, waiting: rules.beat(
            kiosk, at, waiting=waiting, clock=note_of(core.clock_watch)
        ),
        clock,
        obstacle=lambda: _obstacle(core.follower, core.marker),
        waiting=core.marker.pending_count,
    )
    stack.callback(heartbeat.close)


def _alive(engine: Engine) -> list[str]:
    """The kiosks with a fresh picture that is looked at (frames may all end in a bug); other
    streams (a guided capture) are none."""
    return [
        stream.name
        for stream in engine.streams()
        if KIOSK_NAME.fullmatch(stream.name) and stream.stats().looks
    ]


def _obstacle(follower: GalleryFollower, marker: DurableMarker) -> str:
    """Why nobody can be marked at any kiosk now; "" where nothing is in the way."""
    if not follower.recognises():
        return "no model, or no gallery of it"
    return marker.check()


def _workers(settings: Settings) -> int:
    return settings.workers or min(_MOST_WORKERS, os.cpu_count() or 1)
