"""How many kiosks one machine holds before people wait too long: measured, and on paper."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from face_rec.domain.faces import Box, Face, Image, Matrix
from face_rec.domain.people import Contract
from face_rec.models.packs.catalogue import BUFFALO_L, BUFFALO_SC
from face_rec.protocols.models import Detector, Embedder, FaceModels
from tests.benchmarks.journey import frame_cost, material, rig, traffic
from tests.benchmarks.report.row import Row

_PACE = traffic.Pace(there=3, away=3)
_LIMIT = 2.0
"""Seconds that p95 of the time to mark may take."""
_FIRST, _MOST = 16, 256
"""Streams tried: from the first on twice as many each time."""


def run(quick: bool = False) -> list[Row]:
    """Two packs measured; the large pack computed from what the stages cost. Quick: only whether
    the small pack holds the first number. On a GPU: the small pack, measured."""
    if quick or material.PROVIDER != "cpu":
        return [_most("buffalo_sc", quick)]
    measured = [_most(pack, quick) for pack in ("buffalo_sc", "scrfd_mbf128")]
    return [*measured, *_predicted(measured[0].value)]


# --- measured ------------------------------------------------------------------


def _most(pack: str, quick: bool) -> Row:
    """The most streams that keep the limit, to an eighth; quick: whether the first number does."""
    stage = traffic.Stage(pack)
    kept: dict[int, traffic.Outcome] = {}
    with rig.running(pack) as house:
        low, high = 0, _FIRST
        while high <= (_FIRST if quick else _MOST) and _holds(house, stage, high, quick, kept):
            low, high = high, high * 2
        while not quick and high <= _MOST and high - low > max(1, low // 8):
            middle = (low + high) // 2
            if _holds(house, stage, middle, quick, kept):
                low = middle
            else:
                high = middle
    note = "half the time somebody new is there; "
    note += f"{high} are too many" if high in kept else "no more were tried"
    if low:
        note += f"; p95 {kept[low].quantile(0.95):.2f} s, {kept[low]}"
    where = "" if material.PROVIDER == "cpu" else f" on {material.PROVIDER}"
    return Row(f"streams held, {pack}{where}", low, "streams", note=note)


def _holds(
    house: rig.House,
    stage: traffic.Stage,
    streams: int,
    quick: bool,
    kept: dict[int, traffic.Outcome],
) -> bool:
    kept[streams] = traffic.play(house, stage, streams, 6.5 if quick else 20, _PACE)
    return kept[streams].quantile(0.95) <= _LIMIT


# --- on paper ------------------------------------------------------------------


@dataclass(slots=True)
class Meter:
    """CPU seconds and calls."""

    seconds: float = 0.0
    calls: float = 0

    def add(self, since: float) -> None:
        self.seconds += time.thread_time() - since
        self.calls += 1


@dataclass(frozen=True, slots=True)
class MeteredDetector:
    """Implements Detector."""

    inner: Detector
    meter: Meter

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        begun = time.thread_time()
        found = self.inner.detect(image, size, region)
        self.meter.add(begun)
        return found


@dataclass(frozen=True, slots=True)
class MeteredEmbedder:
    """Implements Embedder."""

    inner: Embedder
    meter: Meter

    @property
    def contract(self) -> Contract:
        return self.inner.contract

    @property
    def batches(self) -> bool:
        return self.inner.batches

    def align(self, image: Image, face: Face) -> Image:
        return self.inner.align(image, face)

    def embed(self, crops: Sequence[Image]) -> Matrix:
        begun = time.thread_time()
        rows = self.inner.embed(crops)
        if crops:
            self.meter.add(begun)
        return rows


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of one stream for each second of its time."""

    detect: Meter
    embed: Meter
    rest: float

    @property
    def whole(self) -> float:
        return self.detect.seconds + self.embed.seconds + self.rest


def _predicted(held: float) -> list[Row]:
    """Streams grow as the CPU that one of them takes shrinks."""
    costs = _costs()
    detect, embed = _times_as_slow()
    large = costs.detect.seconds * detect + costs.embed.seconds * embed + costs.rest
    shares = (
        f"now detect {costs.detect.seconds / costs.whole:.0%}, embed "
        f"{costs.embed.seconds / costs.whole:.0%} of {costs.whole * 1000:.0f} ms a second"
    )
    return [
        Row(
            "streams, buffalo_l, predicted on paper", held * costs.whole / large, "streams",
            note=f"by published multiply-adds: detect ×{detect:.1f}, embed ×{embed:.1f}; {shares}",
        ),
    ]  # fmt: skip


def _times_as_slow() -> tuple[float, float]:
    """buffalo_l against buffalo_sc: detection, embedding."""
    rate = BUFFALO_L.efficiency / BUFFALO_SC.efficiency
    detect = BUFFALO_L.detection_work / BUFFALO_SC.detection_work
    embed = BUFFALO_L.recognition_work / BUFFALO_SC.recognition_work
    return detect / rate, embed / rate


def _costs() -> Costs:
    """Of a kiosk clip with somebody there half of the time."""
    detect, embed, whole = Meter(), Meter(), Meter()
    models = material.models_of()
    metered = FaceModels(
        models.pack, models.provider, MeteredDetector(models.detector, detect),
        MeteredEmbedder(models.embedder, embed), models.calibration,
    )  # fmt: skip
    person = next(iter(material.photos(rig.PEOPLE).values()))[3]
    clip = frame_cost.Clip(
        "", lambda: material.kiosk_clip(person, _PACE.there, _PACE.away), material.RATE,
        material.templates(rig.PEOPLE), lambda *_: True, 1, 0,
    )  # fmt: skip
    loop = frame_cost.journey_loop(clip, metered)
    for picture in clip.pictures():
        begun = time.thread_time()
        loop(picture)
        whole.add(begun)
    seconds = _PACE.there + _PACE.away
    for meter in (detect, embed, whole):
        meter.seconds, meter.calls = meter.seconds / seconds, meter.calls / seconds
    return Costs(detect, embed, whole.seconds - detect.seconds - embed.seconds)
