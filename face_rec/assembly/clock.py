"""The watch over this machine's clock, and what becomes of a change that it notices."""

import platform
from collections.abc import Callable
from contextlib import ExitStack

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.assembly.stores import Stores
from face_rec.clock import MachineClock
from face_rec.domain.clock_state import TOLD, ClockNote
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.redis.redis_health import ahead_of_redis
from face_rec.timekeeping.ntp import Keeper
from face_rec.timekeeping.seen import NAME, SeenFile
from face_rec.timekeeping.watch import ClockWatch, Jump, Opinion


def open_clock_watch(
    settings: Settings, stores: Stores, clock: MachineClock, stack: ExitStack
) -> ClockWatch:
    """Started; closed with ``stack``. An embedded Redis has the same clock and is not asked."""
    others: dict[str, Opinion] = {}
    if not settings.embedded_redis:
        others["redis"] = ahead_of_redis(stores.client, clock)
    machine = platform.node()[:64]
    watch = ClockWatch(
        clock, Keeper(), others, clock_was_set(stores, settings.site, machine),
        file=SeenFile(settings.data_dir / NAME), machine=machine,
    )  # fmt: skip
    watch.start()
    stack.callback(watch.close)
    return watch


def clock_was_set(stores: Stores, site: str, machine: str) -> Callable[[Jump], None]:
    """Marks of before get into doubt, and the audit log tells it: once, where several processes
    of the machine have noticed."""
    changes, audit = RedisClockChanges(stores.client, site), stores.access.audit

    def told(jump: Jump) -> None:
        change = jump.change
        if change is not None and abs(change.ahead) >= TOLD and not changes.note(change):
            return
        audit.record(
            Action.CLOCK_SET, machine,
            before={"clock": f"{jump.before:%Y-%m-%d %H:%M:%S} UTC"},
            after={"clock": f"{jump.after:%Y-%m-%d %H:%M:%S} UTC", "result": jump.words},
        )  # fmt: skip

    return told


def note_of(watch: ClockWatch) -> ClockNote:
    """What goes with every sign of life of a kiosk."""
    now = watch.state()
    return ClockNote(now.kept.synchronised, now.kept.offset, now.ahead)
