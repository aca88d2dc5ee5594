"""What stands behind the socket before it is taken over, and what is looked after then."""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any, Final

from anyio import to_thread

from config import Settings
from face_rec import __version__
from face_rec.assembly.system import System
from face_rec.domain.errors import HandoverRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.terminal.serving import asked
from face_rec.web.server.handover import Server
from face_rec.web.server.runner import Runner

log = logging.getLogger(__name__)

READY_SECONDS: Final = 120.0
"""For which this version may take to get ready."""
_EVERY: Final = 0.1


def server_of(settings: Settings, address: str) -> Server:
    """What this process tells another one of itself."""
    return Server(settings.site, address, settings.port, __version__)


class Handover:
    """Asked for by ``--take-over`` among the ``arguments`` of app.py; with ``=N`` the word
    "serving" is written to that open file when it is done. Without a ``runner`` nothing is handed
    over."""

    def __init__(self, arguments: Sequence[str]) -> None:
        found = asked(arguments)
        self.wanted = found.take_over
        self._told = found.told
        self.runner: Runner | None = None

    def run(self, app: Any) -> None:  # noqa: ANN401 - any ASGI app
        """Serve ``app`` with the runner. Raises HandoverRefused, PortTaken."""
        assert self.runner is not None  # noqa: S101  # nosec B101
        self.runner.run(app)

    def take_over(self, built: System) -> None:
        """Wait until everything stands, then get the socket. Blocks. Raises HandoverRefused,
        PortTaken: the process that serves serves on."""
        if self.runner is None or not self.runner.taking_over:
            return
        _wait_until_ready(built)
        if not self.runner.take_over():
            log.warning("handover_from_nobody")

    async def serve(self, built: System) -> None:
        """When connections are accepted here: have the other process leave, look after what it
        leaves, and be ready to be followed. For a task on the event loop."""
        runner = self.runner
        if runner is None:
            return
        await runner.served()
        await to_thread.run_sync(runner.take_place)
        await runner.served()  # this loop turns: the second word rests on it
        await to_thread.run_sync(runner.still_served)
        self._tell()
        await to_thread.run_sync(runner.give, lambda: _refusal(built))
        if runner.taking_over:
            if not await to_thread.run_sync(runner.left):
                log.error("handover_other_still_there")
            await to_thread.run_sync(built.marker.adopt)

    def leaving(self) -> bool:
        """Whether this process serves only until it ends, which it is about to."""
        return self.runner is not None and self.runner.leaving

    def close(self) -> None:
        if self.runner is not None:
            self.runner.close()

    def _tell(self) -> None:
        """Who waited for the word may have gone: all the same this process serves."""
        if self._told is None:
            return
        try:
            os.write(self._told, b"serving\n")
            os.close(self._told)
        except OSError as error:
            log.warning("handover_nobody_waits reason=%s", error)
        self._told = None


def _wait_until_ready(built: System) -> None:
    ends = time.monotonic() + READY_SECONDS
    while not built.health.ready:
        if time.monotonic() > ends:
            wrong = "; ".join(f"{one.name}: {one.detail}" for one in built.health.problems())
            raise HandoverRefused(
                sentence(
                    "This version does not get ready ({wrong}), so that the other "
                    "process serves on. To change to it all the same stop the "
                    "other one, and start this one.",
                    wrong=wrong,
                )
            )
        time.sleep(_EVERY)


def _refusal(built: System) -> str:
    """Why no other process may take over now: who was marked here is known to the other one by
    the database."""
    if built.away():
        return msgid("The database does not answer. Begin again when it is back.")
    return ""
