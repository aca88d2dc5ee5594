"""What a kiosk's browser may say over its line: how it is, now and then, and nothing else."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from face_rec.kiosks.screen_status import ScreenStatus

LONGEST: Final = 4096
"""Bytes of a message."""
UNFIT: Final = 1003
POLICY: Final = 1008
"""Codes with which a line ends (RFC 6455 section 7.4.1)."""
_AT_ONCE: Final = 10
"""Messages that may come together: a network that was away for seconds hands on what waited."""

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1000)]


class LineOver(Exception):
    """The line ends; ``code`` is told to the browser."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _Beat(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    transport: Literal["webrtc", "http"]
    camera: Annotated[str, Field(max_length=200)] = ""
    rate: Rate = 0.0
    dark: bool = False
    battery: Share | None = None
    state: Annotated[str, Field(max_length=32)] = ""
    version: Annotated[str, Field(max_length=64)] = ""


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    beat: _Beat


def status_of(text: str) -> ScreenStatus:
    """What the message says; raises LineOver for anything else."""
    if len(text.encode()) > LONGEST:
        raise LineOver(POLICY, "too long")
    try:
        beat = _Said.model_validate_json(text).beat
    except ValidationError:
        raise LineOver(UNFIT, "not understood") from None
    return ScreenStatus(**beat.model_dump())


class Pace:
    """One message a second, with some to spare; ``now`` is monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._left, self._at = float(_AT_ONCE), now

    def count(self, now: float) -> None:
        """One more; raises LineOver when there are too many."""
        self._left = min(float(_AT_ONCE), self._left + now - self._at) - 1
        self._at = now
        if self._left < 0:
            raise LineOver(POLICY, "too many messages")
