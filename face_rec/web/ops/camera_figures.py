"""The site's own cameras on ``/metrics``, ``/readyz`` and the System page."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence_many
from face_rec.web.ops.checks import told

_GAUGES: Final = {
    "up": "1: it runs and sees something.",
    "frame_age_seconds": "Age of its newest picture.",
    "frames_per_second": "Pictures a second that come.",
    "looked_per_second": "Pictures a second that are looked at.",
    "kilobits_per_second": "What it sends.",
}


def camera_metrics(cameras: Iterable[CameraHealth], now: datetime) -> list[Metric]:
    """Of those that are to run at this moment; nothing where there are none."""
    gauges = {
        name: GaugeMetricFamily(f"face_rec_camera_{name}", text, labels=["camera"])
        for name, text in _GAUGES.items()
    }
    reconnects = CounterMetricFamily(
        "face_rec_camera_reconnects", "How often it was opened again.", labels=["camera"]
    )
    known = [one for one in cameras if one.state not in {CameraState.OFF, CameraState.CLOSED}]
    for one in known:
        values = {
            "up": float(one.state.sees), "frame_age_seconds": one.age(now),
            "frames_per_second": one.rate, "looked_per_second": one.looked,
            "kilobits_per_second": one.kilobits,
        }  # fmt: skip
        for name, value in values.items():
            if value is not None:
                gauges[name].add_metric([one.camera], value)
        reconnects.add_metric([one.camera], one.reconnects)
    return [*gauges.values(), reconnects] if known else []


def site_cameras_check(cameras: Callable[[], Iterable[CameraHealth]]) -> Check:
    """A warning while a camera does not answer, sees nothing or is served by nobody."""

    def check() -> HealthCheck:
        try:
            known = list(cameras())
        except StoreUnavailable:
            return HealthCheck("cameras", ok=True, detail=msgid("not known while Redis is away"))
        wrong = [told(one.camera, one.state.words) for one in known if one.state.wrong]
        if not wrong:
            runs = sum(one.state.sees for one in known)
            says = sentence_many(
                "{runs} of {count} runs", "{runs} of {count} run", len(known), runs=runs
            )
            return HealthCheck("cameras", ok=True, detail=says)
        return HealthCheck(
            "cameras", ok=True, detail=listed(wrong, "; "), warning=True,
            advice=msgid(
                "Open Cameras to see why. A camera that nobody serves needs a worker: "
                "CAMERA_WORKER=auto, or python -m face_rec cameras, with a model installed."
            ),
        )  # fmt: skip

    return check
