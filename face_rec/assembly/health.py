"""What is looked at to say whether this process can do its work, in the order of telling."""

import os
from collections.abc import Sequence

from config import Settings
from face_rec import background
from face_rec.assembly.storage.stores import Stores
from face_rec.clock import Clock
from face_rec.domain.health import Check
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.streams.performance_advice import Machine, advice
from face_rec.kiosks.screen_status import ScreenReports, camera_troubles
from face_rec.models.model_service import ModelService
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.stores.redis import durability, redis_health
from face_rec.stores.redis.aof_repair import repaired_check
from face_rec.stores.redis.embedded import folder_of
from face_rec.stores.verify.daily_check import DailyCheck, chain_check
from face_rec.timekeeping.watch import ClockWatch
from face_rec.web.gate.shedding import Overload
from face_rec.web.ops import (
    camera_figures,
    checks,
    gallery_checks,
    health,
    host_checks,
    machine_checks,
)


def open_health(
    settings: Settings,
    stores: Stores,
    clock: Clock,
    *,
    models: ModelService,
    engine: Engine,
    marker: DurableMarker,
    follower: GalleryFollower,
    screens: ScreenReports,
    load: Overload,
    clock_watch: ClockWatch,
    daily_check: DailyCheck,
    outside: Sequence[Check] = (),
) -> health.Health:
    """What ``/readyz``, the Overview and the page System ask."""
    embedded = folder_of(settings.data_dir) if settings.embedded_redis else None
    return health.Health(
        [
            redis_health.reachable_check(stores.client),
            durability.durable_check(stores.client),
            *([repaired_check(embedded, settings.journal_hours)] if embedded else []),
            durability.emptied_check(lambda: stores.chain.emptied),
            redis_health.redis_clock_check(
                redis_health.ahead_of_redis(stores.client, clock)
            ),
            host_checks.clock_watch_check(clock_watch.state),
            checks.models_check(models.status),
            checks.liveness_check(stores.kiosks.enforcing, models.status),
            checks.cameras_check(
                lambda: camera_troubles(stores.kiosks.records(), screens, clock.now())
            ),
            camera_figures.site_cameras_check(
                lambda: stores.cameras.healths(
                    stores.kiosks, clock.now(), stores.options.current().timezone
                )
            ),
            gallery_checks.gallery_check(follower.status, stores.people.count),
            gallery_checks.accuracy_check(
                lambda: follower.gallery.templates, lambda: _largest(models)
            ),
            checks.journal_check(
                marker.pending_count, marker.problem, stores.journal.aside
            ),
            checks.snapshots_check(stores.spool.stats),
            machine_checks.background_check(background.statuses),
            machine_checks.speed_check(lambda: _advice(engine, models)),
            machine_checks.load_check(load),
            machine_checks.disk_check(settings.data_dir),
            chain_check(stores.chain.status, daily_check.status),
            *outside,
        ],
        clock,
    )  # fmt: skip


def _advice(engine: Engine, models: ModelService) -> tuple[str, ...]:
    status = models.status()
    machine = Machine(
        status.pack,
        engine.workers,
        os.cpu_count() or 1,
        engine.load,
        accelerated=status.provider not in {"", "cpu"},
    )
    return advice({stream.name: stream.stats() for stream in engine.streams()}, machine)


def _largest(models: ModelService) -> int | None:
    """For how many templates the loaded model's threshold was measured."""
    loaded = models.current()
    return loaded.calibration.largest_gallery if loaded else None
