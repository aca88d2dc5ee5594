"""Whether the process lives (``/healthz``) and can do its work (``/readyz``), and whom to tell of
a weakness (``/.well-known/security.txt``, RFC 9116).
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from face_rec import __version__
from face_rec.clock import Clock
from face_rec.domain.health import Check, HealthCheck
from face_rec.web.gate.route_rules import rule_for
from face_rec.web.gate.verdict import sees_details

# Whether the process lives (``/healthz``) and can do its work (``/readyz``).
#
# The checks themselves are handed in; ready-made ones are in :mod:`face_rec.web.ops.checks`
# and :mod:`face_rec.stores.redis.redis_health`.

log = logging.getLogger(__name__)

_NO_STORE = {"Cache-Control": "no-store"}
_DRAINING: Final = {
    "status": "draining",
    "detail": "This process ends in a moment and still answers: send new visitors to another one.",
}


class Health:
    """Runs all checks, at most once in ``keep`` seconds however many ask.

    Safe to call from any thread.
    """

    def __init__(self, checks: Iterable[Check], clock: Clock, keep: float = 2.0) -> None:
        self._checks = tuple(checks)
        self._clock = clock
        self._keep = keep
        self._lock = threading.Lock()
        self._results: tuple[HealthCheck, ...] = ()
        self._asked_at: float | None = None

    def results(self) -> tuple[HealthCheck, ...]:
        """One result a check, in the order of the checks."""
        with self._lock:
            now = self._clock.monotonic()
            if self._asked_at is None or now - self._asked_at >= self._keep:
                self._results = tuple(_run(check) for check in self._checks)
                self._asked_at = self._clock.monotonic()
            return self._results

    def problems(self) -> tuple[HealthCheck, ...]:
        """What an operator should act on: failures first, then warnings."""
        bad = [result for result in self.results() if not result.ok or result.warning]
        return tuple(sorted(bad, key=lambda result: result.ok))

    @property
    def ready(self) -> bool:
        """Whether every check is passed; warnings do not count."""
        return all(result.ok for result in self.results())


def routes(
    health: Callable[[], Health | None], leaving: Callable[[], bool] = lambda: False
) -> list[Route]:
    """``/healthz`` and ``/readyz``; neither tells a secret.

    ``health`` is asked at every request; None means that the system is not built yet. ``leaving``:
    whether this process is about to end, so that a balancer should send nobody any more.
    """

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "version": __version__}, headers=_NO_STORE)

    def readyz(request: Request) -> JSONResponse:
        # Not async: runs in a thread, for checks may wait.
        if leaving():
            return JSONResponse(_DRAINING, status_code=503, headers=_NO_STORE)
        found = health()
        results = found.results() if found else ()
        ready = found is not None and all(result.ok for result in results)
        status = ("ready" if ready else "not ready") if found else "starting"
        body: dict[str, object] = {"status": status}
        if _may_see_details(request):
            body["checks"] = [_as_json(result) for result in results]
        return JSONResponse(body, status_code=200 if ready else 503, headers=_NO_STORE)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _may_see_details(request: Request) -> bool:
    """Strangers learn whether, not why. Without the gate only this machine can ask."""
    if not hasattr(request.state, "principal"):
        return True
    return sees_details(rule_for("/readyz"), request.state.principal)


def _run(check: Check) -> HealthCheck:
    """The check's result; a check that itself breaks counts as failed."""
    try:
        return check()
    except Exception as error:
        name = getattr(check, "__qualname__", type(check).__name__).split(".")[0]
        log.exception("health_check_broken check=%s", name)
        return HealthCheck(
            name, ok=False, detail=f"The check itself failed ({type(error).__name__}).",
            advice="The log has the details; please report them.",
        )  # fmt: skip


def _as_json(result: HealthCheck) -> dict[str, object]:
    return {
        "name": result.name,
        "ok": result.ok,
        "warning": result.warning,
        "detail": result.detail,
        "advice": result.advice,
        **({"extra": result.extra} if result.extra else {}),
    }


PATH: Final = "/.well-known/security.txt"
_GOOD_FOR: Final = timedelta(days=180)  # RFC 9116, 2.5.5 recommends less than a year
_UNSET: Final = (
    "The operator of this installation has named no contact. Operator: set SECURITY_CONTACT.\n"
)


def security_txt(contact: str, now: datetime) -> str:
    """The file; it runs out half a year after the day of ``now``, and is new every day."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    expires = (midnight + _GOOD_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n"


def contact_routes(contact: str | None, clock: Clock) -> list[Route]:
    """The route; without a contact it answers 404 and says which setting is missing."""

    async def answer(_request: Request) -> PlainTextResponse:
        if contact is None:
            return PlainTextResponse(_UNSET, 404)
        return PlainTextResponse(security_txt(contact, clock.now()))

    return [Route(PATH, answer)]
