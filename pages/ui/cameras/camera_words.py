"""What is known of how a camera does, in words."""

from datetime import datetime

from face_rec.cameras.camera_health import CameraHealth
from pages.ui.shared.words import formats, said, said_many


def health_facts(health: CameraHealth, now: datetime) -> list[str]:
    """What its worker measured; nothing where none serves it."""
    if not health.worker:
        return []
    age = health.age(now)
    number = formats().number
    found = [
        said("no picture yet")
        if age is None
        else said("last picture {seconds} s ago", seconds=number(max(0.0, age), 0))
    ]
    if health.rate:
        rate, looked = number(health.rate, 0), number(health.looked, 0)
        found.append(said("{rate} pictures/s, {looked} looked at", rate=rate, looked=looked))
    if health.kilobits:
        found.append(f"{number(health.kilobits / 1000, 1)} Mbit/s")
    if health.width:
        found.append(f"{health.width}×{health.height} {health.decoder}".strip())
    if health.reconnects:
        found.append(
            said_many(
                "connected again {count} time", "connected again {count} times", health.reconnects
            )
        )
    return [*found, said("served by {worker}", worker=health.worker)]
