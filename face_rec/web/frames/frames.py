"""``POST /frames?kiosk=NAME``: live video without WebRTC, one JPEG a request; and
``POST /frames/still?kiosk=NAME``, one deliberate photo.

A page begins with ``POST /frames/start``, which gives out its first numbers; each picture spends
one and its answer brings the next (:mod:`face_rec.web.frames.exchange`). The answer waits a
moment for the result of this very picture, so that a browser sends no faster than is looked;
what was seen goes over the live line. Behind the latest-frame slot nothing knows which way a
picture came.
"""

from collections.abc import Callable
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.clock import Clock
from face_rec.domain.errors import PackMissing, RequestRefused
from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Label
from face_rec.kiosks.kiosk import NAME, RULE
from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import Stream
from face_rec.web.frames.camera_requests import answered, built, check_origin, check_sender
from face_rec.web.frames.exchange import Exchange, Sender, look, sender_of


@dataclass(frozen=True, slots=True)
class Kiosks:
    """What the route needs of the running system. ``knows``: whether there is a kiosk of a
    name; ``few``: whether live video gives way to marks; ``demands``: whether it takes the
    pictures of one camera only. The first and the last may wait for the database."""

    open: Callable[[str], Stream]
    knows: Callable[[str], bool]
    still: Callable[[Image, str], tuple[Label, ...]]
    seats: Seats
    clock: Clock
    few: Callable[[], bool] = lambda: False
    demands: Callable[[str], bool] = lambda _: False


def routes(kiosks: Callable[[], Kiosks | None]) -> list[Route]:
    """The route; ``kiosks`` is asked at every request, None means not built yet."""
    exchange = Exchange()

    async def start(request: Request) -> Response:
        return await answered(_start(request, kiosks(), exchange))

    async def frames(request: Request) -> Response:
        return await answered(_exchange(request, kiosks(), exchange))

    async def still(request: Request) -> Response:
        return await answered(_one_still(request, kiosks(), exchange))

    return [
        Route("/frames/start", start, methods=["POST"]),
        Route("/frames/still", still, methods=["POST"]),
        Route("/frames", frames, methods=["POST"]),
    ]


async def _start(request: Request, kiosks: Kiosks | None, exchange: Exchange) -> dict[str, object]:
    """The first numbers of a page."""
    check_origin(request)
    _, kiosk = await _kiosk(request, kiosks)
    return exchange.start(sender_of(request, kiosk))


async def _exchange(
    request: Request, kiosks: Kiosks | None, exchange: Exchange
) -> dict[str, object]:
    """One picture in, the next one's number out."""
    check_sender(request)
    system, kiosk = await _kiosk(request, kiosks)
    sender = sender_of(request, kiosk)
    async with exchange.picture(request, sender, system.clock, few=system.few()) as taken:
        await _check_camera(sender, system)
        _check_seat(sender, system)
        fresh = await look(system.open(kiosk), taken.image, system.clock)
        return taken.answer(fresh, system.clock.monotonic())


async def _one_still(
    request: Request, kiosks: Kiosks | None, exchange: Exchange
) -> dict[str, object]:
    """One deliberate photo in; what it came to is told by the page, which asks the engine."""
    check_sender(request)
    system, kiosk = await _kiosk(request, kiosks)
    sender = sender_of(request, kiosk)
    async with exchange.picture(request, sender, system.clock, deliberate=True) as taken:
        await _check_camera(sender, system)
        try:
            labels = await to_thread.run_sync(system.still, taken.image, kiosk)
        except PackMissing as error:
            raise RequestRefused(503, str(error)) from error
        return {"number": taken.number, "faces": len(labels)}


async def _kiosk(request: Request, kiosks: Kiosks | None) -> tuple[Kiosks, str]:
    """The running system, and the registered kiosk that the request names."""
    kiosk = request.query_params.get("kiosk", "")
    if not NAME.fullmatch(kiosk):
        raise RequestRefused(400, f"Name a kiosk as /frames?kiosk=NAME; NAME is {RULE}.")
    system = built(kiosks)
    if not await to_thread.run_sync(system.knows, kiosk):
        raise RequestRefused(404, f"There is no kiosk {kiosk}. An administrator adds it first.")
    return system, kiosk


async def _check_camera(sender: Sender, kiosks: Kiosks) -> None:
    """Where one camera is demanded, the screen's line must have said that it has that one, and
    the line has leased the seat then. A single photo comes without a line, so it is refused."""
    demanded = await to_thread.run_sync(kiosks.demands, sender.kiosk)
    if demanded and not kiosks.seats.leased(sender.kiosk, sender.screen):
        raise RequestRefused(
            403, "This kiosk takes the pictures of its enrolled camera only. An administrator can "
            "enrol another one on the page Kiosks.",
        )  # fmt: skip


def _check_seat(sender: Sender, kiosks: Kiosks) -> None:
    """Once the picture is known to be one: a broken page must not take the seat."""
    if not kiosks.seats.take(sender.kiosk, sender.screen):
        raise RequestRefused(409, "Another screen is this kiosk now. Reload to take over again.")
