"""How a camera is, as the worker says that serves it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CameraState(StrEnum):
    """What is the matter with a camera; ``words`` for people."""

    words: str

    RUNNING = "running", "Running"
    STARTING = "starting", "Connecting"
    LOST = "lost", "Does not answer"
    BLIND = "blind", "Sees nothing: covered or dark"
    FROZEN = "frozen", "Sends the same picture again and again"
    CLOSED = "closed", "Outside its hours"
    OFF = "off", "Switched off"
    UNSERVED = "unserved", "No worker serves it"

    def __new__(cls, value: str, words: str) -> "CameraState":
        one = str.__new__(cls, value)
        one._value_ = value
        one.words = words
        return one

    @property
    def sees(self) -> bool:
        """Whether whoever comes past is seen."""
        return self is CameraState.RUNNING

    @property
    def wrong(self) -> bool:
        """Whether somebody has to look after it."""
        return self not in {CameraState.RUNNING, CameraState.STARTING, CameraState.CLOSED,
                            CameraState.OFF}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """``worker``: machine and process that serve it. ``picture_at``: when the newest picture came;
    ``rate``: pictures a second that come, ``looked``: that are looked at; ``dropped``: pictures
    that a newer one replaced before they were looked at; ``reconnects``: since the worker has it;
    ``kilobits``: a second; ``decoder``: such as h264 or h264 (cuda); ``problem``: why it does not
    answer. ``said_at``: by the worker's clock."""

    camera: str
    state: CameraState
    said_at: datetime
    worker: str = ""
    picture_at: datetime | None = None
    rate: float = 0.0
    looked: float = 0.0
    dropped: int = 0
    reconnects: int = 0
    kilobits: float = 0.0
    width: int = 0
    height: int = 0
    decoder: str = ""
    problem: str = ""

    def age(self, now: datetime) -> float | None:
        """Seconds since the newest picture; None before the first."""
        return None if self.picture_at is None else (now - self.picture_at).total_seconds()


class HealthBoard(Protocol):
    """Where workers say how cameras are; both may raise StoreUnavailable."""

    def say(self, health: CameraHealth) -> None:
        """It is forgotten some seconds later unless it is said again."""
        ...

    def said(self, cameras: list[str]) -> dict[str, CameraHealth]:
        """By camera; those of which nothing was said lately are not there."""
        ...
