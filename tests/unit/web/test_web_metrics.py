"""/metrics shows the running system in Prometheus' own words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from face_rec.domain.faces import Image, Matrix, Vector
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.domain.people import Contract
from face_rec.domain.recognition import Match
from face_rec.protocols.streams import Stream
from face_rec.stores.vectors.agreements import Agreement
from face_rec.stores.verify.daily_check import CheckStatus
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.watch import ClockWatch
from face_rec.web.gate.shedding import LOOKS, Overload, Shed
from face_rec.web.ops.metrics import Sources, routes
from tests.fakes.clock import FakeClock


class QuietStream:
    """A stream that has figures and nothing else."""

    def __init__(self, name: str, stats: StreamStats) -> None:
        self.name = name
        self._stats = stats

    def submit(self, image: Image) -> None:
        raise AssertionError("metrics only read")

    def scene(self) -> Scene | None:
        return None

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        return ()

    def stats(self) -> StreamStats:
        return self._stats

    def close(self) -> None:
        raise AssertionError("metrics only read")


@dataclass(frozen=True)
class Figures:
    """A gallery and a spool of which only the figures are asked."""

    revision: int = 34
    people: int = 12
    templates: int = 12
    pending: int = 5
    dropped: int = 1
    aside: int = 0
    problem: str = ""

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        raise AssertionError("metrics only read")

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        raise AssertionError("metrics only read")


DOOR = StreamStats(100, 40, 60, 29.5, 9.5, time_to_mark=0.8, frame_age=0.03)
SOURCES = Sources(
    streams=lambda: [QuietStream("door", DOOR), QuietStream('the "back"\ndoor', StreamStats())],
    journal_pending=lambda: 7,
    spool=Figures,
    gallery=Figures,
    marks=lambda: {"marked": 9, "already": 4},
)


def _samples(sources: Sources = SOURCES) -> dict[tuple[str, str], float]:
    """Value by (name, label value)."""
    answer = TestClient(Starlette(routes=routes(sources))).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_every_stream_shows_its_figures_under_its_kiosk() -> None:
    samples = _samples()
    shown = {name: value for (name, label), value in samples.items() if label == "door"}
    assert shown == {
        "face_rec_frames_received_total": 100,
        "face_rec_frames_dropped_total": 40,
        "face_rec_frames_inferred_total": 60,
        "face_rec_frames_per_second": 29.5,
        "face_rec_inferences_per_second": 9.5,
        "face_rec_time_to_mark_seconds": 0.8,
        "face_rec_frame_age_seconds": 0.03,
    }


def test_a_figure_that_is_not_known_yet_is_left_out_instead_of_zero() -> None:
    samples = _samples()
    assert ("face_rec_frames_received_total", 'the "back"\ndoor') in samples
    assert ("face_rec_time_to_mark_seconds", 'the "back"\ndoor') not in samples


def test_what_waits_and_who_is_known_is_shown() -> None:
    samples = _samples()
    assert samples["face_rec_journal_pending", ""] == 7
    assert samples["face_rec_snapshots_pending", ""] == 5
    assert samples["face_rec_snapshots_dropped_total", ""] == 1
    assert samples["face_rec_gallery_people", ""] == 12
    assert samples["face_rec_gallery_revision", ""] == 34


def test_marks_are_counted_by_outcome() -> None:
    samples = _samples()
    assert samples["face_rec_marks_total", "marked"] == 9
    assert samples["face_rec_marks_total", "already"] == 4


def test_faces_are_counted_by_what_they_were_taken_for_where_that_is_checked() -> None:
    assert not any(name.startswith("face_rec_liveness") for name, _ in _samples())
    counts = {("live", "marked"): 5, ("attack", "held"): 2}
    samples = _samples(replace(SOURCES, lives=lambda: counts))
    assert samples["face_rec_liveness_total", "marked"] == 5
    assert samples["face_rec_liveness_total", "held"] == 2


def test_one_broken_part_hides_no_other() -> None:
    def broken() -> Iterable[Stream]:
        raise OSError("gone")

    samples = _samples(replace(SOURCES, streams=broken))
    assert samples["face_rec_journal_pending", ""] == 7
    assert not any(name.startswith("face_rec_frames") for name, _ in samples)


def test_two_apps_in_one_process_do_not_collide() -> None:
    assert _samples().keys() == _samples().keys()


def test_the_daily_check_of_the_chain_is_a_figure_once_there_was_one() -> None:
    checked = CheckStatus()
    client = TestClient(Starlette(routes=routes(replace(SOURCES, chain=lambda: checked))))
    assert "face_rec_chain" not in client.get("/metrics").text
    checked = CheckStatus(datetime(2026, 5, 1, tzinfo=UTC), findings=2)
    text = client.get("/metrics").text
    assert "face_rec_chain_findings 2.0" in text
    assert "face_rec_chain_checked_timestamp_seconds 1.7775936e+09" in text


def test_a_clock_that_was_set_or_is_wrong_is_counted() -> None:
    clock = FakeClock()
    watch = ClockWatch(clock, lambda: Kept(False, 0.25), {"redis": lambda: 181.0}, lambda _: None)
    watch.look()
    clock.set(clock.now() + timedelta(minutes=3))
    watch.look()
    found = _clock_samples(replace(SOURCES, clock=watch.state))
    assert found["face_rec_clock_jumps_total"] == 1
    assert found["face_rec_clock_synchronised"] == 0
    assert found["face_rec_clock_ntp_offset_seconds"] == 0.25
    assert found["face_rec_clock_ahead_seconds"] == 181.0
    assert not any("clock" in name for name in _clock_samples(SOURCES))


def _clock_samples(sources: Sources) -> dict[str, float]:
    client = TestClient(Starlette(routes=routes(sources)))
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_what_gives_way_to_marks_is_a_figure_and_so_is_who_was_put_off() -> None:
    load = Overload()
    for _ in range(LOOKS):
        load.note(0.6)
    load.turn_away(Shed.PAGES)
    samples = _samples(replace(SOURCES, load=lambda: load))
    assert samples["face_rec_load_shed_level", ""] == Shed.VIEW
    assert samples["face_rec_load_late_seconds", ""] == 0.6
    assert samples["face_rec_load_turned_away_total", "pages"] == 1
    assert samples["face_rec_load_turned_away_total", "pictures"] == 0


def test_how_far_an_archive_is_behind_is_shown_where_there_is_one() -> None:
    assert not any(name.startswith("face_rec_archive") for name, _ in _samples())
    samples = _samples(replace(SOURCES, archive_lag=lambda: 1.5))
    assert samples["face_rec_archive_lag_seconds", ""] == 1.5


def test_how_often_a_vector_engine_was_exact_is_shown_where_there_is_one() -> None:
    for samples in (_samples(), _samples(replace(SOURCES, audited=Agreement))):
        assert not any(name.startswith("face_rec_gallery_a") for name, _ in samples)
    samples = _samples(replace(SOURCES, audited=lambda: Agreement(1000, 998)))
    assert samples["face_rec_gallery_audited", ""] == 1000
    assert samples["face_rec_gallery_agreement", ""] == 0.998
