"""The line of a kiosk's screen: what it is told, and what its browser tells of itself."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final, Literal

import anyio
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket

from face_rec.domain.marks import EventKind
from face_rec.kiosks.screen_status import Report, ScreenStatus
from face_rec.web.live.line import POLICY, UNFIT, Line, LineOver, Work
from face_rec.web.live.shown import Shown
from face_rec.web.live.view import View

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1000)]


class _Beat(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    transport: Literal["webrtc", "http"]
    camera: Annotated[str, Field(max_length=200)] = ""
    rate: Rate = 0.0
    dark: bool = False
    battery: Share | None = None
    state: Annotated[str, Field(max_length=32)] = ""
    version: Annotated[str, Field(max_length=64)] = ""


class Press(BaseModel):
    """A button that somebody pressed after their mark, ``event``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event: Annotated[str, Field(max_length=64)]
    way: EventKind


class _Beats(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    beat: _Beat


class _Presses(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    press: Press


_SAID: Final[TypeAdapter[_Beats | _Presses]] = TypeAdapter(_Beats | _Presses)


def said_by(text: str) -> ScreenStatus | Press:
    """What the message says; raises LineOver for anything else."""
    try:
        said = _SAID.validate_json(text)
    except ValidationError:
        raise LineOver(UNFIT, "not understood") from None
    return said.press if isinstance(said, _Presses) else ScreenStatus(**said.beat.model_dump())


_READ_EVERY: Final = 1.0
_FIRST_READ: Final = 0.3


class KioskLine(Line):
    """The line of one screen of one kiosk, which it lets feed the kiosk as long as it is open."""

    def __init__(self, socket: WebSocket, view: View) -> None:
        super().__init__(socket, view.sources.clock, f"kiosk={view.kiosk}")
        self._view = view
        self._hurry = asyncio.Event()

    def _listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        return self._view.sources.listen(self._view.kiosk, wake)

    def _besides(self) -> tuple[Work, ...]:
        return (self._read,)

    async def _begin(self) -> None:
        with anyio.move_on_after(_FIRST_READ):
            await self._view.refresh(_READ_EVERY)

    async def _now(self) -> Shown:
        if not await self._view.meet():
            self._hurry.set()
        now = self._view.now()
        if not now.state.closed:  # the screen may go on feeding its kiosk
            self._view.sources.seats.renew(self._view.kiosk, self._view.screen)
        return now

    async def _read(self) -> None:
        """Keep what lies in the database fresh, beside the telling, which waits for nothing."""
        while True:
            with anyio.move_on_after(_READ_EVERY):
                await self._hurry.wait()
            hurried = self._hurry.is_set()
            self._hurry.clear()
            await self._view.refresh(0.0 if hurried else _READ_EVERY * 0.9)
            if hurried:
                self._changed.set()
            if not self._view.known:
                raise LineOver(POLICY, "there is no such kiosk any more")

    async def _heard(self, text: str) -> None:
        view, said = self._view, said_by(text)
        if isinstance(said, ScreenStatus):
            now = self._clock.now()
            view.sources.reports.note(Report(view.kiosk, view.screen, said, now))
            return
        await view.choose(said.event, said.way)
        self._hurry.set()
