"""The handle by which a process of kiosks or of the office is driven, killed and begun anew."""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

_BEGUN_BY: Final = multiprocessing.get_context("forkserver")
"""One process that has imported all, and from which each begins at once: to import it anew after
each kill would cost seconds, in which nobody passes."""
_BEGUN_BY.set_forkserver_preload(["tests.chaos.kiosk", "tests.chaos.office", "tests.chaos.world"])


class Driven:
    """A process of this folder (``module``, whose ``serve`` is given ``more``), which is asked by
    a JSON object and answers with one. All methods may be called by any thread."""

    def __init__(self, module: str, folder: Path, address: dict[str, object], *more: str) -> None:
        self._arguments = (module, str(folder), json.dumps(address), *more)
        self._log = folder.with_name(f"{folder.name}-{module}.log")
        self._asking = threading.Lock()
        self.answered = False
        """Since it was begun."""
        self._process, self._line = self._begun()

    def ask(self, asked: Mapping[str, object]) -> Any:  # noqa: ANN401
        """What it answers; None if it dies on the way, and then nobody was told anything."""
        with self._asking, suppress(OSError, EOFError):
            line = self._line
            line.send_bytes(json.dumps(asked).encode())
            answer = json.loads(line.recv_bytes())
            self.answered = line is self._line
            return answer
        return None

    def kill(self) -> None:
        process, line = self._process, self._line
        process.kill()
        process.join(20)
        with self._asking:  # whoever waited for an answer has got none
            line.close()

    def restart(self) -> None:
        """Another one on the same folder, once the one before is dead."""
        self.answered = False
        self._process, self._line = self._begun()

    @property
    def ended(self) -> bool:
        return not self._process.is_alive()

    def freeze(self, seconds: float) -> None:
        pid = self._process.pid
        assert pid
        with suppress(ProcessLookupError):  # killed meanwhile by another fault
            os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(pid, signal.SIGCONT)

    def _begun(self) -> tuple[BaseProcess, Connection]:
        ours, its = _BEGUN_BY.Pipe()
        arguments = (its, str(self._log), *self._arguments)
        process = _BEGUN_BY.Process(target=_begin, args=arguments, daemon=True)
        process.start()
        its.close()
        return process, ours


def asked_of(line: Connection) -> Iterator[dict[str, Any]]:
    """What this process is asked, until nobody asks any more."""
    with suppress(EOFError):
        while True:
            yield json.loads(line.recv_bytes())


def say(line: Connection, answer: object) -> None:
    line.send_bytes(json.dumps(answer).encode())


def _begin(line: Connection, log: str, module: str, *arguments: str) -> None:
    """In the process: what it says beside goes to ``log``."""
    sys.stdout.flush()
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    import_module(f"tests.chaos.{module}").serve(line, *arguments)
