"""What is watched all the time, and whom it is told: the clock, what Redis loses, the chain."""

import platform
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.control.access_control import Access
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock, MachineClock
from face_rec.domain.clock_state import TOLD, ClockNote
from face_rec.journey.marking.reoffer import CameBack, Reoffer
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.redis import aof_repair, server_history
from face_rec.stores.redis.redis_health import ahead_of_redis
from face_rec.stores.verify.chain_report import Report
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
    return started(watch, stack)


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
            after={"clock": f"{jump.after:%Y-%m-%d %H:%M:%S} UTC", "result": str(jump.words)},
        )  # fmt: skip

    return told


def note_of(watch: ClockWatch) -> ClockNote:
    """What goes with every sign of life of a kiosk."""
    now = watch.state()
    return ClockNote(now.kept.synchronised, now.kept.offset, now.ahead)


def open_reoffer(
    stores: Stores, clock: Clock, doubt: Callable[[], None], embedded: Path | None = None
) -> Reoffer:
    """What brings back the marks, and all other writes, that Redis has lost. ``doubt``: has the
    gallery loaded anew then. ``embedded``: the folder of an embedded Redis."""
    marks, audit = stores.attendance, stores.access.audit
    # An embedded one begins with the app, and no other machine brings anything back to it.
    before = frozenset if embedded is not None else stores.chain.servers
    history = server_history.ServerHistory(stores.client, marks.lengths, clock, before)

    def told(why: str, back: CameBack) -> None:
        servers = history.servers if embedded is None else frozenset[str]()
        marks, writes = back.marks.total(), back.writes
        reason = {"reason": why} if why else {}
        if embedded is not None and why == server_history.BEGUN:
            aof_repair.note_came_back(embedded, marks, writes)
        if marks:
            details = {"marks offered again": marks, **reason}
            audit.record(Action.MARKS_LOST, "attendance", after=details)
        if writes or back.before is not None:
            # Of a look that ended before it could say so nobody knows how many they were.
            more = " and more before" if back.before is not None else ""
            details = {"changes offered again": f"{writes}{more}", **reason}
            audit.record(Action.WRITES_LOST, "site", after=details)
        if marks or writes or back.before is not None or why not in {"", server_history.BEGUN}:
            stores.chain.went_back({*back.marks, *(back.before or ())}, servers)
            stores.chain.copy()  # at once: who is killed after this has nothing more to say
            doubt()
        else:
            stores.chain.saw(servers)

    return Reoffer(
        stores.writers.offered, marks.missing, stores.journal, clock,
        cooldown=lambda: stores.options.current().cooldown,
        lost=history.lost, told=told,
        others=stores.offers,
    )  # fmt: skip


def alarm(access: Access, report: Report) -> None:
    """Something was changed past the app: it stands in the audit log from now on."""
    first = report.first_bad
    details = {"findings": len(report.findings), "first": first.sentence() if first else ""}
    access.audit.record(Action.CHAIN_BROKEN, "chain", after=details)
