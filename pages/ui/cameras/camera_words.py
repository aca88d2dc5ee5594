"""What is known of how a camera does, in words."""

from datetime import datetime

from face_rec.cameras.health import CameraHealth
from pages.ui.shared.text import counted


def health_facts(health: CameraHealth, now: datetime) -> list[str]:
    """What its worker measured; nothing where none serves it."""
    if not health.worker:
        return []
    age = health.age(now)
    found = ["no picture yet" if age is None else f"last picture {max(0.0, age):.0f} s ago"]
    if health.rate:
        found.append(f"{health.rate:.0f} pictures/s, {health.looked:.0f} looked at")
    if health.kilobits:
        found.append(f"{health.kilobits / 1000:.1f} Mbit/s")
    if health.width:
        found.append(f"{health.width}×{health.height} {health.decoder}".strip())
    if health.reconnects:
        found.append(f"connected again {counted(health.reconnects, 'time')}")
    return [*found, f"served by {health.worker}"]
