"""``/metrics`` for Prometheus: read from the running system when it is asked for."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec import __version__
from face_rec.cameras.camera_health import CameraHealth
from face_rec.protocols.people_store import Gallery
from face_rec.protocols.streams import Stream
from face_rec.timekeeping.watch import State
from face_rec.web.gate.shedding import Overload
from face_rec.web.ops.camera_figures import camera_metrics
from face_rec.web.ops.checks import SpoolLike

log = logging.getLogger(__name__)


class ChainChecked(Protocol):
    """What the last check of the chain found."""

    @property
    def at(self) -> datetime | None: ...

    @property
    def findings(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _Unchecked:
    at: datetime | None = None
    findings: int = 0


def _unchecked() -> ChainChecked:
    return _Unchecked()


class AuditedLike(Protocol):
    """How many answers of a vector engine were compared lately, and how many were exact."""

    @property
    def asked(self) -> int: ...
    @property
    def agreed(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from; each is asked at every scrape."""

    streams: Callable[[], Iterable[Stream]]
    journal_pending: Callable[[], int]
    spool: Callable[[], SpoolLike]
    gallery: Callable[[], Gallery]
    marks: Callable[[], Mapping[str, int]]
    chain: Callable[[], ChainChecked] = _unchecked
    clock: Callable[[], State | None] = lambda: None
    lives: Callable[[], Mapping[tuple[str, str], int]] = dict
    load: Callable[[], Overload] = Overload
    cameras: Callable[[], Iterable[CameraHealth]] = tuple
    archive_lag: Callable[[], float | None] = lambda: None
    audited: Callable[[], AuditedLike | None] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def routes(sources: Sources) -> list[Route]:
    """``/metrics``, with a registry of its own so that tests and reloads do not collide."""
    registry = CollectorRegistry()
    registry.register(SystemCollector(sources))
    ProcessCollector(registry=registry)

    def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [Route("/metrics", metrics)]


class SystemCollector(Collector):
    """The system's figures in Prometheus' form."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """All that can be read at the moment: one broken part hides no other."""
        parts = (
            self._build,
            self._streams,
            self._journal,
            self._spool,
            self._gallery,
            self._marks,
            self._lives,
            self._chain,
            self._clock,
            self._load,
            self._cameras,
            self._archive,
            self._audited,
        )
        for part in parts:
            try:
                yield from part()
            except Exception:
                log.exception("metrics_incomplete part=%s", part.__name__)

    def describe(self) -> list[Metric]:
        """Nothing: the names are checked by tests, not by asking the system at its start."""
        return []

    def _chain(self) -> list[Metric]:
        """Nothing before the first check: a zero would say that all is well."""
        checked = self._sources.chain()
        if checked.at is None:
            return []
        found = GaugeMetricFamily(
            "face_rec_chain_findings", "What the daily check of the chain found wrong."
        )
        found.add_metric([], checked.findings)
        at = GaugeMetricFamily("face_rec_chain_checked_timestamp_seconds", "When that was.")
        at.add_metric([], checked.at.timestamp())
        return [found, at]

    def _clock(self) -> Iterator[Metric]:
        """What nobody says is left out: a zero would say that the clock is right."""
        state = self._sources.clock()
        if state is None:
            return
        jumps = CounterMetricFamily("face_rec_clock_jumps", "How often the clock was set.")
        jumps.add_metric([], state.jumps)
        yield jumps
        if state.kept.synchronised is not None:
            yield _gauge("clock_synchronised", "1: NTP keeps it.", float(state.kept.synchronised))
        if state.kept.offset is not None:
            yield _gauge("clock_ntp_offset_seconds", "Left to correct.", state.kept.offset)
        ahead = GaugeMetricFamily(
            "face_rec_clock_ahead_seconds", "Of another machine's clock.", labels=["of"]
        )
        for name, seconds in sorted(state.others.items()):
            ahead.add_metric([name], seconds)
        yield ahead

    def _load(self) -> list[Metric]:
        load = self._sources.load()
        away = CounterMetricFamily(
            "face_rec_load_turned_away",
            "Asked for and put off, by what gave way.",
            labels=["what"],
        )
        for what, count in load.turned_away().items():
            away.add_metric([what.name.lower()], count)
        shed = "What gives way: 0 nothing, 1 pages, 2 the live view too, 3 pictures too."
        return [
            _gauge("load_shed_level", shed, load.level),
            _gauge("load_late_seconds", "How late the event loop comes round.", load.late),
            away,
        ]

    def _cameras(self) -> list[Metric]:
        return camera_metrics(self._sources.cameras(), self._sources.now())

    def _archive(self) -> list[Metric]:
        """Nothing without an archive: a zero would say that one is up to date."""
        lag = self._sources.archive_lag()
        return [] if lag is None else [_gauge("archive_lag_seconds", "Behind at most.", lag)]

    def _audited(self) -> list[Metric]:
        """Nothing where every answer is exact, or none was compared yet."""
        now = self._sources.audited()
        if now is None or not now.asked:
            return []
        share = now.agreed / now.asked
        return [
            _gauge("gallery_audited", "Newest answers compared with everybody.", now.asked),
            _gauge("gallery_agreement", "Share of these that were the exact ones.", share),
        ]

    def _build(self) -> list[Metric]:
        build = GaugeMetricFamily("face_rec_build_info", "Version.", labels=["version"])
        build.add_metric([__version__], 1)
        return [build]

    def _streams(self) -> list[Metric]:
        counters = {
            name: CounterMetricFamily(f"face_rec_frames_{name}", text, labels=["kiosk"])
            for name, text in _FRAMES.items()
        }
        gauges = {
            name: GaugeMetricFamily(f"face_rec_{metric}", text, labels=["kiosk"])
            for name, (metric, text) in _RATES.items()
        }
        for stream in self._sources.streams():
            stats = stream.stats()
            counters["received"].add_metric([stream.name], stats.frames)
            counters["dropped"].add_metric([stream.name], stats.dropped)
            counters["inferred"].add_metric([stream.name], stats.inferred)
            for name, gauge in gauges.items():
                value = getattr(stats, name)
                if value is not None:
                    gauge.add_metric([stream.name], value)
        return [*counters.values(), *gauges.values()]

    def _journal(self) -> list[Metric]:
        value = self._sources.journal_pending()
        return [_gauge("journal_pending", "Marks that Redis has not acknowledged yet.", value)]

    def _spool(self) -> list[Metric]:
        stats = self._sources.spool()
        dropped = CounterMetricFamily("face_rec_snapshots_dropped", "Lost for want of room.")
        dropped.add_metric([], stats.dropped)
        waiting = _gauge("snapshots_pending", "Snapshots that are not stored yet.", stats.pending)
        return [waiting, dropped]

    def _gallery(self) -> list[Metric]:
        gallery = self._sources.gallery()
        return [
            _gauge("gallery_people", "People who can be recognised.", gallery.people),
            _gauge("gallery_revision", "Revision of the gallery in use.", gallery.revision),
        ]

    def _marks(self) -> list[Metric]:
        family = CounterMetricFamily("face_rec_marks", "Marks by outcome.", labels=["outcome"])
        for outcome, count in sorted(self._sources.marks().items()):
            family.add_metric([outcome], count)
        return [family]

    def _lives(self) -> list[Metric]:
        """Nothing where no liveness is checked: a zero would say that nobody was held."""
        counts = self._sources.lives()
        if not counts:
            return []
        family = CounterMetricFamily(
            "face_rec_liveness", "Named faces by what they were taken for, and what came of it.",
            labels=["verdict", "outcome"],
        )  # fmt: skip
        for (verdict, outcome), count in sorted(counts.items()):
            family.add_metric([verdict, outcome], count)
        return [family]


_FRAMES = {
    "received": "Frames that came from the camera.",
    "dropped": "Frames replaced by a newer one before they were looked at.",
    "inferred": "Frames that were looked at.",
}
_RATES = {
    "frame_rate": ("frames_per_second", "Frames a second from the camera."),
    "inference_rate": ("inferences_per_second", "Frames a second that were looked at."),
    "time_to_mark": ("time_to_mark_seconds", "From first sight to the last mark."),
    "frame_age": ("frame_age_seconds", "Age of the newest frame."),
}


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"face_rec_{name}", text, value=value)
